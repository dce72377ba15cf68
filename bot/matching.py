"""How well each entry fits a question: `Matcher.rank`. Nothing here knows about replies.

Words are compared, not whole strings: rapidfuzz's whole-string scorers let the length of a
sentence decide. Each word of the question is looked up by its spelling among the words of
the base; a word weighs the more, the fewer entries it points to; and an entry's score joins
its best phrasing with all its phrasings taken together, and with how much of the question
they cover.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

from rapidfuzz import process
from rapidfuzz.distance import Indel

from .knowledge import Entry, Knowledge, Phrasing
from .text import words

# Chosen on the development questions of CLINC150 and BANKING77 with ten phrasings an entry,
# out of .7 to .8, 1 to 3, .3 to .7 and .2 to .5, by the share of questions ranked right.
CLOSE_ENOUGH: Final = 0.75  # similarity from which a word may be a misspelling of another
SHARPNESS: Final = 2  # power of that similarity: a far spelling is worth less than its letters
PAIR_WEIGHT: Final = 0.4  # weight of two neighbouring words beside that of one word
PHRASING_SHARE: Final = 0.4  # of the best phrasing in a score; the whole entry has the rest

_SHORT: Final = 2  # words of so few letters have no misspellings, they are other words
_MAX_WORDS: Final = 400  # of a question that are read; bounds the time of an answer
_CACHED_WORDS: Final = 20_000  # typed words whose lookup is remembered

# What texts are compared by: a word, or two neighbouring words.
Feature: TypeAlias = str | tuple[str, str]
# Where a feature occurs: numbers of phrasings or entries, each with its share of the whole.
_Postings: TypeAlias = dict[Feature, list[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Match:
    """How well one entry fits a question.

    Attributes:
        entry: The entry.
        score: Points from 0 (nothing shared) to 100 (the very words of a phrasing).
        phrasing: The entry's phrasing that is nearest to the question.
    """

    entry: Entry
    score: float
    phrasing: Phrasing


@dataclass(frozen=True, slots=True)
class Reading:
    """What the matcher made of one word, or pair of neighbouring words, of a question.

    Attributes:
        feature: As it was typed, normalized.
        weight: What it counts for, from 0 (every entry uses it alike) up.
        similar: What it may stand for in the base, each with its strength from 0 to 1, the
            strongest first; empty for a word that the base does not know.
    """

    feature: Feature
    weight: float
    similar: tuple[tuple[Feature, float], ...]


class Matcher:
    """Ranks the entries of a knowledge base by their fit to a question.

    It does not change once made, so threads may share it.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._entries = knowledge.entries
        self._phrasings = [
            (number, phrasing) for number, entry in enumerate(self._entries) for phrasing in entry.phrasings
        ]
        self._groups = _Groups(knowledge.words)
        texts = [self._groups.unite(words(phrasing.text)) for _, phrasing in self._phrasings]
        self._exact = {text: index for index, text in reversed(list(enumerate(texts)))}

        in_phrasings = [Counter(dict.fromkeys(_features(text), 1)) for text in texts]
        in_entries = [Counter[Feature]() for _ in self._entries]
        for (number, _), features in zip(self._phrasings, in_phrasings, strict=True):
            in_entries[number].update(features)
        self._most = math.log(len(self._entries) + 1)
        self._weights = self._weigh(in_entries)
        self._by_phrasing = _index(in_phrasings, self._weights)
        self._by_entry = _index(in_entries, self._weights)
        self._held_by = {feature: [(number, 1.0) for number, _ in found] for feature, found in self._by_entry.items()}
        known = (feature for feature in self._weights if isinstance(feature, str))
        self._spellings = [*dict.fromkeys([*known, *self._groups.spellings])]
        self._similar = lru_cache(_CACHED_WORDS)(self._look_up)

    def rank(self, question: str) -> tuple[Match, ...]:
        """Return a match for every entry that shares anything with the question, best first.

        Equal scores keep the order of the knowledge. Blank or all punctuation gives ().
        """
        typed = self._typed(question)
        read = self._read(typed)
        length = math.sqrt(sum(reading.weight**2 for reading in read)) or 1.0
        single = [reading for reading in read if isinstance(reading.feature, str)]
        total = sum(reading.weight for reading in single) or 1.0
        whole, held = _compare(read, self._by_entry), _compare(single, self._held_by)
        scores: dict[int, tuple[float, int]] = {}
        for index, fit in _compare(read, self._by_phrasing).items():
            number = self._phrasings[index][0]
            cosine = (PHRASING_SHARE * fit + (1 - PHRASING_SHARE) * whole[number]) / length
            score = 100 * cosine * math.sqrt(held[number] / total)
            if number not in scores or score > scores[number][0]:
                scores[number] = score, index
        if (exact := self._exact.get(typed)) is not None:
            scores[self._phrasings[exact][0]] = 100.0, exact
        ranked = sorted(scores.items(), key=lambda item: (-item[1][0], item[0]))
        return tuple(Match(self._entries[n], score, self._phrasings[index][1]) for n, (score, index) in ranked)

    def read(self, question: str) -> tuple[Reading, ...]:
        """Return how each word and pair of the question is understood, in the order typed."""
        return self._read(self._typed(question))

    def _typed(self, question: str) -> tuple[str, ...]:
        typed = words(question)[:_MAX_WORDS]
        return self._groups.unite([self._respell(word) for word in typed])

    def _respell(self, word: str) -> str:
        """Return the word of a group that an unknown word is nearest to, else the word itself."""
        if word in self._weights:
            return word
        nearest = self._similar(word)[:1]
        return next((near for near, _ in nearest if near in self._groups.spellings), word)

    def _read(self, typed: Sequence[str]) -> tuple[Reading, ...]:
        similar = {word: tuple(near for near in self._similar(word) if near[0] in self._weights) for word in typed}
        read = [Reading(word, self._weight(word, similar[word]), similar[word]) for word in similar]
        for one, two in dict.fromkeys(pairwise(typed)):
            for (first, strength), (second, other) in zip(similar[one][:1], similar[two][:1], strict=False):
                if (first, second) in self._weights:
                    pair = (first, second), strength * other
                    read.append(Reading((one, two), self._weights[pair[0]], (pair,)))
        return tuple(read)

    def _look_up(self, word: str) -> tuple[tuple[str, float], ...]:
        """Return the words of the base and its groups that are spelt like this one, the nearest first."""
        if len(word) <= _SHORT:
            return ((word, 1.0),) if word in self._weights else ()
        found = process.extract(
            word, self._spellings, scorer=Indel.normalized_similarity, score_cutoff=CLOSE_ENOUGH, limit=None
        )
        return tuple((spelling, similarity**SHARPNESS) for spelling, similarity, _ in found)

    def _weight(self, word: str, similar: Sequence[tuple[str, float]]) -> float:
        """Return a word's weight; the less it resembles any word of the base, the more it weighs."""
        if word in self._weights:
            return self._weights[word]
        nearest, strength = similar[0] if similar else (word, 0.0)
        return strength * self._weights.get(nearest, 0.0) + (1 - strength) * self._most

    def _weigh(self, in_entries: Sequence[Counter[Feature]]) -> dict[Feature, float]:
        """Return the weight of each feature: how much it tells about the entry.

        It is log(entries + 1) less the entropy of the feature over the entries, as in log-entropy
        weighting (Dumais 1991, Behavior Research Methods 23, 229-236), but by the share of an
        entry's phrasings, so that an entry with many phrasings gets no more say than another.
        """
        shares: defaultdict[Feature, list[float]] = defaultdict(list)
        for entry, counts in zip(self._entries, in_entries, strict=True):
            for feature, count in counts.items():
                shares[feature].append(count / len(entry.phrasings))
        return {
            feature: (self._most - _entropy(found)) * (1.0 if isinstance(feature, str) else PAIR_WEIGHT)
            for feature, found in shares.items()
        }


class _Groups:
    """The rows of words or phrases that mean the same: each is read as the first of its row."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self._first = {words(phrase): words(row[0]) for row in rows for phrase in row}
        self._longest = max(map(len, self._first), default=0)
        self.spellings = dict.fromkeys(word for phrase in self._first for word in phrase)

    def unite(self, text: Sequence[str]) -> tuple[str, ...]:
        """Return the words with every phrase of a row replaced by its first, longest phrases first."""
        united: list[str] = []
        at = 0
        while at < len(text):
            for size in range(min(self._longest, len(text) - at), 0, -1):
                if (first := self._first.get(tuple(text[at : at + size]))) is not None:
                    united.extend(first)
                    at += size
                    break
            else:
                united.append(text[at])
                at += 1
        return tuple(united)


def _features(text: Sequence[str]) -> Iterable[Feature]:
    """Return the words of a text and its pairs of neighbouring words."""
    return (*text, *pairwise(text))


def _entropy(shares: Sequence[float]) -> float:
    """Return the Shannon entropy, in nats, of shares that need not sum to 1."""
    total = sum(shares)
    return -sum(share / total * math.log(share / total) for share in shares)


def _index(texts: Sequence[Mapping[Feature, int]], weights: Mapping[Feature, float]) -> _Postings:
    """Return for each feature the texts that hold it, with its share of their length as vectors."""
    postings: _Postings = defaultdict(list)
    for number, counts in enumerate(texts):
        values = {feature: count * weights[feature] for feature, count in counts.items()}
        length = math.sqrt(sum(value**2 for value in values.values())) or 1.0
        for feature, value in values.items():
            postings[feature].append((number, value / length))
    return dict(postings)


def _compare(read: Iterable[Reading], postings: _Postings) -> defaultdict[int, float]:
    """Return the fit of each text that shares anything: a cosine, once divided by the question's length.

    A word of the question counts once for a text: by the strongest of the words there that it may be.
    """
    fits: defaultdict[int, float] = defaultdict(float)
    for reading in read:
        strongest: dict[int, float] = {}
        for feature, strength in reading.similar:
            for number, share in postings.get(feature, ()):
                value = strength * share
                if value > strongest.get(number, 0.0):
                    strongest[number] = value
        for number, value in strongest.items():
            fits[number] += reading.weight * value
    return fits
