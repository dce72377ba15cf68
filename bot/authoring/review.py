"""Unanswered questions in groups, and those that an author accepts as phrasings."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from ..chat import FaqBot
from ..knowledge import Entry, Knowledge, Phrasing
from ..loading import English
from ..loading.edit import with_phrasing
from ..loading.unanswered import Unanswered
from ..loading.writing import replace, turn
from ..matching import Match, Matcher
from ..text import normalize
from .check import Watch

_ALIKE: Final = 25.0  # points from which two questions belong together
_MOST_NEAR: Final = 5


class Wording(NamedTuple):
    """A question as people typed it.

    Attributes:
        text: As it was typed first.
        times: How often it was asked, in any case and punctuation.
        near: The entries that come nearest, best first.
    """

    text: str
    times: int
    near: tuple[Match, ...]


class Group(NamedTuple):
    """Questions that are alike, the most frequent first."""

    wordings: tuple[Wording, ...]

    @property
    def times(self) -> int:
        """How often any of them was asked."""
        return sum(wording.times for wording in self.wordings)


def group(questions: Iterable[Unanswered], bot: FaqBot, watch: Watch | None = None) -> list[Group]:
    """Return what people asked in vain, the most frequent first; without what is a phrasing by now.

    Args:
        questions: In any order.
        bot: On the knowledge that they are for.
        watch: Told how many of how many have been looked at.
    """
    counts: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for question in questions:
        asked = normalize(question.question)
        if asked:
            counts[asked] += 1
            texts.setdefault(asked, question.question)
    wordings = {asked: Wording(texts[asked], count, _near(bot, texts[asked])) for asked, count in counts.items()}
    known = {normalize(phrasing.text) for entry in bot.knowledge.entries for phrasing in entry.phrasings}
    open_ones = [asked for asked in wordings if asked not in known]
    groups = [
        Group(tuple(sorted((wordings[asked] for asked in members), key=lambda wording: -wording.times)))
        for members in _alike(open_ones, watch)
    ]
    return sorted(groups, key=lambda group: -group.times)


def accept(wording: Wording, entry: Entry) -> str:
    """Add a question to the phrasings of an entry, in its file; return the file.

    Raises:
        OSError: The file cannot be written.
        ValueError: The file has no place for it, or was changed.
    """
    file = Path(entry.file)
    with turn(file):
        text = file.read_bytes().decode()
        replace(file, with_phrasing(text, entry.question, " ".join(wording.text.split())).encode())
    return entry.file


def _near(bot: FaqBot, question: str) -> tuple[Match, ...]:
    ranked = (match for match in bot.matcher.rank(question) if not match.entry.out_of_scope)
    return tuple(ranked)[:_MOST_NEAR]


def _alike(asked: list[str], watch: Watch | None) -> list[list[str]]:
    """Return the questions in groups: each joins the group of the first one that the matcher finds like it."""
    entries = tuple(Entry(each, (Phrasing(each),), "?") for each in asked)
    matcher = Matcher(Knowledge(entries), English())
    groups: dict[str, list[str]] = {}
    of: dict[str, str] = {}
    for number, (each, entry) in enumerate(zip(asked, entries, strict=True), start=1):
        if watch:
            watch(number, len(asked))
        like = (match for match in matcher.rank_without(entry, entry.phrasings[0]) if match.score >= _ALIKE)
        first = next((of[match.entry.id] for match in like if match.entry.id in of), each)
        of[each] = first
        groups.setdefault(first, []).append(each)
    return list(groups.values())
