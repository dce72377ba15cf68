"""Answers on Discord, in direct messages and where it is mentioned.

    pip install '.[discord]' && DISCORD_TOKEN=... python examples/discord_bot.py

In the developer portal, switch the "message content intent" on.
"""

import os

import discord

from bot import Conversation, FaqBot
from bot.channels import DISCORD, messages


class Client(discord.Client):
    """Talks with each person, in each channel, on their own."""

    def __init__(self, bot: FaqBot) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none())
        self.bot = bot
        self.talks: dict[tuple[int, int], Conversation] = {}

    async def on_message(self, message: discord.Message) -> None:
        """Reply to a person who speaks to the bot."""
        if message.author.bot or not (message.guild is None or self.user in message.mentions):
            return
        mention = f"<@{self.user.id}>" if self.user else ""
        talk = self.talks.setdefault((message.channel.id, message.author.id), Conversation(self.bot))
        for text in messages(talk.send(message.content.replace(mention, "").strip()), DISCORD):
            await message.channel.send(text)


if __name__ == "__main__":
    Client(FaqBot.load()).run(os.environ["DISCORD_TOKEN"])
