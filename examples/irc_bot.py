"""Answers on IRC: everything in private, and in a channel what begins with its name.

pip install '.[irc]' && IRC_SERVER=irc.example.org IRC_CHANNEL='#help' python examples/irc_bot.py
"""

import os
from typing import Any

import irc.bot

from bot import Conversation, FaqBot
from bot.channels import IRC, messages


class Bot(irc.bot.SingleServerIRCBot):  # type: ignore[misc]  # it has no types
    """Talks with each person on their own."""

    def __init__(self, bot: FaqBot, server: str, port: int, channel: str, name: str = "magbot") -> None:
        super().__init__([(server, port)], name, name)
        self.bot, self.channel, self.name = bot, channel, name
        self.talks: dict[str, Conversation] = {}

    def on_welcome(self, connection: Any, _event: Any) -> None:  # Any: of a package without types
        """Join the channel as soon as the server lets us in."""
        connection.join(self.channel)

    def on_privmsg(self, connection: Any, event: Any) -> None:
        """Reply in private."""
        self._answer(connection, event.source.nick, event.source.nick, event.arguments[0])

    def on_pubmsg(self, connection: Any, event: Any) -> None:
        """Reply in the channel to who says our name first."""
        name, _, question = event.arguments[0].partition(" ")
        if name.rstrip(":,").casefold() == self.name.casefold():
            self._answer(connection, event.target, event.source.nick, question)

    def _answer(self, connection: Any, target: str, nick: str, question: str) -> None:
        talk = self.talks.setdefault(nick, Conversation(self.bot))
        for line in messages(talk.send(question), IRC):
            connection.privmsg(target, line)


if __name__ == "__main__":
    Bot(
        FaqBot.load(), os.environ["IRC_SERVER"], int(os.environ.get("IRC_PORT", "6667")), os.environ["IRC_CHANNEL"]
    ).start()
