"""How well each entry fits a question: `Matcher.rank`. Nothing here knows about replies.

Words are compared, not whole strings: rapidfuzz's whole-string scorers let the length of a
sentence decide. Each word of the question is looked up among the words of the base by its
spelling and its meaning; a word weighs the more, the fewer entries it points to; and an
entry's fit joins its best phrasing with all its phrasings taken together, and with how much
of the question they cover. The score tells how likely the best fit is to be the right one.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, Protocol, TypeAlias

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

# How likely the entry that fits best is to be the right one: logistic regression on the development
# questions of CLINC150, BANKING77, StackFAQ and the shipped base, out-of-scope ones included.
_CONSTANT: Final = -1.4
_PER_LOG_FIT: Final = 2.2  # the fit itself, a cosine
_PER_LEAD: Final = 4.4  # its lead over the second, as a share of it
_PER_LOG_WORDS: Final = 0.95  # a long question fits nothing as closely as a short one
_PER_CONTENT: Final = 2.2  # the share of the content words that the entry covers

# Content words by their Zipf frequency: in full those rarer than one word in a hundred thousand,
# hardly those as common as "about".
_COMMON: Final = 5.5
_RARE: Final = 4.0
_LEAST_CONTENT: Final = 0.02

_SHORT: Final = 2  # words of so few letters have no misspellings, they are other words
_MAX_WORDS: Final = 400  # of a question that are read; bounds the time of an answer
_SHORTLIST: Final = 6  # entries whose phrasings are compared one by one
_MOST_SIMILAR: Final = 12  # words that one word may stand for; the others are too far to matter
_LISTED: Final = 50  # entries that are ranked at all
_LONGEST: Final = 40  # letters of a word that are read; there is no longer English word to find
_CACHED_WORDS: Final = 4_000  # typed words whose reading is remembered

# What texts are compared by: a word, or two neighbouring words.
Feature: TypeAlias = str | tuple[str, str]
# Why a feature of a question may stand for one of the base.
Relation: TypeAlias = Literal["same", "spelling", "meaning"]


class Language(Protocol):
    """What is known of the words of a language beside their spelling."""

    def frequency(self, word: str) -> float:
        """Return the Zipf frequency of a word, from 0 (unknown) to 8."""
        ...

    def related(self, word: str) -> Sequence[tuple[str, float]]:
        """Return the words near in meaning, the nearest first, each with a cosine from 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Match:
    """How well one entry fits a question.

    Attributes:
        entry: The entry.
        score: Points from 0 (nothing shared) to 100 (the very words of a phrasing). Of the
            best matches that score 80, about four in five are right.
        phrasing: The entry's phrasing that is nearest to the question.
    """

    entry: Entry
    score: float
    phrasing: Phrasing


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a feature of a question may stand for.

    Attributes:
        feature: A feature of the base.
        strength: From 0 to 1 (the same).
        relation: Why.
    """

    feature: Feature
    strength: float
    relation: Relation


@dataclass(frozen=True, slots=True)
class Reading:
    """What the matcher made of one word, or pair of neighbouring words, of a question.

    Attributes:
        feature: As it was typed, normalized.
        weight: What it counts for in finding the entry, from 0 (every entry uses it alike) up.
        content: How much of a content word it is, from 0 to 1, by its frequency in the language.
        similar: What it may stand for in the base, the strongest first; empty for a word that
            the base does not know.
    """

    feature: Feature
    weight: float
    content: float
    similar: tuple[Likeness, ...]


class Matcher:
    """Ranks the entries of a knowledge base by their fit to a question.

    It does not change once made, so threads may share it.

    Args:
        knowledge: What to rank.
        language: Which words are frequent, and which near in meaning; without it, spelling alone counts.
    """

    def __init__(self, knowledge: Knowledge, language: Language | None = None) -> None:
        self._entries = knowledge.entries
        self._language = language or _NoLanguage()
        self._groups = _Groups(knowledge.words)
        texts = [[self._groups.unite(words(phrasing.text)) for phrasing in entry.phrasings] for entry in self._entries]
        self._index = _Index(texts)
        found = [(text, (number, at)) for number, group in enumerate(texts) for at, text in enumerate(group)]
        self._exact = dict(reversed(found))
        known = (feature for feature in self._index.weights if isinstance(feature, str))
        self._spellings = [*dict.fromkeys([*known, *self._groups.spellings])]
        self._spelt_like = lru_cache(_CACHED_WORDS)(self._find_spelt_like)
        self._reading = lru_cache(_CACHED_WORDS)(self._read_word)

    def rank(self, question: str) -> tuple[Match, ...]:
        """Return a match for each entry that shares anything with the question, best first; at most fifty.

        Beyond the best six, entries are compared as wholes only, and their question stands as the phrasing.

        Equal scores keep the order of the knowledge. Blank, all punctuation or all numbers gives ().
        """
        typed = self.canonical(question)
        # A number alone, such as one picked from a list, asks nothing.
        read = self._read(typed) if any(not word.isdigit() for word in typed) else ()
        fits = self._index.compare(read)
        points = self._points(read, fits)
        scores = {number: (points * fit, at) for number, (fit, at) in fits.items()}
        if (exact := self._exact.get(typed)) is not None:
            scores[exact[0]] = 100.0, exact[1]
        ranked = sorted(scores.items(), key=lambda item: (-item[1][0], item[0]))
        return tuple(
            Match(self._entries[number], score, self._entries[number].phrasings[at]) for number, (score, at) in ranked
        )

    def read(self, question: str) -> tuple[Reading, ...]:
        """Return how each word and pair of the question is understood, in the order typed."""
        return self._read(self.canonical(question))

    def canonical(self, question: str) -> tuple[str, ...]:
        """Return the words of a question, each phrase that a row of words holds as the first of its row."""
        typed = [word[:_LONGEST] for word in words(question)[:_MAX_WORDS]]
        return self._groups.unite([self._respell(word) for word in typed])

    def _respell(self, word: str) -> str:
        """Return the word of a group that an unknown word is spelt most like, else the word itself."""
        if word in self._index.weights:
            return word
        nearest, _ = next(iter(self._spelt_like(word)), (word, 0.0))
        return nearest if nearest in self._groups.spellings else word

    def _read(self, typed: Sequence[str]) -> tuple[Reading, ...]:
        single = {word: self._reading(word) for word in typed}
        read = list(single.values())
        for one, two in dict.fromkeys(pairwise(typed)):
            for first, second in zip(single[one].similar[:1], single[two].similar[:1], strict=False):
                pair = str(first.feature), str(second.feature)
                if pair in self._index.weights:
                    relation = first.relation if first.strength < second.strength else second.relation
                    likeness = Likeness(pair, first.strength * second.strength, relation)
                    read.append(Reading((one, two), self._index.weights[pair], 0.0, (likeness,)))
        return tuple(read)

    def _read_word(self, word: str) -> Reading:
        similar = self._look_up(word)
        frequency = _COMMON if word.isdigit() else self._language.frequency(word)
        content = min(1.0, max(_LEAST_CONTENT, (_COMMON - frequency) / (_COMMON - _RARE)))
        return Reading(word, self._weight(word, similar), content, similar)

    def _points(self, read: Sequence[Reading], fits: Mapping[int, tuple[float, int]]) -> float:
        """Return the points for each unit of fit: those of the best are the chance, in percent, that it is right."""
        (best, number), (second, _) = heapq.nlargest(
            2, [(0.0, 0), (0.0, 0), *((fit, -n) for n, (fit, _) in fits.items())]
        )
        if not best:
            return 0.0
        single = [reading for reading in read if isinstance(reading.feature, str)]
        odds = (
            _CONSTANT
            + _PER_LOG_FIT * math.log(best)
            + _PER_LEAD * (best - second) / best
            + _PER_LOG_WORDS * math.log(len(single))
            + _PER_CONTENT * self._index.share_of_content(single, -number)
        )
        return 100 / (1 + math.exp(-odds)) / best

    def _look_up(self, word: str) -> tuple[Likeness, ...]:
        """Return the words of the base that a word may stand for, the strongest first."""
        found: dict[str, Likeness] = {}

        def add(near: str, strength: float, relation: Relation) -> None:
            near = self._groups.first_word(near)
            if near in self._index.weights and (near not in found or strength > found[near].strength):
                found[near] = Likeness(near, strength, relation)

        spelt_like = self._spelt_like(word)
        for near, similarity in spelt_like:
            add(near, similarity**SHARPNESS, "same" if near == word else "spelling")
        # A misspelt word has no meaning of its own; it has that of the word it is spelt like.
        meant, trust = (word, 1.0)
        neighbours = self._language.related(word)
        if not neighbours and spelt_like:
            meant, trust = spelt_like[0]
            neighbours = self._language.related(meant)
        for near, cosine in neighbours:
            add(near, trust**SHARPNESS * cosine**2, "meaning")
        return tuple(sorted(found.values(), key=lambda likeness: -likeness.strength)[:_MOST_SIMILAR])

    def _find_spelt_like(self, word: str) -> list[tuple[str, float]]:
        """Return the words of the base and its groups that are spelt like this one, with the similarity."""
        if len(word) <= _SHORT:
            return [(word, 1.0)] if word in self._index.weights or word in self._groups.spellings else []
        scorer, cutoff = Indel.normalized_similarity, CLOSE_ENOUGH
        found = process.extract(word, self._spellings, scorer=scorer, score_cutoff=cutoff, limit=None)
        return [(spelling, similarity) for spelling, similarity, _ in found]

    def _weight(self, word: str, similar: Sequence[Likeness]) -> float:
        """Return a word's weight; the less it resembles any word of the base, the more it weighs."""
        weights = self._index.weights
        if word in weights:
            return weights[word]
        if not similar:
            return self._index.most
        nearest = similar[0]
        return nearest.strength * weights[nearest.feature] + (1 - nearest.strength) * self._index.most


class _Index:
    """Where the base uses which features, and what they weigh.

    Attributes:
        most: The weight of a word that a single entry uses, or none.
        weights: The weight of each feature: how much it tells about the entry.
    """

    def __init__(self, texts: Sequence[Sequence[Sequence[str]]]) -> None:
        """Index the phrasings, as words, of each entry."""
        self._phrasings = [len(group) for group in texts]
        self._uses: dict[Feature, dict[int, list[int]]] = {}
        for number, group in enumerate(texts):
            held: dict[Feature, list[int]] = {}
            for at, text in enumerate(group):
                for feature in dict.fromkeys(_features(text)):
                    held.setdefault(feature, []).append(at)
            for feature, places in held.items():
                self._uses.setdefault(feature, {})[number] = places
        self.most = math.log(len(texts) + 1)
        self.weights = {feature: self._weigh(feature, uses) for feature, uses in self._uses.items()}
        self._lengths = self._measure()

    def compare(self, read: Sequence[Reading]) -> dict[int, tuple[float, int]]:
        """Return how well the entries fit a question: the fit, from 0 to 1, and the nearest phrasing."""
        length = math.sqrt(sum(reading.weight**2 for reading in read)) or 1.0
        fits: dict[int, tuple[float, int]] = {}
        for place, (number, (cosine, covered)) in enumerate(self._whole_fits(read, length)):
            nearest, at = self._nearest_phrasing(read, number) if place < _SHORTLIST else (0.0, 0)
            joined = PHRASING_SHARE * nearest / length + (1 - PHRASING_SHARE) * cosine
            fits[number] = joined * math.sqrt(covered), at
        return fits

    def share_of_content(self, read: Iterable[Reading], number: int) -> float:
        """Return the share of a question's content words that an entry covers, from 0 to 1."""
        covered = total = 0.0
        for reading in read:
            total += reading.content
            held = (likeness.strength for likeness in reading.similar if number in self._uses[likeness.feature])
            covered += reading.content * next(held, 0.0)  # the strongest stands first
        return covered / total

    def _whole_fits(self, read: Sequence[Reading], length: float) -> list[tuple[int, tuple[float, float]]]:
        """Return the entries most like the question as wholes: cosine, and share of its words that they cover."""
        dots: defaultdict[int, float] = defaultdict(float)
        covered: defaultdict[int, float] = defaultdict(float)
        for reading in read:
            single = isinstance(reading.feature, str)
            for number, (dot, strength) in self._meet(reading).items():
                dots[number] += reading.weight * dot
                covered[number] += reading.weight * strength if single else 0.0
        total = sum(reading.weight for reading in read if isinstance(reading.feature, str)) or 1.0
        found = {
            number: (dot / self._lengths[number][0] / length, covered[number] / total) for number, dot in dots.items()
        }
        best = heapq.nsmallest(_LISTED, found.items(), key=lambda item: (-item[1][0] * math.sqrt(item[1][1]), item[0]))
        return [(number, fit) for number, fit in best if fit[0] > 0]

    def _meet(self, reading: Reading) -> dict[int, tuple[float, float]]:
        """Return the entries that use a feature: the largest product, and the largest strength.

        A feature of the question counts once for an entry, as the strongest that it may stand for there.
        """
        met: dict[int, tuple[float, float]] = {}
        for likeness in reading.similar:
            strength = likeness.strength
            product = strength * self.weights[likeness.feature]
            for number, places in self._uses[likeness.feature].items():
                dot = product * len(places)
                if number not in met:
                    met[number] = dot, strength
                elif dot > met[number][0]:
                    met[number] = dot, met[number][1]
        return met

    def _nearest_phrasing(self, read: Sequence[Reading], number: int) -> tuple[float, int]:
        """Return the phrasing of an entry that is nearest to the question, as its product and its place."""
        dots: defaultdict[int, float] = defaultdict(float)
        for reading in read:
            met: dict[int, float] = {}
            for likeness in reading.similar:
                places = self._uses[likeness.feature].get(number)
                if places:
                    product = reading.weight * likeness.strength * self.weights[likeness.feature]
                    for at in places:
                        if product > met.get(at, 0.0):
                            met[at] = product
            for at, product in met.items():
                dots[at] += product
        lengths = self._lengths[number][1]
        nearest, place = max((dot / lengths[at], -at) for at, dot in dots.items())
        return nearest, -place

    def _weigh(self, feature: Feature, uses: Mapping[int, Sequence[int]]) -> float:
        """Return the weight of a feature.

        It is log(entries + 1) less the entropy of the feature over the entries, as in log-entropy
        weighting (Dumais 1991, Behavior Research Methods 23, 229-236), but by the share of an
        entry's phrasings, so that an entry with many phrasings gets no more say than another.
        """
        share_of_word = 1.0 if isinstance(feature, str) else PAIR_WEIGHT
        if len(uses) == 1:
            return self.most * share_of_word
        shares = [len(places) / self._phrasings[number] for number, places in uses.items()]
        return (self.most - _entropy(shares)) * share_of_word

    def _measure(self) -> list[tuple[float, list[float]]]:
        """Return for each entry its length as a vector, and those of its phrasings."""
        squares = [0.0] * len(self._phrasings)
        of_phrasings = [[0.0] * count for count in self._phrasings]
        for feature, uses in self._uses.items():
            square = self.weights[feature] ** 2
            for number, places in uses.items():
                squares[number] += square * len(places) ** 2
                for at in places:
                    of_phrasings[number][at] += square
        return [
            (math.sqrt(square) or 1.0, [math.sqrt(each) or 1.0 for each in each_of])
            for square, each_of in zip(squares, of_phrasings, strict=True)
        ]


class _Groups:
    """The rows of words or phrases that mean the same: each is read as the first of its row."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self._first = {words(phrase): words(row[0]) for row in rows for phrase in row}
        self._longest: dict[str, int] = {}  # the size of the longest phrase that begins with a word
        for phrase in self._first:
            self._longest[phrase[0]] = max(len(phrase), self._longest.get(phrase[0], 0))
        self.spellings = dict.fromkeys(word for phrase in self._first for word in phrase)

    def first_word(self, word: str) -> str:
        """Return the word that a word is read as; itself, if it is in no row or its row begins with a phrase."""
        first = self._first.get((word,), ())
        return first[0] if len(first) == 1 else word

    def unite(self, text: Sequence[str]) -> tuple[str, ...]:
        """Return the words with every phrase of a row replaced by its first, longest phrases first."""
        united: list[str] = []
        at = 0
        while at < len(text):
            for size in range(min(self._longest.get(text[at], 0), len(text) - at), 0, -1):
                if (first := self._first.get(tuple(text[at : at + size]))) is not None:
                    united.extend(first)
                    at += size
                    break
            else:
                united.append(text[at])
                at += 1
        return tuple(united)


class _NoLanguage:
    """A language of which nothing is known."""

    def frequency(self, _: str) -> float:
        return 0.0

    def related(self, _: str) -> Sequence[tuple[str, float]]:
        return ()


def _features(text: Sequence[str]) -> Iterable[Feature]:
    """Return the words of a text and its pairs of neighbouring words."""
    return (*text, *pairwise(text))


def _entropy(shares: Sequence[float]) -> float:
    """Return the Shannon entropy, in nats, of shares that need not sum to 1."""
    total = sum(shares)
    return -sum(share / total * math.log(share / total) for share in shares)
