"""Where a base uses which words and pairs of words, what these weigh, and how well its entries fit by them."""

import heapq
import math
import pickle
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from operator import itemgetter
from typing import Final, Literal, NamedTuple, TypeAlias
from zlib import crc32

# Chosen on the development questions of CLINC150 and BANKING77 with ten phrasings an entry,
# by the share of questions ranked right.
PAIR_WEIGHT: Final = 0.4  # weight of two neighbouring words beside that of one word
PHRASING_SHARE: Final = 0.4  # of the best phrasing in a score; the whole entry has the rest
LIKELIHOOD_SHARE: Final = 0.05  # power to which the likelihoods of the words are taken
BACKGROUND: Final = 3.0  # what an entry's own use of a word counts against everybody's use of it

_SHORTLIST: Final = 6  # entries at most whose phrasings are compared one by one
_NEAREST: Final = 4  # phrasings of each of them that are told
_LIKELY: Final = 0.2  # share of the best entry's fit as a whole that they have at least
_MOST_USES: Final = 500  # entries that a word may point to, those that use it most; bounds the time in a large base
_LISTED: Final = 30  # entries that are ranked at all
_ENOUGH: Final = 600  # entries that are looked at, met by the clues that tell most; bounds the time
_PART_SIZE: Final = 8  # features of a packed index that are unpacked together

# What texts are compared by: a word, or two neighbouring words with a space between them.
Feature: TypeAlias = str
# Why a feature of a question may stand for one of the base.
Relation: TypeAlias = Literal["same", "spelling", "meaning"]

# Where a feature is used: each entry, with the places of its phrasings that hold it.
_Uses: TypeAlias = dict[int, list[int]]
# A number, 0 or more, for each entry or phrasing, in fixed point, side by side in one integer: sums of such
# integers are sums of all their numbers at the speed of the machine.
_Lanes: TypeAlias = int
_ONE: Final = 1 << 17  # of the fixed point; 800 clues of 40 each still fit in a lane of 32 bits

# A feature's weight, its chance to be drawn from any entry, and its uses.
_Record: TypeAlias = tuple[float, float, _Uses]


class Likeness(NamedTuple):
    """What a feature of a question may stand for.

    Attributes:
        feature: A feature of the base.
        strength: From 0 to 1 (the same).
        relation: Why.
    """

    feature: Feature
    strength: float
    relation: Relation


class Reading(NamedTuple):
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

    @property
    def is_pair(self) -> bool:
        """Whether it is of two words."""
        return " " in self.feature


class Clue(NamedTuple):
    """A reading, and what it says about entries.

    Attributes:
        reading: The reading.
        met: In a large base, for entries that use what it may stand for, as far as they were needed, its part of the
            dot product with the entry as a vector of length 1, of the weight that the entry covers, and of the
            logarithm of the likelihood.
        lanes: In a small base, the same three for all entries, side by side.
        near: For each entry that uses what it may stand for, for each phrasing its part of the dot product; None
            until it is needed.
        uses: Where each feature that it may stand for is used, with its part of the product there, the largest last.
    """

    reading: Reading
    met: dict[int, tuple[float, float, float]]
    lanes: "Sequence[_Lanes]"
    near: "dict[int, _Lanes | None]"
    uses: "Sequence[tuple[float, _Uses]]"


class Index:
    """Where the phrasings of a base use which features, and what these weigh.

    Attributes:
        most: The weight of a word that a single entry uses, or none.
        words: The words of the base, each once, in the order of their first use.
    """

    def __init__(self, texts: Sequence[Sequence[Sequence[str]]]) -> None:
        """Index the phrasings, as words, of each entry."""
        found: dict[Feature, _Uses] = {}
        self._sizes: list[int] = []
        for number, group in enumerate(texts):
            held = _places(group)
            for feature, places in held.items():
                if feature in found:
                    found[feature][number] = places
                else:
                    found[feature] = {number: places}
            self._sizes.append(sum(map(len, held.values())))
        self.words = dict.fromkeys(feature for feature in found if " " not in feature)
        self.most = math.log(len(texts) + 1)
        self._is_small = len(texts) <= _ENOUGH  # all entries can be looked at
        self._records: dict[Feature, _Record] | _Packed = {}
        self._lengths = self._weigh_all(found, [len(group) for group in texts])

    def __getstate__(self) -> dict[str, object]:
        """Return what is pickled: the same, packed."""
        return {**self.__dict__, "_records": _packed(self._records)}

    def weight(self, feature: Feature) -> float:
        """Return how much a feature tells about the entry, from 0 to `most`; 0 for one that the base does not use."""
        record = self._records.get(feature)
        return record[0] if record else 0.0

    def clue(self, reading: Reading) -> Clue:
        """Return what a reading says about the entries that use what it may stand for.

        It counts once for an entry, as the strongest that it may stand for there. How much likelier it is
        there than elsewhere is a translation model's (Berger & Lafferty 1999, SIGIR, 222-229): the chance
        to draw the feature from the entry's phrasings if any word may be put for a similar one.
        """
        uses = []
        for feature, strength, _ in reading.similar:
            weight, _, held = self._records[feature]
            uses.append((reading.weight * strength * weight, held))
        uses.sort(key=itemgetter(0))
        near = dict.fromkeys(chain.from_iterable(map(itemgetter(1), uses)))
        lanes = [_lanes(len(self._sizes), part) for part in self._meet_all(reading)] if self._is_small else ()
        return Clue(reading, {}, lanes, near, uses)

    def _meet_all(self, reading: Reading) -> tuple[dict[int, float], dict[int, float], dict[int, float]]:
        """Return the three parts of `Clue.met`, for all entries that use what a reading may stand for."""
        share, covers = (PAIR_WEIGHT, 0.0) if reading.is_pair else (1.0, reading.weight)
        sizes, lengths = self._sizes, self._lengths
        dots, covered, drawn = dict[int, float](), dict[int, float](), dict[int, float]()
        drawn_anywhere = 0.0
        for feature, strength, _ in reading.similar:
            weight, background, uses = self._records[feature]
            product, cover = reading.weight * strength * weight, covers * strength
            drawn_anywhere += strength * background
            for number, places in uses.items():
                count = len(places)
                if number not in dots:
                    covered[number] = cover
                    dots[number] = product * count
                    drawn[number] = strength * count / sizes[number]
                else:
                    drawn[number] += strength * count / sizes[number]
                    if product * count > dots[number]:
                        dots[number] = product * count
        boost = BACKGROUND / drawn_anywhere if drawn_anywhere else 0.0
        for number, dot in dots.items():
            dots[number] = dot / lengths[number][0]
            drawn[number] = share * math.log1p(boost * drawn[number])
        return dots, covered, drawn

    def _met(self, clue: Clue, number: int) -> tuple[float, float, float]:
        """Return an entry's part of `Clue.met`, and remember it.

        Threads may add to it at once: nothing iterates over it before all entries are in it.
        """
        if number not in clue.met:
            dot, covered, likelihood = self._meet(clue.reading, number)
            clue.met[number] = dot / self._lengths[number][0], covered, likelihood
        return clue.met[number]

    def _meet(self, reading: Reading, number: int, hidden: int | None = None) -> tuple[float, float, float]:
        """Return the three parts of `Clue.met` for one entry, as if the phrasing at a hidden place was not there.

        The dot product is not yet divided by the entry's length.
        """
        strongest = best = drawn = anywhere = 0.0
        for feature, strength, _ in reading.similar:
            weight, background, uses = self._records[feature]
            places = uses.get(number, ())
            left = len(places) - (hidden in places)
            anywhere += strength * background
            drawn += strength * left / self._sizes[number]
            best = max(best, reading.weight * strength * weight * left)
            strongest = max(strongest, strength if left else 0.0)
        if not best:
            return 0.0, 0.0, 0.0
        share, covers = (PAIR_WEIGHT, 0.0) if reading.is_pair else (1.0, reading.weight)
        return best, covers * strongest, share * math.log1p(BACKGROUND / anywhere * drawn)

    def compare(
        self, clues: Sequence[Clue], without: tuple[int, int] | None = None
    ) -> dict[int, tuple[float, list[int]]]:
        """Return how well the entries fit a question: the fit, above 0, and the places of the phrasings nearest to it.

        Only the best few are compared phrasing by phrasing; the others have no nearest.

        Args:
            clues: Of the question.
            without: An entry and the place of its phrasing that is the question, to be compared as if the
                phrasing was not there.
        """
        length = math.sqrt(sum(clue.reading.weight**2 for clue in clues))
        fits: dict[int, tuple[float, list[int]]] = {}
        likely = 0.0
        for whole, number, cosine, factor in self._whole_fits(clues, length, without):
            likely = likely or -whole * _LIKELY  # of the best, which stands first
            close = len(fits) < _SHORTLIST and -whole >= likely
            hidden = without[1] if without and without[0] == number else None
            product, nearest = self._nearest_phrasings(clues, number, hidden) if close else (0.0, [])
            joined = PHRASING_SHARE * product / length + (1 - PHRASING_SHARE) * cosine
            if joined * factor > 0:  # or nothing is left of it without its phrasing
                fits[number] = joined * factor, nearest
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
        for near in reading.similar:
            if number in self._records[near.feature][2]:
                return near.strength
        return 0.0

    def _whole_fits(
        self, clues: Sequence[Clue], length: float, without: tuple[int, int] | None
    ) -> list[tuple[float, int, float, float]]:
        """Return the entries most like the question, the best first.

        Each is the fit as a whole, as a negative number; the entry; the cosine; and the factor for coverage and
        likelihood, of which the fit is the product.
        """
        total = sum(clue.reading.weight for clue in clues if not clue.reading.is_pair)
        found = []
        for number, product, covered, likelihood in self._sums(clues) if self._is_small else self._sums_of_some(clues):
            if without and number == without[0]:
                product, covered, likelihood = self._fit_without(clues, *without)
            cosine, factor = product / length, math.sqrt(covered / total) * math.exp(LIKELIHOOD_SHARE * likelihood)
            found.append((-cosine * factor, number, cosine, factor))
        return sorted(found)

    def _sums(self, clues: Sequence[Clue]) -> Iterator[tuple[int, float, float, float]]:
        """Yield what the clues say together about the entries most like the question, as in `Clue.met`."""
        size = len(self._sizes)
        cosines, covered, likelihoods = (_numbers(sum(clue.lanes[at] for clue in clues), size) for at in range(3))
        for number in sorted(range(size), key=cosines.__getitem__, reverse=True)[:_LISTED]:
            if cosines[number]:
                yield number, cosines[number] / _ONE, covered[number] / _ONE, likelihoods[number] / _ONE

    def _sums_of_some(self, clues: Sequence[Clue]) -> Iterator[tuple[int, float, float, float]]:
        """Yield the same in a large base, of the entries most like the question by the clues that tell most.

        What the others say is looked up for these entries only.
        """
        cosines: defaultdict[int, float] = defaultdict(float)
        met = 0
        for clue in sorted(clues, key=lambda clue: -clue.reading.weight):
            if len(clue.met) < len(clue.near):
                dots, weights, chances = self._meet_all(clue.reading)  # which hold the same entries in one order
                each = zip(dots.values(), weights.values(), chances.values(), strict=True)
                clue.met.update(zip(dots, each, strict=True))
            met += len(clue.met)
            for number, (cosine, _, _) in clue.met.items():
                cosines[number] += cosine
            if met > _ENOUGH:
                break
        for number in heapq.nsmallest(_LISTED, cosines, key=lambda number: (-cosines[number], number)):
            parts = [self._met(clue, number) for clue in clues if number in clue.near]
            cosine, covered, likelihood = map(sum, zip(*parts, strict=True))
            yield number, cosine, covered, likelihood

    def _fit_without(self, clues: Sequence[Clue], number: int, place: int) -> tuple[float, float, float]:
        """Return how an entry fits the question without one phrasing, which is the question.

        That is the dot product with the entry as a vector of length 1, the weight covered, and the
        logarithm of the likelihood.
        """
        square = self._lengths[number][0] ** 2
        for clue in clues:
            weight, _, uses = self._records.get(clue.reading.feature) or (0.0, 0.0, {})
            places = uses.get(number, ())
            if place in places:  # of n phrasings that use it one is left out: n**2 - (n - 1)**2
                square -= weight**2 * (2 * len(places) - 1)
        parts = [self._meet(clue.reading, number, place) for clue in clues]
        product, covered, likelihood = map(sum, zip(*parts, strict=True))
        return product / (math.sqrt(max(square, 0.0)) or 1.0), covered, likelihood

    def _nearest_phrasings(self, clues: Sequence[Clue], number: int, hidden: int | None) -> tuple[float, list[int]]:
        """Return the product of the nearest phrasing of an entry, but the hidden one, and the places of the nearest."""
        products = 0
        for clue in clues:
            near = clue.near.get(number, 0)
            if near is None:
                near = clue.near[number] = self._find_near(clue, number)
            products += near
        found = _numbers(products, len(self._lengths[number][1]))
        ranked = sorted(range(len(found)), key=found.__getitem__, reverse=True)
        nearest = [at for at in ranked[: _NEAREST + 1] if found[at] and at != hidden][:_NEAREST]
        return found[nearest[0]] / _ONE if nearest else 0.0, nearest

    def _find_near(self, clue: Clue, number: int) -> _Lanes:
        """Return what a clue gives to the product with each phrasing of an entry as a vector of length 1."""
        lengths = self._lengths[number][1]
        # The largest product at a place stands last, and stays.
        near = {at: product / lengths[at] for product, uses in clue.uses for at in uses.get(number, ())}
        return _lanes(len(lengths), near)

    def _weigh_all(self, found: Mapping[Feature, _Uses], phrasings: Sequence[int]) -> list[tuple[float, list[float]]]:
        """Keep a record of each feature; return for each entry its length as a vector, and those of its phrasings."""
        squares = [0.0] * len(phrasings)
        of_phrasings = [[0.0] * count for count in phrasings]
        records: dict[Feature, _Record] = {}
        for feature, uses in found.items():
            drawn = 0.0
            weight = self._weigh(feature, uses, phrasings)
            for number, places in uses.items():
                drawn += len(places) / self._sizes[number]
                squares[number] += (weight * len(places)) ** 2
                for at in places:
                    of_phrasings[number][at] += weight * weight
            records[feature] = weight, drawn / len(phrasings), _most_used(uses)
        self._records = records
        return [
            (math.sqrt(square), [*map(math.sqrt, each_of)])
            for square, each_of in zip(squares, of_phrasings, strict=True)
        ]

    def _weigh(self, feature: Feature, uses: Mapping[int, Sequence[int]], phrasings: Sequence[int]) -> float:
        """Return the weight of a feature.

        It is log(entries + 1) less the entropy of the feature over the entries, as in log-entropy
        weighting (Dumais 1991, Behavior Research Methods 23, 229-236), but by the share of an
        entry's phrasings, so that an entry with many phrasings gets no more say than another.
        """
        share_of_word = PAIR_WEIGHT if " " in feature else 1.0
        if len(uses) == 1:
            return self.most * share_of_word
        shares = [len(places) / phrasings[number] for number, places in uses.items()]
        return (self.most - _entropy(shares)) * share_of_word


class _Packed:
    """Records in many small pickles, of which only those asked for are ever unpickled.

    So a base that is kept in a file is ready as soon as the file is read.
    """

    def __init__(self, records: Mapping[Feature, _Record]) -> None:
        self._count = len(records) // _PART_SIZE + 1
        parts: list[dict[Feature, _Record]] = [{} for _ in range(self._count)]
        for feature, record in records.items():
            parts[self._place(feature)][feature] = record
        self._packed = [pickle.dumps(part) for part in parts]
        self._unpacked: dict[int, dict[Feature, _Record]] = {}

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_unpacked": {}}

    def get(self, feature: Feature) -> _Record | None:
        """Return the record of a feature, or None."""
        return self._part(feature).get(feature)

    def __getitem__(self, feature: Feature) -> _Record:
        return self._part(feature)[feature]

    def _part(self, feature: Feature) -> dict[Feature, _Record]:
        place = self._place(feature)
        part = self._unpacked.get(place)
        if part is None:
            part = self._unpacked[place] = pickle.loads(self._packed[place])  # noqa: S301 # packed above
        return part

    def _place(self, feature: Feature) -> int:
        return crc32(feature.encode()) % self._count


def _lanes(size: int, numbers: Mapping[int, float]) -> _Lanes:
    """Return numbers at their places as lanes; the others are 0."""
    fields = array("I", bytes(4 * size))
    for at, number in numbers.items():
        fields[at] = int(_ONE * number)
    return int.from_bytes(fields.tobytes(), sys.byteorder)


def _numbers(lanes: _Lanes, size: int) -> "memoryview[int]":
    """Return the numbers of lanes, as multiples of 1 / _ONE."""
    return memoryview(lanes.to_bytes(4 * size, sys.byteorder)).cast("I")


def _packed(records: dict[Feature, _Record] | _Packed) -> _Packed:
    return records if isinstance(records, _Packed) else _Packed(records)


def _places(group: Sequence[Sequence[str]]) -> dict[Feature, list[int]]:
    """Return the features of an entry's phrasings, as words, with the places of those that hold them."""
    held: dict[Feature, list[int]] = {}
    for at, text in enumerate(group):
        for feature in dict.fromkeys([*text, *map(" ".join, pairwise(text))]):
            if feature in held:
                held[feature].append(at)
            else:
                held[feature] = [at]
    return held


def _most_used(uses: _Uses) -> _Uses:
    if len(uses) <= _MOST_USES:
        return uses
    most = heapq.nlargest(_MOST_USES, uses.items(), key=lambda use: len(use[1]))
    return dict(sorted(most))


def _entropy(shares: Sequence[float]) -> float:
    """Return the Shannon entropy, in nats, of shares that need not sum to 1."""
    total = sum(shares)
    return -sum(share / total * math.log(share / total) for share in shares)
