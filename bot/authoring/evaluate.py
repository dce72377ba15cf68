"""How well questions with known answers are answered."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ..chat import Answer, FaqBot, NoAnswer, Reply, Suggestions, Urgent
from ..knowledge import NOTHING, LabelledQuestion
from ..render import printable

Outcome: TypeAlias = Literal[
    "right",  # answered with an entry of the label, or declined where nothing answers
    "suggested",  # an entry of the label is among the suggestions
    "wrong",  # answered with another entry
    "alarm",  # an urgent reply, though nobody is in danger
    "declined",  # "I don't know", or only other suggestions, though an entry answers
    "offered",  # suggestions, though nothing answers
]
OUTCOMES: Final[tuple[Outcome, ...]] = ("right", "suggested", "wrong", "alarm", "declined", "offered")
_MOST_PAIRS: Final = 10


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one question."""

    labelled: LabelledQuestion
    reply: Reply
    outcome: Outcome


def evaluate(bot: FaqBot, questions: Iterable[LabelledQuestion]) -> Iterator[Result]:
    """Yield what becomes of each question, as it is answered."""
    urgent = {entry.id for entry in bot.knowledge.entries if entry.urgent}
    for labelled in questions:
        reply = bot.ask(labelled.question)
        yield Result(labelled, reply, judge(labelled, reply, urgent))


def judge(labelled: LabelledQuestion, reply: Reply, urgent: Set[str]) -> Outcome:
    """Return whether a reply is what the label asks for; `urgent` are the ids of urgent entries."""
    in_scope = NOTHING not in labelled.expected
    match reply:
        case Answer() | Urgent() if reply.match.entry.id in labelled.expected:
            return "right"
        case Urgent() if urgent.isdisjoint(labelled.expected):
            return "alarm"
        case Answer() | Urgent():
            return "wrong"
        case Suggestions():
            if not in_scope:
                return "offered"
            ids = {match.entry.id for match in reply.suggestions}
            return "suggested" if ids & set(labelled.expected) else "declined"
        case NoAnswer():
            return "declined" if in_scope else "right"


def share_right(results: Sequence[Result]) -> float:
    """Return the share, in percent, of questions that were treated as their labels ask."""
    return 100 * sum(result.outcome == "right" for result in results) / len(results)


def report(results: Sequence[Result]) -> str:
    """Return the outcomes by kind, the pairs of entries most often confused, and each failure."""
    kinds = dict.fromkeys(result.labelled.kind for result in results)
    groups = [(kind or "(no kind)", [result for result in results if result.labelled.kind == kind]) for kind in kinds]
    if len(groups) > 1:
        groups.append(("all", list(results)))
    width = max(len(kind) for kind, _ in groups)
    head = f"{'':{width}} {'n':>6}" + "".join(f"{outcome:>11}" for outcome in OUTCOMES)
    parts = [[head, *(_row(kind, group, width) for kind, group in groups)], _confused(results), _failures(results)]
    return printable("\n\n".join("\n".join(part) for part in parts if part))


def _row(kind: str, results: Sequence[Result], width: int) -> str:
    counts = Counter(result.outcome for result in results)
    shares = "".join(f"{100 * counts[outcome] / len(results):10.1f}%" for outcome in OUTCOMES)
    return f"{kind:{width}} {len(results):6}{shares}"


def _confused(results: Iterable[Result]) -> list[str]:
    pairs = Counter(
        (result.labelled.expected[0], result.reply.match.entry.id)
        for result in results
        if result.outcome in ("wrong", "alarm") and isinstance(result.reply, Answer | Urgent)
    )
    rows = [f"{count:5}  {wanted} answered as {given}" for (wanted, given), count in pairs.most_common(_MOST_PAIRS)]
    return ["Most confused:", *rows] if rows else []


def _failures(results: Iterable[Result]) -> list[str]:
    rows = [
        f"{result.outcome:9}  {' or '.join(result.labelled.expected)}: {result.labelled.question}"
        f"\n{'':11}{_near(result.reply)}"
        for result in results
        if result.outcome not in ("right", "suggested")
    ]
    return ["Failures, each with the entries that came nearest:", *rows] if rows else []


def _near(reply: Reply) -> str:
    near = [f"{match.entry.id} {match.score:.0f}" for match in reply.matches[:3]]
    return ", ".join(near) or "nothing came near"
