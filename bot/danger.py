"""Whether somebody may be in danger: which urgent signs a message holds, of those that are present.

A symptom that somebody has not, or had years ago, is none. That is English grammar and stands here; which
signs together are dangerous is written in the knowledge.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import Indel

from .knowledge import Knowledge
from .matching import Match, Matcher
from .text import normalize, words

_CLOSE_ENOUGH: Final = 0.85  # similarity from which a word is a misspelling of a sign's
_SHORT: Final = 3  # words of so few letters have no misspellings
_BETWEEN: Final = 2  # other words that may stand between two words of a piece, as in "took far too many"
_CACHED_WORDS: Final = 4_000

_SENTENCE_END: Final = re.compile(r"[.!?;:\n]+(?=\s|$)|\s[-\u2013\u2014]+\s")
_CLAUSE_END: Final = re.compile(r"(,|\b(?:but|however|although|though|except)\b)", re.IGNORECASE)
# Words that deny what comes after them; "can't" and "won't" do not: "can't breathe".
_DENIES: Final = frozenset(
    [
        "no",
        "not",
        "never",
        "without",
        "nor",
        "neither",
        "none",
        "isnt",
        "arent",
        "wasnt",
        "werent",
        "dont",
        "doesnt",
        "didnt",
        "hasnt",
        "havent",
        "hadnt",
    ]
)
# Words with which something new begins, that is not denied any more.
_ASSERTS: Final = frozenset(
    [
        "just",
        "only",
        "still",
        "yet",
        "anyway",
        "now",
        "today",
        "tonight",
        "i",
        "im",
        "ive",
        "my",
        "he",
        "his",
        "she",
        "her",
        "they",
        "it",
        "its",
        "theres",
        "is",
        "are",
        "am",
        "was",
        "can",
        "could",
        "do",
        "does",
        "did",
        "should",
        "would",
        "will",
        "what",
        "whats",
        "how",
        "why",
        "when",
        "where",
        "which",
        "who",
    ]
)
_LONG_AGO: Final = re.compile(
    r"\b(?:(?:19|20)\d\d|(?:years|months|decades|ages) (?:ago|back)|(?:a|one) (?:year|month) ago|years since|long ago|"
    r"last (?:year|spring|summer|autumn|fall|winter|christmas|easter|month)|"
    r"as an? (?:child|kid|baby|boy|girl|teenager|student)|"
    r"used to|when i was|in my (?:teens|twenties|thirties|youth)|history of|back in)\b"
)
# What is asked of people in general; not "can you help", nor "could I die of this".
_IN_GENERAL: Final = re.compile(
    r"\bif (?:you|one|people|somebody|someone)\b|"
    r"\b(?:can|could|do|does|would) (?:you|one|people|somebody|someone|a person) (?:be|feel|get|have|overdose|take)\b"
)
_AGAIN: Final = re.compile(r"\b(?:again|same|now|today|tonight|this (?:morning|evening|afternoon)|since then|worse)\b")
_OVER: Final = re.compile(r"\b(?:fine|ok|okay|better|well|gone|cleared|healed|over|recovered|sorted|normal|settled)\b")


@dataclass(frozen=True, slots=True)
class Danger:
    """The urgent entry that a message is nearest to.

    Attributes:
        match: The entry; its score is that of what the message says to be present.
        signs: The rows of its signs of which the message holds a piece of each cell, as those pieces.
    """

    match: Match
    signs: tuple[tuple[str, ...], ...]


class Lookout:
    """Finds danger in messages.

    It does not change once made, so threads may share it.
    """

    def __init__(self, knowledge: Knowledge, matcher: Matcher) -> None:
        self._matcher = matcher
        urgent = [entry for entry in knowledge.entries if entry.urgent]
        self._rows = [(entry, row) for entry in urgent for row in entry.signs]
        self._pieces = {piece: matcher.canonical(piece) for _, row in self._rows for cell in row for piece in cell}
        self._by_first: dict[str, list[str]] = {}
        for piece, parts in self._pieces.items():
            self._by_first.setdefault(parts[0], []).append(piece)
        self._known = list(dict.fromkeys(word for piece in self._pieces.values() for word in piece))
        self._spelt_like = lru_cache(_CACHED_WORDS)(self._find_spelt_like)
        texts = [phrasing.text for entry in urgent for phrasing in entry.phrasings]
        self._dangerous = {pair for text in [*texts, *self._pieces] for pair in pairwise(words(text))}

    def watch(self, message: str, matches: Sequence[Match]) -> Danger | None:
        """Return the danger that a message is nearest to, however far; None where it shares no word with any.

        Args:
            message: As it was typed.
            matches: What the matcher ranks for it.
        """
        said = self.present(message)
        if said != normalize(message):
            matches = self._matcher.rank(said)
        found = self.signs(said)
        nearest = [match for match in matches if match.entry.urgent]
        match = next((match for match in nearest if match.entry.id in found), next(iter(nearest), None))
        return Danger(match, tuple(found.get(match.entry.id, ()))) if match else None

    def present(self, message: str) -> str:
        """Return the words of a message without what it denies, tells of the distant past or asks in general.

        A denial that is itself a sign, such as "no pulse", stays.
        """
        kept: list[str] = []
        for sentence in _SENTENCE_END.split(message):
            parts = [*_CLAUSE_END.split(sentence), "."]
            clauses = [" ".join(words(clause)) for clause in parts[::2]]
            for at, (clause, end) in enumerate(zip(clauses, parts[1::2], strict=True)):
                later = " ".join(clauses[at:])
                past = _LONG_AGO.search(clause) and (_OVER.search(later) or not _AGAIN.search(later))
                kept += ["" if past or _IN_GENERAL.search(clause) else clause, "," if end == "," else "."]
        return " ".join(self._undenied(" ".join(kept).split()))

    def signs(self, message: str) -> dict[str, list[tuple[str, ...]]]:
        """Return, by the id of the urgent entry, the rows of signs that a message holds, as the pieces found."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(self._matcher.canonical(message)):
            for known in self._spelt_like(word):
                places[known].append(at)
        begun = (piece for word in places for piece in self._by_first.get(word, ()))
        held = {piece for piece in begun if _stands(self._pieces[piece], places)}
        found: dict[str, list[tuple[str, ...]]] = {}
        for entry, row in self._rows:
            pieces = tuple(next((piece for piece in cell if piece in held), "") for cell in row)
            if all(pieces):
                found.setdefault(entry.id, []).append(pieces)
        return found

    def _undenied(self, typed: Sequence[str]) -> Iterator[str]:
        """Yield the words that are not denied; a denial reaches over commas, as in "no pain, redness or heat"."""
        denied = False
        for word, after in pairwise([*typed, "."]):
            if word == "." or word in _ASSERTS:
                denied = False
            if word in _DENIES and (word, after) not in self._dangerous:
                denied = True
            if not denied and word not in ",.":
                yield word

    def _find_spelt_like(self, word: str) -> list[str]:
        if len(word) <= _SHORT:
            return [word] if word in self._known else []
        near = process.extract(
            word, self._known, scorer=Indel.normalized_similarity, score_cutoff=_CLOSE_ENOUGH, limit=None
        )
        return [known for known, *_ in near if known[0] == word[0]]


def _stands(parts: Sequence[str], places: Mapping[str, Sequence[int]]) -> bool:
    """Return whether the words stand in this order, with few others between them."""
    ends = places.get(parts[0], ())
    for part in parts[1:]:
        ends = [at for at in places.get(part, ()) if any(0 < at - end <= 1 + _BETWEEN for end in ends)]
    return bool(ends)
