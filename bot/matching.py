"""How well each entry fits a question: `Matcher.rank`. Nothing here knows about replies.

Words are compared, not whole strings: rapidfuzz's whole-string scorers let the length of a
sentence decide. Each word of the question is looked up among the words of the base by its
spelling and its meaning; a word weighs the more, the fewer entries it points to; and an
entry's fit joins its best phrasing with all its phrasings taken together, with how much of the
question they cover, and with how much likelier its words are in this entry than in others. The
score tells how likely the best fit is to be the right one.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

from rapidfuzz import process
from rapidfuzz.distance import Indel

from .knowledge import Entry, Knowledge, Phrasing
from .text import words

# Chosen on the development questions of CLINC150 and BANKING77 with ten phrasings an entry,
# out of .7 to .8, 1 to 3, .3 to .7 and .2 to .5, by the share of questions ranked right.
CLOSE_ENOUGH: Final = 0.75  # similarity from which a word may be a misspelling of another
INFLECTED: Final = 0.8  # the same for an English word, which is rather itself than a slip for another
SHARPNESS: Final = 2  # power of that similarity: a far spelling is worth less than its letters
MEANING_SHARPNESS: Final = 1.5  # power of the cosine of two words' meanings
PAIR_WEIGHT: Final = 0.4  # weight of two neighbouring words beside that of one word
PHRASING_SHARE: Final = 0.4  # of the best phrasing in a score; the whole entry has the rest
LIKELIHOOD_SHARE: Final = 0.05  # power to which the likelihoods of the words are taken
BACKGROUND: Final = 3.0  # what an entry's own use of a word counts against everybody's use of it

# How likely the entry that fits best is to be the right one: logistic regression on the development
# questions of CLINC150, BANKING77, StackFAQ and the shipped base, half of them out of scope as in real
# traffic; `tests/tools/fit_score.py` finds the weights.
_ODDS: Final = {
    "always": -1.85,
    "logarithm of the fit": 1.15,
    "lead over the second": 2.1,  # as a share of the fit
    "content words covered": 2.9,  # their share
    "a thing not covered": -2.0,  # how far what the question names is missing in the entry
}

# Content words by their Zipf frequency: in full those rarer than one word in a hundred thousand,
# hardly those as common as "about".
_NO_SLIP: Final = 2.5  # Zipf frequency of a word that nobody types by mistake
_COMMON: Final = 5.5
_RARE: Final = 4.0
_LEAST_CONTENT: Final = 0.02

_ENDS: Final = (0, -1)
_SHORT: Final = 2  # words of so few letters have no misspellings, they are other words
_MAX_WORDS: Final = 400  # of a question that are read; bounds the time of an answer
_SHORTLIST: Final = 6  # entries at most whose phrasings are compared one by one
_LIKELY: Final = 0.2  # share of the best entry's fit as a whole that they have at least
_MOST_SIMILAR: Final = 12  # words that one word may stand for; the others are too far to matter
_MOST_USES: Final = 500  # entries that a word may point to, those that use it most; bounds the time in a large base
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

    def names_a_thing(self, word: str) -> bool:
        """Return whether a word names what one can touch: an animal, a food, a part of the body, ..."""
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
        thing: Whether it names what one can touch; an answer that knows nothing of it is doubtful.
        similar: What it may stand for in the base, the strongest first; empty for a word that
            the base does not know.
    """

    feature: Feature
    weight: float
    content: float
    thing: bool
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
        self._spellings: dict[tuple[int, str], list[str]] = {}  # by first and by last letter
        for word in dict.fromkeys([*known, *self._groups.spellings]):
            for place in _ENDS:
                self._spellings.setdefault((place, word[place]), []).append(word)
        self._spelt_like = lru_cache(_CACHED_WORDS)(self._find_spelt_like)
        self._word_clue = lru_cache(_CACHED_WORDS)(self._read_word)
        self._pair_clue = lru_cache(_CACHED_WORDS)(self._read_pair)

    def rank(self, question: str) -> tuple[Match, ...]:
        """Return a match for each entry that shares anything with the question, best first; at most fifty.

        Beyond the best six, entries are compared as wholes only, and their question stands as the phrasing.

        Equal scores keep the order of the knowledge. Blank, all punctuation or all numbers gives ().
        """
        typed = self.canonical(question)
        clues, fits = self._compare(typed)
        odds = sum(self._odds(clues, fits).values())
        # The points of the best are the chance, in percent, that it is right; the others have their share of them.
        points = 100 / (1 + math.exp(-odds)) / max(fit for fit, _ in fits.values()) if fits else 0.0
        scores = {number: (points * fit, at) for number, (fit, at) in fits.items()}
        if (exact := self._exact.get(typed)) is not None:
            scores[exact[0]] = 100.0, exact[1]
        ranked = sorted(scores.items(), key=lambda item: (-item[1][0], item[0]))
        return tuple(
            Match(self._entries[number], score, self._entries[number].phrasings[at]) for number, (score, at) in ranked
        )

    def read(self, question: str) -> tuple[Reading, ...]:
        """Return how each word and pair of the question is understood, in the order typed."""
        return tuple(clue.reading for clue in self._read(self.canonical(question)))

    def odds(self, question: str) -> dict[str, float]:
        """Return what the score of the best match is made of: the parts of its log odds; {} where nothing matches.

        An exact phrasing scores 100 whatever they say.
        """
        return self._odds(*self._compare(self.canonical(question)))

    def canonical(self, question: str) -> tuple[str, ...]:
        """Return the words of a question, each phrase that a row of words holds as the first of its row."""
        return self._groups.unite(self._typed(question))

    def replaced(self, question: str) -> list[tuple[str, str]]:
        """Return the phrases of a question that a row of words holds, each with the first of its row."""
        parts = self._groups.parts(self._typed(question))
        return [(" ".join(phrase), " ".join(first)) for phrase, first in parts if phrase != first]

    def _typed(self, question: str) -> list[str]:
        return [self._respell(word[:_LONGEST]) for word in words(question)[:_MAX_WORDS]]

    def _respell(self, word: str) -> str:
        """Return the word of a group that an unknown word is spelt most like, else the word itself."""
        if word in self._index.weights:
            return word
        nearest, _ = next(iter(self._spelt_like(word)), (word, 0.0))
        return nearest if nearest in self._groups.spellings else word

    def _compare(self, typed: Sequence[str]) -> tuple[list["_Clue"], dict[int, tuple[float, int]]]:
        """Return the clues of a question and the fits of the entries; a number alone asks nothing."""
        clues = self._read(typed) if any(not word.isdigit() for word in typed) else []
        return clues, self._index.compare(clues)

    def _read(self, typed: Sequence[str]) -> list["_Clue"]:
        pairs = (self._pair_clue(one, two) for one, two in dict.fromkeys(pairwise(typed)))
        return [*map(self._word_clue, dict.fromkeys(typed)), *(clue for clue in pairs if clue)]

    def _read_word(self, word: str) -> "_Clue":
        similar = self._look_up(word)
        frequency = _COMMON if word.isdigit() else self._language.frequency(self._meant(word)[0])
        content = min(1.0, max(_LEAST_CONTENT, (_COMMON - frequency) / (_COMMON - _RARE)))
        thing = self._language.names_a_thing(word)
        return self._index.clue(Reading(word, self._weight(word, similar), content, thing, similar))

    def _read_pair(self, one: str, two: str) -> "_Clue | None":
        first, second = (next(iter(self._word_clue(word).reading.similar), None) for word in (one, two))
        if first is None or second is None:
            return None
        pair = str(first.feature), str(second.feature)
        if pair not in self._index.weights:
            return None
        relation = first.relation if first.strength < second.strength else second.relation
        likeness = Likeness(pair, first.strength * second.strength, relation)
        return self._index.clue(
            Reading((one, two), self._index.weights[pair], content=0.0, thing=False, similar=(likeness,))
        )

    def _odds(self, clues: Sequence["_Clue"], fits: Mapping[int, tuple[float, int]]) -> dict[str, float]:
        ranked = heapq.nlargest(2, ((fit, -number) for number, (fit, _) in fits.items()))
        if not ranked:
            return {}
        signals = self._signals([clue.reading for clue in clues], ranked)
        return {name: weight * signal for (name, weight), signal in zip(_ODDS.items(), signals, strict=True)}

    def _signals(self, read: Sequence[Reading], ranked: Sequence[tuple[float, int]]) -> tuple[float, ...]:
        """Return what the chance that the best fit is right depends on, in the order of _ODDS."""
        (best, negative), second = ranked[0], ranked[1][0] if len(ranked) > 1 else 0.0
        single = [reading for reading in read if isinstance(reading.feature, str)]
        return (
            1.0,
            math.log(best),
            (best - second) / best,
            self._index.share_of_content(single, -negative),
            self._index.worst_thing(single, -negative) / math.sqrt(len(single)),
        )

    def _look_up(self, word: str) -> tuple[Likeness, ...]:
        """Return the words of the base that a word may stand for, the strongest first."""
        found: dict[str, Likeness] = {}

        def add(near: str, strength: float, relation: Relation) -> None:
            near = self._groups.first_word(near)
            if near in self._index.weights and (near not in found or strength > found[near].strength):
                found[near] = Likeness(near, strength, relation)

        for near, similarity in self._spelt_like(word):
            add(near, similarity**SHARPNESS, "same" if near == word else "spelling")
        meant, trust = self._meant(word)
        for near, cosine in self._language.related(meant):
            add(near, trust**SHARPNESS * cosine**MEANING_SHARPNESS, "meaning")
        return tuple(sorted(found.values(), key=lambda likeness: -likeness.strength)[:_MOST_SIMILAR])

    def _meant(self, word: str) -> tuple[str, float]:
        """Return the word itself or, for a misspelt one, the word that it is spelt like, with the similarity."""
        if self._language.frequency(word) or not self._spelt_like(word):
            return word, 1.0
        return self._spelt_like(word)[0]

    def _find_spelt_like(self, word: str) -> list[tuple[str, float]]:
        """Return the words of the base and its groups that are spelt like this one, with the similarity."""
        if len(word) <= _SHORT:
            return [(word, 1.0)] if word in self._index.weights or word in self._groups.spellings else []
        # One slip leaves the first or the last letter as it was.
        some = dict.fromkeys(near for place in _ENDS for near in self._spellings.get((place, word[place]), ()))
        known = self._language.frequency(word) >= _NO_SLIP
        scorer, cutoff = Indel.normalized_similarity, INFLECTED if known else CLOSE_ENOUGH
        found = process.extract(word, list(some), scorer=scorer, score_cutoff=cutoff, limit=None)
        swapped = self._swapped(word) if not found else []
        return [(spelling, similarity) for spelling, similarity, _ in found] or [(near, cutoff) for near in swapped]

    def _swapped(self, word: str) -> list[str]:
        """Return the words of the base with two neighbouring letters of this one swapped, as in "hwo"."""
        turned = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
        return [near for near in turned if near in self._index.weights]

    def _weight(self, word: str, similar: Sequence[Likeness]) -> float:
        """Return a word's weight; the less it resembles any word of the base, the more it weighs."""
        weights = self._index.weights
        if word in weights:
            return weights[word]
        if not similar:
            return self._index.most
        nearest = similar[0]
        return nearest.strength * weights[nearest.feature] + (1 - nearest.strength) * self._index.most


class _Clue(NamedTuple):
    """A reading, and what it says about entries.

    Attributes:
        reading: The reading.
        met: Each entry, with the weighted product, the weight covered and the logarithm of the likelihood.
        near: For the entries that were looked at, the phrasings with their products; filled as needed.
    """

    reading: Reading
    met: list[tuple[int, float, float, float]]
    near: dict[int, list[tuple[int, float]]]


class _Index:
    """Where the base uses which features, and what they weigh.

    Attributes:
        most: The weight of a word that a single entry uses, or none.
        weights: The weight of each feature: how much it tells about the entry.
    """

    def __init__(self, texts: Sequence[Sequence[tuple[str, ...]]]) -> None:
        """Index the phrasings, as words, of each entry."""
        self._uses: dict[Feature, dict[int, list[int]]] = {}
        self._sizes: list[int] = []
        for number, group in enumerate(texts):
            held: dict[Feature, list[int]] = {}
            for at, text in enumerate(group):
                features: Iterable[Feature] = (*text, *pairwise(text))
                for feature in dict.fromkeys(features):
                    if feature in held:
                        held[feature].append(at)
                    else:
                        held[feature] = [at]
            for feature, places in held.items():
                if feature in self._uses:
                    self._uses[feature][number] = places
                else:
                    self._uses[feature] = {number: places}
            self._sizes.append(sum(map(len, held.values())))
        self.most = math.log(len(texts) + 1)
        self.weights: dict[Feature, float] = {}
        self._background: dict[Feature, float] = {}
        self._lengths = self._weigh_all([len(group) for group in texts])

    def _weigh_all(self, phrasings: Sequence[int]) -> list[tuple[float, list[float]]]:
        """Find the weights, and return for each entry its length as a vector, and those of its phrasings."""
        squares = [0.0] * len(phrasings)
        of_phrasings = [[0.0] * count for count in phrasings]
        for feature, uses in self._uses.items():
            drawn = 0.0
            weight = self.weights[feature] = self._weigh(feature, uses, phrasings)
            for number, places in uses.items():
                drawn += len(places) / self._sizes[number]
                squares[number] += (weight * len(places)) ** 2
                for at in places:
                    of_phrasings[number][at] += weight * weight
            self._background[feature] = drawn / len(phrasings)
            if len(uses) > _MOST_USES:
                most = heapq.nsmallest(_MOST_USES, uses.items(), key=lambda use: (-len(use[1]), use[0]))
                self._uses[feature] = dict(sorted(most))
        return [
            (math.sqrt(square) or 1.0, [math.sqrt(each) or 1.0 for each in each_of])
            for square, each_of in zip(squares, of_phrasings, strict=True)
        ]

    def clue(self, reading: Reading) -> "_Clue":
        """Return what a reading says about the entries that use what it may stand for.

        It counts once for an entry, as the strongest that it may stand for there. How much likelier it is
        there than elsewhere is a translation model's (Berger & Lafferty 1999, SIGIR, 222-229): the chance
        to draw the feature from the entry's phrasings if any word may be put for a similar one.
        """
        met: dict[int, tuple[float, float, float]] = {}
        drawn_anywhere = 0.0
        for likeness in reading.similar:
            strength, feature = likeness.strength, likeness.feature
            product = strength * self.weights[feature]
            drawn_anywhere += strength * self._background[feature]
            for number, places in self._uses[feature].items():
                dot, drawn = product * len(places), strength * len(places) / self._sizes[number]
                if number in met:
                    before, strongest, sum_drawn = met[number]
                    met[number] = max(dot, before), strongest, sum_drawn + drawn
                else:
                    met[number] = dot, strength, drawn
        word = isinstance(reading.feature, str)
        share, covers = (1.0, reading.weight) if word else (PAIR_WEIGHT, 0.0)
        found = [
            (number, reading.weight * dot, covers * strength, share * math.log1p(BACKGROUND * drawn / drawn_anywhere))
            for number, (dot, strength, drawn) in met.items()
        ]
        return _Clue(reading, found, {})

    def compare(self, clues: Sequence["_Clue"]) -> dict[int, tuple[float, int]]:
        """Return how well the entries fit a question: the fit, 0 or more, and the nearest phrasing."""
        length = math.sqrt(sum(clue.reading.weight**2 for clue in clues)) or 1.0
        fits: dict[int, tuple[float, int]] = {}
        likely = 0.0
        for number, cosine, factor in self._whole_fits(clues, length):
            likely = likely or cosine * factor * _LIKELY  # of the best, which stands first
            close = len(fits) < _SHORTLIST and cosine * factor >= likely
            nearest, at = self._nearest_phrasing(clues, number) if close else (0.0, 0)
            joined = PHRASING_SHARE * nearest / length + (1 - PHRASING_SHARE) * cosine
            fits[number] = joined * factor, at
        return fits

    def share_of_content(self, read: Iterable[Reading], number: int) -> float:
        """Return the share of a question's content words that an entry covers, from 0 to 1."""
        covered = total = 0.0
        for reading in read:
            total += reading.content
            covered += reading.content * self._covered(reading, number)
        return covered / total

    def worst_thing(self, read: Iterable[Reading], number: int) -> float:
        """Return how much of the thing that an entry covers least it does not cover, from 0 to 1."""
        things = (reading for reading in read if reading.thing)
        return max((thing.content * (1 - self._covered(thing, number) ** 2) for thing in things), default=0.0)

    def _covered(self, reading: Reading, number: int) -> float:
        """Return how strongly a reading stands for anything in an entry; its strongest stands first."""
        return next((near.strength for near in reading.similar if number in self._uses[near.feature]), 0.0)

    def _whole_fits(self, clues: Sequence["_Clue"], length: float) -> list[tuple[int, float, float]]:
        """Return the entries most like the question: cosine as wholes, and factor for coverage and likelihood."""
        sums: defaultdict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for clue in clues:
            for number, dot, covered, likelihood in clue.met:
                summed = sums[number]
                summed[0] += dot
                summed[1] += covered
                summed[2] += likelihood
        total = sum(clue.reading.weight for clue in clues if isinstance(clue.reading.feature, str)) or 1.0
        lengths = self._lengths
        cosines = ((dot / lengths[number][0] / length, number) for number, (dot, *_) in sums.items() if dot > 0)
        found = [
            (number, cosine, math.sqrt(sums[number][1] / total) * math.exp(LIKELIHOOD_SHARE * sums[number][2]))
            for cosine, number in heapq.nlargest(2 * _LISTED, cosines)
        ]
        return heapq.nsmallest(_LISTED, found, key=lambda fit: (-fit[1] * fit[2], fit[0]))

    def _nearest_phrasing(self, clues: Sequence["_Clue"], number: int) -> tuple[float, int]:
        """Return the phrasing of an entry that is nearest to the question, as its product and its place."""
        dots: defaultdict[int, float] = defaultdict(float)
        for clue in clues:
            near = clue.near.get(number)
            if near is None:
                near = clue.near[number] = self._find_near(clue.reading, number)
            for at, product in near:
                dots[at] += product
        lengths = self._lengths[number][1]
        nearest, place = max((dot / lengths[at], -at) for at, dot in dots.items())
        return nearest, -place

    def _find_near(self, reading: Reading, number: int) -> list[tuple[int, float]]:
        """Return the phrasings of an entry that use what a reading may stand for, each with the largest product."""
        met: dict[int, float] = {}
        for likeness in reading.similar:
            product = reading.weight * likeness.strength * self.weights[likeness.feature]
            for at in self._uses[likeness.feature].get(number, ()):
                if product > met.get(at, 0.0):
                    met[at] = product
        return list(met.items())

    def _weigh(self, feature: Feature, uses: Mapping[int, Sequence[int]], phrasings: Sequence[int]) -> float:
        """Return the weight of a feature.

        It is log(entries + 1) less the entropy of the feature over the entries, as in log-entropy
        weighting (Dumais 1991, Behavior Research Methods 23, 229-236), but by the share of an
        entry's phrasings, so that an entry with many phrasings gets no more say than another.
        """
        share_of_word = 1.0 if isinstance(feature, str) else PAIR_WEIGHT
        if len(uses) == 1:
            return self.most * share_of_word
        shares = [len(places) / phrasings[number] for number, places in uses.items()]
        return (self.most - _entropy(shares)) * share_of_word


class _Groups:
    """The rows of words or phrases that mean the same: each is read as the first of its row."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self._first = {words(phrase): words(row[0]) for row in rows for phrase in row}
        self._single = {phrase[0]: first[0] for phrase, first in self._first.items() if len(phrase) == len(first) == 1}
        self._longest: dict[str, int] = {}  # the size of the longest phrase that begins with a word
        for phrase in self._first.keys() - {(word,) for word in self._single}:
            self._longest[phrase[0]] = max(len(phrase), self._longest.get(phrase[0], 0))
        self.spellings = dict.fromkeys(word for phrase in self._first for word in phrase)

    def first_word(self, word: str) -> str:
        """Return the word that a word is read as; itself, if it is in no row or its row begins with a phrase."""
        return self._single.get(word, word)

    def unite(self, text: Sequence[str]) -> tuple[str, ...]:
        """Return the words with every phrase of a row replaced by its first, longest phrases first."""
        if self._longest.keys().isdisjoint(text):
            return tuple([self._single.get(word, word) for word in text])
        return tuple([word for _, first in self.parts(text) for word in first])

    def parts(self, text: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
        """Yield the words and phrases of a text, each with what it is read as."""
        at = 0
        while at < len(text):
            sizes = range(min(self._longest.get(text[at], 1), len(text) - at), 0, -1)
            size = next((size for size in sizes if tuple(text[at : at + size]) in self._first), 1)
            phrase = tuple(text[at : at + size])
            yield phrase, self._first.get(phrase, phrase)
            at += size


class _NoLanguage:
    """A language of which nothing is known."""

    def frequency(self, _: str) -> float:
        return 0.0

    def related(self, _: str) -> Sequence[tuple[str, float]]:
        return ()

    def names_a_thing(self, _: str) -> bool:
        return False


def _entropy(shares: Sequence[float]) -> float:
    """Return the Shannon entropy, in nats, of shares that need not sum to 1."""
    total = sum(shares)
    return -sum(share / total * math.log(share / total) for share in shares)
