"""What an embedder writes: checked by mypy against the installed package, and run by a test."""

from typing import assert_never

from bot import (
    Answer,
    Conversation,
    Entry,
    FaqBot,
    Knowledge,
    KnowledgeError,
    Match,
    Matcher,
    NoAnswer,
    Policy,
    Reply,
    Settings,
    Suggestions,
    Urgent,
    parse_knowledge,
    to_text,
)
from bot.channels import DISCORD, messages


def described(reply: Reply) -> str:
    match reply:
        case Answer():
            return f"{reply.match.entry.id}: {len(reply.related)} related"
        case Urgent():
            return f"urgent: {reply.match.entry.id}"
        case Suggestions():
            return ", ".join(each.entry.id for each in reply.suggestions)
        case NoAnswer():
            return reply.message
        case _:
            assert_never(reply)


def from_a_database() -> FaqBot:
    rows = [("When is the library open?", "At 9.", ["opening hours"]), ("Where is it?", "Here.", [])]
    entries = tuple(Entry.of(question, answer, also=also) for question, answer, also in rows)
    return FaqBot(Knowledge(entries, settings=Settings(name="desk")), Policy(answer_from=40, suggest_from=10))


def main() -> list[str]:
    bot = from_a_database()
    talk = Conversation(bot)
    reply = talk.send("opening hours")
    state: dict[str, object] = talk.state()
    again: Reply = Conversation.restore(bot, state).send("where is it")
    copied: Reply = Answer.from_dict(again.to_dict())
    best: Match = Matcher.of(["red wine", "white wine"]).rank("whit wine")[0]
    try:
        parse_knowledge("entries: 5")
    except KnowledgeError as error:
        problem: str = error.problems[0].code
    parsed = parse_knowledge("entries: [{question: Why, answer: So.}]", "mine.yaml")
    sent: list[str] = messages(reply, DISCORD)
    return [
        described(reply),
        described(copied),
        best.entry.id,
        problem,
        parsed.entries[0].file,
        sent[-1],
        to_text(again),
    ]
