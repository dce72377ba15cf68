"""How well each entry fits a question: `Matcher.rank`. Nothing here knows about replies.

Words are compared, not whole strings: rapidfuzz's whole-string scorers let the length of a
sentence decide. Each word of the question is looked up among the words of the base by its
spelling and its meaning; a word weighs the more, the fewer entries it points to; and an
entry's fit joins its best phrasing with all its phrasings taken together, with how much of the
question they cover, with how much likelier its words are in this entry than in others, and with
how like the question it is in meaning as a whole. The score tells how likely the best fit is to be
the right one.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from rapidfuzz import process
from rapidfuzz.distance import Indel

from .gist import Gists, Vector
from .index import Clue, Index, Likeness, Reading, Relation
from .knowledge import Entry, Knowledge, Phrasing
from .text import words

# Chosen on the development questions of CLINC150 and BANKING77 with ten phrasings an entry,
# out of .7 to .8, 1 to 3, .3 to .7 and .2 to .5, by the share of questions ranked right.
CLOSE_ENOUGH: Final = 0.75  # similarity from which a word may be a misspelling of another
INFLECTED: Final = 0.8  # the same for an English word, which is rather itself than a slip for another
SHARPNESS: Final = 2  # power of that similarity: a far spelling is worth less than its letters
MEANING_SHARPNESS: Final = 1.5  # power of the cosine of two words' meanings
_GIST_WEIGHT: Final = 3.5  # of the likeness as a whole in the logarithm of the fit, out of 1 to 4
_USUAL_LIKENESS: Final = 0.4  # of the right entry, more or less; also where no gist is known

# How likely the entry that fits best is to be the right one: logistic regression on the development
# questions of CLINC150, BANKING77, StackFAQ and the shipped base, half of them out of scope as in real
# traffic; `tests/tools/fit_score.py` finds the weights. The last one, which only counts in a base with entries
# out of scope, is that of the best answers to the shipped base alone.
_ODDS: Final = {
    "always": -4.4,
    "logarithm of the fit by words": 1.0,
    "likeness as a whole": 4.8,
    "lead over the second": 1.3,  # as a share of the fit
    "content words covered": 3.6,  # their share
    "a thing not covered": -0.6,  # how far what the question names is missing in the entry
    "words of the other side": -1.7,  # how much likelier they are out of scope, if the best is in scope
}
_AGAINST_OUTSIDE: Final = 0.15  # power to which words that are likelier in scope count against entries out of it

# Content words by their Zipf frequency: in full those rarer than one word in a hundred thousand,
# hardly those as common as "about".
_NO_SLIP: Final = 2.5  # Zipf frequency of a word that nobody types by mistake
_COMMON: Final = 5.5
_RARE: Final = 4.0
_LEAST_CONTENT: Final = 0.02

_ENDS: Final = (0, -1)
_REMEMBERED: Final = ("_spelt_like", "_word_clue", "_pair_clue", "_vector")  # which no pickle can hold
_SHORT: Final = 2  # words of so few letters have no misspellings, they are other words
_MAX_WORDS: Final = 400  # of a question that are read; bounds the time of an answer
_MOST_SIMILAR: Final = 12  # words that one word may stand for; the others are too far to matter
_LONGEST: Final = 40  # letters of a word that are read; there is no longer English word to find
_CACHED_WORDS: Final = 4_000  # typed words whose reading is remembered
_CACHED_PAIRS: Final = 16_000  # the same of pairs of words; strangers type few that the base uses


class Language(Protocol):
    """What is known of the words of a language beside their spelling."""

    def frequency(self, word: str) -> float:
        """Return the Zipf frequency of a word, from 0 (unknown) to 8."""
        ...

    def related(self, word: str) -> Sequence[tuple[str, float]]:
        """Return the words near in meaning, the nearest first, each with a cosine from 0 to 1."""
        ...

    def vector(self, word: str) -> Vector:
        """Return what a word adds to the meaning of a text, always in as many dimensions; empty if that is unknown."""
        ...

    def names_a_thing(self, word: str) -> bool:
        """Return whether a word names what one can touch: an animal, a food, a part of the body, ..."""
        ...


class Match(NamedTuple):
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
        self._index = Index(texts)
        self._gists = Gists(texts, cache(self._language.vector))
        self._leanings = _leanings(self._entries, texts)
        found = [(text, (number, at)) for number, group in enumerate(texts) for at, text in enumerate(group)]
        self._exact = {" ".join(text): place for text, place in reversed(found)}
        self._spellings: dict[tuple[int, str], list[str]] = {}  # by first and by last letter
        for word in self._index.words | self._groups.spellings:
            for place in _ENDS:
                self._spellings.setdefault((place, word[place]), []).append(word)
        self._remember()

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Matcher":
        """Return a matcher over texts of your own, each an entry with itself as id; those without a word are left out.

        >>> Matcher.of(["red wine", "white wine", "water"]).rank("whit wine")[0].entry.id
        'white wine'
        """
        entries = [Entry.of(text, text, id=text) for text in dict.fromkeys(texts) if words(text)]
        return cls(Knowledge(tuple(entries)))

    def __getstate__(self) -> dict[str, object]:
        """Return what is pickled: all but what is remembered of questions."""
        return {name: value for name, value in self.__dict__.items() if name not in _REMEMBERED}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._remember()

    def _remember(self) -> None:
        self._spelt_like = lru_cache(_CACHED_WORDS)(self._find_spelt_like)
        self._word_clue = lru_cache(_CACHED_WORDS)(self._read_word)
        self._pair_clue = lru_cache(_CACHED_PAIRS)(self._read_pair)
        self._vector = lru_cache(_CACHED_WORDS)(lambda word: self._language.vector(self._meant(word)[0]))

    def rank(self, question: str) -> tuple[Match, ...]:
        """Return a match for each entry that shares anything with the question, best first; at most thirty.

        Beyond the best six, entries are compared as wholes only, and their question stands as the phrasing.

        Equal scores keep the order of the knowledge. Blank, all punctuation or all numbers gives ().

        However long the question, the cost is bounded: its first 400 words are read, 40 letters of each. A word that
        is not remembered is compared with the words of the base that begin or end with the same letter, so the cost
        grows with the words read times the words of the base. A word or pair stands for at most 12 words, each used
        by at most 500 entries; at most 30 entries are compared, and the best six phrasing by phrasing.
        """
        typed = self.canonical(question)
        matches = self._matches(self._compare(typed))
        if (exact := self._exact.get(" ".join(typed))) is None:
            return matches
        entry = self._entries[exact[0]]
        best = Match(entry, 100.0, entry.phrasings[exact[1]])
        return best, *(match for match in matches if match.entry is not entry)

    def rank_without(self, entry: Entry, phrasing: Phrasing) -> tuple[Match, ...]:
        """Return how the entries fit one of the phrasings as if it was not there, best first; at most thirty.

        What the words of the base weigh stays as it is, so that it takes no longer than any question.

        Raises:
            ValueError: The entry or its phrasing is none of this base.
        """
        without = self._entries.index(entry), entry.phrasings.index(phrasing)
        return self._matches(self._compare(self.canonical(phrasing.text), without))

    def _matches(self, compared: "_Compared") -> tuple[Match, ...]:
        """Return what fits, with its points.

        The points of the best are the chance, in percent, that it is right; the others have their share of them.
        """
        if not compared.fits:
            return ()
        points = 100 / (1 + math.exp(-sum(self._odds(compared).values()))) / compared.fits[0].total
        found = [(self._entries[fit.number], points * fit.total, fit.nearest) for fit in compared.fits]
        return tuple([Match(entry, score, entry.phrasings[nearest]) for entry, score, nearest in found])

    def read(self, question: str) -> tuple[Reading, ...]:
        """Return how each word and pair of the question is understood, in the order typed."""
        return tuple(clue.reading for clue in self._read(self.canonical(question)))

    def odds(self, question: str) -> dict[str, float]:
        """Return what the score of the best match is made of: the parts of its log odds; {} where nothing matches.

        An exact phrasing scores 100 whatever they say.
        """
        return self._odds(self._compare(self.canonical(question)))

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
        nearest, _ = next(iter(self._spelt_like(word)), (word, 0.0))
        return nearest if nearest in self._groups.spellings else word

    def _compare(self, typed: Sequence[str], without: tuple[int, int] | None = None) -> "_Compared":
        """Return how well the entries fit a question, all of it or without a phrasing; a number alone asks nothing."""
        clues = self._read(typed) if any(not word.isdigit() for word in typed) else []
        read = [clue.reading for clue in clues if not clue.reading.is_pair]
        leaning = self._leaning(read)
        against = math.exp(-_AGAINST_OUTSIDE * max(0.0, leaning))
        found = {
            number: (fit * against if self._entries[number].out_of_scope else fit, places)
            for number, (fit, places) in self._index.compare(clues, without).items()
        }
        return _Compared(read, self._joined(found, [reading.feature for reading in read], without), leaning)

    def _joined(
        self, found: Mapping[int, tuple[float, list[int]]], typed: Iterable[str], without: tuple[int, int] | None
    ) -> "list[_Fit]":
        """Return the fits by words joined with how like the entries that were looked at closely are as wholes.

        Whether somebody is in danger is told by words: a gist neither hides that nor raises an alarm. So an urgent
        entry stands to the best of the others as it does by words.
        """
        vectors = [vector for vector in map(self._vector, typed) if vector]
        gist = self._gists.of(vectors)
        certainty = 1 - 1 / max(1, len(vectors))  # the gist of a single word tells no more than the word
        fits: list[_Fit] = []
        urgent: list[tuple[int, float, int]] = []
        for number, (by_words, places) in found.items():
            nearest = places[0] if places else 0
            if self._entries[number].urgent:
                urgent.append((number, by_words, nearest))
                continue
            if not places:
                fits.append(_Fit(number, by_words, by_words, 0.0, nearest))
                continue
            hidden = without[1] if without and without[0] == number else None
            likeness = self._gists.likeness(gist, number, places, hidden)
            likeness = _USUAL_LIKENESS + certainty * (likeness - _USUAL_LIKENESS)
            fits.append(_Fit(number, by_words * math.exp(_GIST_WEIGHT * likeness), by_words, likeness, nearest))
        usual = max(fit.total for fit in fits) / max(fit.by_words for fit in fits) if fits else 1.0
        fits += [_Fit(number, usual * fit, fit, _USUAL_LIKENESS, nearest) for number, fit, nearest in urgent]
        return sorted(fits, key=lambda fit: (-fit.total, fit.number))

    def _read(self, typed: Sequence[str]) -> list[Clue]:
        typed = typed[:_MAX_WORDS]  # a row of words can make one word into several
        pairs = (self._pair_clue(one, two) for one, two in dict.fromkeys(pairwise(typed)))
        return [*map(self._word_clue, dict.fromkeys(typed)), *(clue for clue in pairs if clue)]

    def _read_word(self, word: str) -> Clue:
        similar = self._look_up(word)
        frequency = _COMMON if word.isdigit() else self._language.frequency(self._meant(word)[0])
        content = min(1.0, max(_LEAST_CONTENT, (_COMMON - frequency) / (_COMMON - _RARE)))
        thing = self._language.names_a_thing(word)
        return self._index.clue(Reading(word, self._weight(similar), content, thing, similar))

    def _read_pair(self, one: str, two: str) -> Clue | None:
        first, second = (next(iter(self._word_clue(word).reading.similar), None) for word in (one, two))
        if first is None or second is None:
            return None
        pair = f"{first.feature} {second.feature}"
        weight = self._index.weight(pair)
        if not weight:
            return None
        relation = first.relation if first.strength < second.strength else second.relation
        likeness = Likeness(pair, first.strength * second.strength, relation)
        return self._index.clue(Reading(f"{one} {two}", weight, content=0.0, thing=False, similar=(likeness,)))

    def _odds(self, compared: "_Compared") -> dict[str, float]:
        """Return the parts of the log odds that the best fit is right; {} where nothing fits."""
        read, fits, leaning = compared
        if not fits:
            return {}
        fit = fits[0]
        second = fits[1].total if len(fits) > 1 else 0.0
        entry = self._entries[fit.number]
        one_side = entry.urgent or entry.out_of_scope
        signals = (
            1.0,
            math.log(fit.by_words),
            fit.likeness,
            (fit.total - second) / fit.total,
            self._index.share_of_content(read, fit.number),
            self._index.worst_thing(read, fit.number) / math.sqrt(len(read)),
            0.0 if one_side else max(0.0, -leaning),
        )
        return {name: weight * signal for (name, weight), signal in zip(_ODDS.items(), signals, strict=True)}

    def _leaning(self, read: Iterable[Reading]) -> float:
        """Return how much likelier the content words of a question are in scope than out of it, as a logarithm."""
        known = [(reading.content, reading.similar[0]) for reading in read if reading.similar]
        total = sum(content for content, _ in known)
        leaning = sum(content * near.strength * self._leanings.get(near.feature, 0.0) for content, near in known)
        return leaning / math.sqrt(total) if total else 0.0

    def _look_up(self, word: str) -> tuple[Likeness, ...]:
        """Return the words of the base that a word may stand for, the strongest first."""
        found: dict[str, Likeness] = {}

        def add(near: str, strength: float, relation: Relation) -> None:
            near = self._groups.first_word(near)
            if near in self._index.words and (near not in found or strength > found[near].strength):
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
        """Return the words of the base and its groups that are spelt like this one, with the similarity.

        A short word has only itself, whether it is one of them or not.
        """
        if len(word) <= _SHORT:
            return [(word, 1.0)]
        known = self._language.frequency(word) >= _NO_SLIP
        cutoff = INFLECTED if known else CLOSE_ENOUGH
        found: dict[str, float] = {}
        for place in _ENDS:  # one slip leaves the first or the last letter as it was
            some = self._spellings.get((place, word[place]), ())
            near = process.extract(word, some, scorer=Indel.normalized_similarity, score_cutoff=cutoff, limit=None)
            found.update((spelling, similarity) for spelling, similarity, _ in near)
        if not found:
            return [(near, cutoff) for near in self._swapped(word)]
        return sorted(found.items(), key=lambda item: -item[1])

    def _swapped(self, word: str) -> list[str]:
        """Return the words of the base with two neighbouring letters of this one swapped, as in "hwo"."""
        turned = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
        return [near for near in turned if near in self._index.words]

    def _weight(self, similar: Sequence[Likeness]) -> float:
        """Return a word's weight; the less it resembles any word of the base, the more it weighs."""
        if not similar:
            return self._index.most
        nearest = similar[0]
        return nearest.strength * self._index.weight(nearest.feature) + (1 - nearest.strength) * self._index.most


class _Fit(NamedTuple):
    """How well an entry fits a question: in all, by words alone and as a whole; and its nearest phrasing by words."""

    number: int
    total: float
    by_words: float
    likeness: float
    nearest: int


class _Compared(NamedTuple):
    """The words of a question as they were read, what fits, best first, and to which side of the border it leans."""

    read: Sequence[Reading]
    fits: list[_Fit]
    leaning: float


class _Groups:
    """The rows of words or phrases that mean the same: each is read as the first of its row."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        firsts = {words(phrase): words(row[0]) for row in rows for phrase in row}
        self._single = {phrase[0]: first[0] for phrase, first in firsts.items() if len(phrase) == len(first) == 1}
        # The words of a first are read as everywhere else.
        self._first = {phrase: tuple(map(self.first_word, first)) for phrase, first in firsts.items()}
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
            sizes = range(self._longest.get(text[at], 1), 0, -1)
            size = next((size for size in sizes if tuple(text[at : at + size]) in self._first), 1)
            phrase = tuple(text[at : at + size])
            yield phrase, self._first.get(phrase, phrase)
            at += size


def _leanings(entries: Sequence[Entry], texts: Sequence[Sequence[Sequence[str]]]) -> dict[str, float]:
    """Return for each word how much likelier a phrasing in scope holds it than one out of scope, as a logarithm.

    It is naive Bayes with half a phrasing added to each count. Without entries out of scope there is no border.
    """
    held: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    sizes = [1, 1]
    for entry, group in zip(entries, texts, strict=True):
        if not entry.urgent:
            sizes[entry.out_of_scope] += len(group)
            held[entry.out_of_scope].update(word for text in group for word in set(text))
    if sizes[True] == 1:
        return {}
    inside, outside = held
    border = math.log(sizes[True] / sizes[False])
    return {
        word: math.log((inside[word] + 0.5) / (outside[word] + 0.5)) + border for word in inside.keys() | outside.keys()
    }


class _NoLanguage:
    """A language of which nothing is known."""

    def frequency(self, _: str) -> float:
        return 0.0

    def related(self, _: str) -> Sequence[tuple[str, float]]:
        return ()

    def vector(self, _: str) -> Vector:
        return ()

    def names_a_thing(self, _: str) -> bool:
        return False
