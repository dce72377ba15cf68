"""Answers on Slack, in direct messages and where it is mentioned.

    pip install '.[slack]' && SLACK_BOT_TOKEN=xoxb-... SLACK_APP_TOKEN=xapp-... python examples/slack_bot.py

The app needs socket mode and the events app_mention and message.im.
"""

import os
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot import Conversation, FaqBot
from bot.channels import SLACK, messages


def listen(app: App, bot: FaqBot) -> None:
    """Let an app answer what is said to it; each person in each channel has a talk of their own."""
    talks: dict[tuple[str, str], Conversation] = {}

    def answer(event: dict[str, Any], say: Callable[..., Any]) -> None:  # Any: JSON
        if event.get("bot_id") or event.get("subtype"):
            return
        talk = talks.setdefault((event["channel"], event["user"]), Conversation(bot))
        for text in messages(talk.send(re.sub(r"<@\w+>", "", event.get("text", "")).strip()), SLACK):
            say(text=text, unfurl_links=False)

    app.event("app_mention")(answer)
    app.event("message")(answer)


if __name__ == "__main__":
    app = App(token=os.environ["SLACK_BOT_TOKEN"])
    listen(app, FaqBot.load())
    SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()  # type: ignore[no-untyped-call]  # it has no types
