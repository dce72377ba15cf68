"""A tool for language models: an answer that people wrote, with its sources, or the word that there is none.

pip install '.[mcp]' && python examples/mcp_server.py     (speaks the Model Context Protocol on standard input)
"""

from typing import Any

from mcp.server import MCPServer

from bot import FaqBot

INSTRUCTIONS = """\
Pass the person's own words. Give the text of the answer unchanged, with its sources and its disclaimer. If the kind
is "urgent", give it first and nothing else. If it is "none", say that there is no checked answer; make none up."""


def server(bot: FaqBot) -> MCPServer[Any]:
    """Return a server with one tool."""
    made: MCPServer[Any] = MCPServer("magbot", instructions=INSTRUCTIONS)

    @made.tool(description=f"Answers about {bot.knowledge.settings.name}'s subject from a checked base. {INSTRUCTIONS}")
    def ask(question: str) -> dict[str, Any]:
        return bot.ask(question).to_dict()

    return made


if __name__ == "__main__":
    server(FaqBot.load()).run("stdio")
