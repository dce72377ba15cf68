"""Answers on Telegram.

pip install '.[telegram]' && TELEGRAM_TOKEN=... python examples/telegram_bot.py
"""

import os
from typing import Any

from telegram import Update
from telegram.constants import ParseMode
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters

from bot import Conversation, FaqBot
from bot.channels import TELEGRAM, messages


def application(bot: FaqBot, builder: Any = None) -> Application[Any, Any, Any, Any, Any, Any]:  # Any: as it has them
    """Return an application that answers every text; a builder of your own may keep its data in a file."""

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message  # noqa: S101 # the filter sees to it
        assert context.chat_data is not None  # noqa: S101 # so does the chat that it comes from
        state = context.chat_data.get("talk")  # plain values, which a persistence can keep
        talk = Conversation.restore(bot, state) if state else Conversation(bot)
        for text in messages(talk.send(update.effective_message.text or ""), TELEGRAM):
            await update.effective_message.reply_text(text, parse_mode=ParseMode.HTML)
        context.chat_data["talk"] = talk.state()

    made = (builder or ApplicationBuilder().token(os.environ["TELEGRAM_TOKEN"])).build()
    made.add_handler(MessageHandler(filters.TEXT, answer))
    return made


if __name__ == "__main__":
    application(FaqBot.load()).run_polling()
