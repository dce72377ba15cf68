"""Why the bot replied as it did: the words it read, the scores, the thresholds, the verdict."""

from typing import Final

from ..chat import Answer, FaqBot, NoAnswer, Reply, Suggestions, Urgent
from ..errors import shown_path
from ..index import Likeness, Reading
from ..matching import Match
from ..render import printable
from ..text import normalize

BEST_ENTRIES: Final = 5
_SIMILAR_WORDS: Final = 3


def explain(bot: FaqBot, question: str) -> str:
    """Return in a few lines of plain text how the reply to a question comes about."""
    reply, policy = bot.ask(question), bot.policy
    said = bot.lookout.present(question)
    struck = ["What is said to be present:", f"  {said or 'nothing'}"] if said != normalize(question) else []
    found = bot.lookout.signs(said)
    signs = [f"  {name}: {' + '.join(row)}" for name, rows in found.items() for row in rows]
    read = [reading for reading in bot.matcher.read(question) if not reading.is_pair]
    replaced, odds = bot.matcher.replaced(question), bot.matcher.odds(question)
    parts = [
        *([["By the rows of words:", *(f"  {phrase} -> {first}" for phrase, first in replaced)]] if replaced else []),
        ["Words (and what each weighs):", *(f"  {_word(reading)}" for reading in read)],
        *([struck] if struck else []),
        *([["Urgent signs:", *signs]] if signs else []),
        ["Best entries:", *(f"  {_entry(match)}" for match in reply.matches[:BEST_ENTRIES])],
        [
            "What makes the best score (parts of its log odds):",
            *(f"  {part:+.1f}  {name}" for name, part in odds.items()),
        ],
        [
            "Thresholds:",
            f"  answer from {policy.answer_from:g}, suggest from {policy.suggest_from:g}",
            f"  urgent from {policy.urgent_from:g} if no other entry scores higher, or with urgent signs",
        ],
        ["Verdict:", f"  {_verdict(reply, bot)}"],
    ]
    return printable("\n\n".join("\n".join([*part, *(["  none"] if len(part) == 1 else [])]) for part in parts))


def _word(reading: Reading) -> str:
    near = [_near(likeness) for likeness in reading.similar[:_SIMILAR_WORDS]]
    return f"{reading.weight:4.1f}  {reading.feature}: {', '.join(near) or 'unknown'}"


def _near(likeness: Likeness) -> str:
    if likeness.relation == "same":
        return "known"
    return f"{likeness.feature} {likeness.strength:.2f} by {likeness.relation}"


def _entry(match: Match) -> str:
    place = f"  {shown_path(match.entry.file)}:{match.phrasing.line}" if match.entry.file else ""
    return f"{match.score:5.1f}  {match.entry.id}  <- {match.phrasing.text}{place}"


def _verdict(reply: Reply, bot: FaqBot) -> str:
    policy = bot.policy
    match reply:
        case Urgent():
            return f"urgent: {reply.match.entry.id}, by its signs or its score of {reply.match.score:.1f}"
        case Answer():
            return f"answer: {reply.match.entry.id} scores {reply.match.score:.1f}, at least {policy.answer_from:g}"
        case Suggestions():
            ids = ", ".join(match.entry.id for match in reply.suggestions)
            return f"suggestions: {ids} score at least {policy.suggest_from:g}, none at least {policy.answer_from:g}"
        case NoAnswer():
            nearest = next((match.entry for match in reply.matches if not match.entry.urgent), None)
            if nearest and nearest.out_of_scope:
                return f"none: {nearest.id} is nearest, and out of scope"
            return "none: nothing that could be given or offered scores high enough"
