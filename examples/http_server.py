"""Answers over HTTP.

pip install '.[http]' && python examples/http_server.py
curl 'http://127.0.0.1:8000/ask?q=is+it+safe'
"""

import os

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot import FaqBot


def application(bot: FaqBot) -> Starlette:
    """Return an application with the path /ask, whose answers are those of `magbot ask --json`."""

    async def ask(request: Request) -> JSONResponse:
        question = request.query_params.get("q", "").strip()
        if not question:
            return JSONResponse({"error": "ask with /ask?q=your+question"}, status_code=400)
        return JSONResponse(bot.ask(question).to_dict())  # a millisecond or two, so no thread is needed

    return Starlette(routes=[Route("/ask", ask)])


if __name__ == "__main__":
    uvicorn.run(application(FaqBot.load()), port=int(os.environ.get("PORT", "8000")))
