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
from .text import excerpt, normalize, words

_CLOSE_ENOUGH: Final = 0.85  # similarity from which a word is a misspelling of a sign's
_SHORT: Final = 4  # words of so few letters have no misspellings
_BETWEEN: Final = 2  # other words that may stand between two words of a piece, as in "took far too many"
_TOGETHER: Final = 12  # words between the pieces of a row: in a long story far ones say different things
_CACHED_WORDS: Final = 4_000

_CHUNK: Final = 300  # words of a long message that are searched for signs at once
_OVERLAP: Final = 50

_SENTENCE_END: Final = re.compile(r"(?<![.!?;:\n])[.!?;:\n]+(?=\s|$)|\s[-\u2013\u2014]+\s")
_CLAUSE_END: Final = re.compile(r"(,|\b(?:and|but|however|although|though|except)\b)", re.IGNORECASE)
# Words that deny what comes after them; "can't" and "won't" do not: "can't breathe".
_DENIES: Final = frozenset(
    words("no not never without nor neither none isnt arent wasnt werent dont doesnt didnt hasnt havent hadnt")
)
# Words that a denial may be about instead of a symptom: "not sure, chest pain", "no relief from the pain".
_NO_SYMPTOM: Final = frozenset(
    words(
        "sure well better only just relief doubt matter able eaten slept sleeping know knowing known stop stopped help "
        "helped helping helps work worked working ease eased easing relieve touch getting feeling feel tell ask "
        "want mean meant count see read the going"
    )
)
# Words with which something new begins, that is not denied any more.
_ASSERTS: Final = frozenset(
    words(
        "just only still yet anyway now today tonight i im ive my he his she her they it its theres is are am was "
        "can could do does did should would will what whats how why when where which who ate took swallowed "
        "collapsed fainted"
    )
)
_UNITS: Final = frozenset(words("mg milligram milligrams mcg g gram grams ml iu"))
_SOMEBODY: Final = frozenset(words("i im ive my me he his him she her we our they wife husband mum"))
_LONG_AGO: Final = re.compile(
    r"\b(?:(?:in|since|from|of) (?:19|20)\d\d(?! (?:mg|mcg|iu|units))|(?:years|decades|ages) (?:ago|back|since)|"
    r"(?:in|since|from) the (?:\d0 ?s|(?:six|seven|eigh|nine)ties|noughties)|"
    r"as a baby|when (?:a )?(?:baby|toddler|child)|"
    r"a year ago|long ago|last (?:year|spring|summer|autumn|winter|christmas|easter)|"
    r"as an? (?:child|kid|boy|girl|teenager|student)|when i was (?:an?|little|young|small|\d+)|"
    r"when (?:she|he|they|we) (?:was|were) (?:an?|little|young|small)|in my (?:teens|twenties|thirties|youth))\b"
)
_AGE: Final = re.compile(r"\b(?:now (?:is )?(?:aged )?\d+|\d+ (?:years old )?now)\b")
_AGAIN: Final = re.compile(
    r"\b(?:again|same|now|today|tonight|this (?:minute|morning|evening|afternoon)|since then|worse)\b"
)
_OVER: Final = re.compile(r"(?<!not )\b(?:fine|ok|okay|gone|cleared|healed|recovered|sorted)\b")
# What is asked of people in general; not "can you help", nor of somebody.
_IN_GENERAL: Final = re.compile(
    r"\bif (?:you|people|somebody|someone) (?:are|is|have|has|get|gets|got|see|overdose|take|takes|took)\b|"
    r"\b(?:can|could|do|does|would) (?:you|people|somebody|someone|a person) (?:be|feel|get|have|overdose|take)\b"
)
_CURIOUS: Final = re.compile(r"\b(?:can|could) (?:i|you|one|people) (?:\w+ )?overdose on\b")
# What happens to nobody who could be helped: in stories, and to animals.
_STORY: Final = re.compile(r"\bin (?:the|a|that|this) (?:film|movie|book|novel|series|episode|song|game|show|play)\b")
_ANIMAL: Final = re.compile(
    r"\b(?:my|our|the|a|his|her|their) (?:\w+ )?"
    r"(?:dog|puppy|cat|kitten|horse|mare|pony|rabbit|hamster|parrot|cow|sheep)\b"
)
_PERSON: Final = re.compile(r"\b(?:i|im|ive|me|myself|bit|bite|bites|bitten|he|she|hes|shes)\b")


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
        harmless = sorted((normalize(phrase) for entry in urgent for phrase in entry.harmless), key=len, reverse=True)
        self._harmless = re.compile(rf"\b(?:{'|'.join(map(re.escape, harmless))})\b")
        self._harmless_words = sorted({word for phrase in harmless for word in words(phrase) if len(word) > _SHORT})
        self._rows = [(entry, row) for entry in urgent for row in entry.signs]
        self._pieces = {piece: matcher.canonical(piece) for _, row in self._rows for cell in row for piece in cell}
        self._by_first: dict[str, list[str]] = {}
        for piece, parts in self._pieces.items():
            self._by_first.setdefault(parts[0], []).append(piece)
        self._known: dict[str, dict[str, None]] = {}  # the words of the pieces, by their first letters
        for word in (word for piece in self._pieces.values() for word in piece):
            self._known.setdefault(word[0], {})[word] = None
        self._dangerous = {" ".join(pair) for piece in self._pieces for pair in pairwise(words(piece))}
        self._remember()

    def __getstate__(self) -> dict[str, object]:
        """Return what is pickled: all but what is remembered of messages."""
        return {name: value for name, value in self.__dict__.items() if name != "_spelt_like"}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._remember()

    def _remember(self) -> None:
        self._spelt_like = lru_cache(_CACHED_WORDS)(self._find_spelt_like)

    def watch(self, message: str, matches: Sequence[Match]) -> Danger | None:
        """Return the danger that a message is nearest to, however far; None where it has no word or sign of any.

        The cost grows with the words read of a message, of which `FaqBot.ask` tells the bound, times what is known:
        the words of the signs that begin with the same letter, and the pieces that the words read may belong to.

        Args:
            message: As it was typed.
            matches: What the matcher ranks for it.
        """
        said = self.present(message)
        if said != normalize(message):
            # What is left of a message can look more like danger than the whole did.
            most = {match.entry.id: match.score for match in matches}
            ranked = self._matcher.rank(said)
            matches = [match._replace(score=min(match.score, most.get(match.entry.id, 0.0))) for match in ranked]
        found = self.signs(said)
        nearest = [match for match in matches if match.entry.urgent]
        signed = [match for match in nearest if match.entry.id in found]
        unranked = [Match(entry, 0.0, entry.phrasings[0]) for entry, _ in self._rows if entry.id in found]
        match = next(iter([*signed, *unranked, *nearest]), None)
        return Danger(match, tuple(found.get(match.entry.id, ()))) if match else None

    def present(self, message: str) -> str:
        """Return the words of a message without what is harmless, denied, of the distant past or asked in general.

        In doubt a word stays. A denial that is itself a sign, such as "no pulse", stays, too; of a very long
        message only the beginning and the end are read.
        """
        kept: list[str] = []
        for sentence in _SENTENCE_END.split(excerpt(message)):
            if _STORY.search(normalize(sentence)):
                continue
            parts = [*_CLAUSE_END.split(sentence), "."]
            again = over = False
            clauses: list[str] = []
            for clause, end in zip(reversed(parts[::2]), reversed(parts[1::2]), strict=True):
                said = self._without_harmless(normalize(clause))
                again, over = again or bool(_AGAIN.search(_AGE.sub("", said))), over or bool(_OVER.search(said))
                past = _LONG_AGO.search(said) and (over or not again)
                mark = end if end in (",", "and") else "."
                clauses.append(mark if past or _asks_in_general(said) else f"{said} {mark}")
            kept += [*reversed(clauses), "."]
        return " ".join(self._undenied(" ".join(kept).split()))

    def signs(self, message: str) -> dict[str, list[tuple[str, ...]]]:
        """Return, by the id of the urgent entry, the rows of signs that a message holds, as the pieces found."""
        typed = message.split()
        found: dict[str, dict[tuple[str, ...], None]] = {}
        for start in range(0, len(typed), _CHUNK):
            places: defaultdict[str, list[int]] = defaultdict(list)
            part = self._matcher.canonical(" ".join(typed[start : start + _CHUNK + _OVERLAP]))
            for at, (word, after) in enumerate(pairwise([*part, ""])):
                if word.isdigit() and after in _UNITS:
                    continue  # so many milligrams, not so many tablets
                for known in self._spelt_like(word):
                    places[known].append(at)
            begun = dict.fromkeys(piece for word in places for piece in self._by_first.get(word, ()))
            held = {piece: ends for piece in begun if (ends := _ends(self._pieces[piece], places))}
            for entry, row in self._rows:
                cells = [[(end, piece) for piece in cell for end in held.get(piece, ())] for cell in row]
                if pieces := _together(cells):
                    found.setdefault(entry.id, {})[pieces] = None
        return {name: list(rows) for name, rows in found.items()}

    def _without_harmless(self, clause: str) -> str:
        """Return the words of a clause without harmless phrases, misspelt or not."""
        clause = self._harmless.sub("", clause)  # first to the letter, as "skip" is also a misspelt "skips"
        scorer, cutoff = Indel.normalized_similarity, _CLOSE_ENOUGH
        typed = clause.split()
        near = (process.extractOne(word, self._harmless_words, scorer=scorer, score_cutoff=cutoff) for word in typed)
        meant = " ".join(found[0] if found else word for word, found in zip(typed, near, strict=True))
        return self._harmless.sub("", meant) if self._harmless.search(meant) else clause

    def _undenied(self, typed: Sequence[str]) -> Iterator[str]:
        """Yield the words that are not denied; a denial reaches over the commas of "no pain, redness or heat".

        Each sentence of what is typed ends in a full stop.
        """
        denied = listed = False
        following = [*typed[1:], ".", "."]
        for word, after, then, in_list in zip(typed, following, following[1:], _in_lists(typed), strict=False):
            if word == "." or word in _ASSERTS or (word == "," and not listed):
                denied = False
            if word in _DENIES and self._denies_a_symptom(word, after, then):
                denied = True
                listed = in_list
            if not denied and word not in ",.":
                yield word

    def _denies_a_symptom(self, denial: str, after: str, then: str) -> bool:
        """Return whether a denial is about a symptom; it is not in "havent been able to" and "hasnt been breathing"."""
        if after == "been" and (then == "able" or self._is_sign(denial, then)):
            return False
        return after not in _NO_SYMPTOM and not self._is_sign(denial, after)

    def _is_sign(self, denial: str, after: str) -> bool:
        """Return whether a denial is itself a part of a sign, as in "not breathing", misspelt or not."""
        return any(f"{denial} {meant}" in self._dangerous for meant in (after, *self._spelt_like(after)))

    def _find_spelt_like(self, word: str) -> list[str]:
        if len(word) <= _SHORT:
            return [word]
        known = list(self._known.get(word[0], ()))
        near = process.extract(word, known, scorer=Indel.normalized_similarity, score_cutoff=_CLOSE_ENOUGH, limit=None)
        return [spelling for spelling, *_ in near]


def is_one_clause(phrase: str) -> bool:
    """Return whether a phrase can be harmless: messages are read clause by clause, so no longer one is ever met."""
    phrase = phrase.strip().rstrip(".!?;:")
    return not (_SENTENCE_END.search(phrase) or _CLAUSE_END.search(phrase))


def _asks_in_general(clause: str) -> bool:
    of_nobody = _SOMEBODY.isdisjoint(clause.split())
    of_an_animal = _ANIMAL.search(clause) and not _PERSON.search(clause)
    return bool(of_an_animal or _CURIOUS.search(clause) or (of_nobody and _IN_GENERAL.search(clause)))


def _in_lists(typed: Sequence[str]) -> list[bool]:
    """Return for each word whether an "or" follows before the next full stop, as in "no pain, redness or heat".

    What is typed ends in a full stop.
    """
    found: list[bool] = []
    for word in reversed(typed):
        found.append(word in ("or", "nor") or (word != "." and found[-1]))
    return found[::-1]


def _ends(parts: Sequence[str], places: Mapping[str, Sequence[int]]) -> Sequence[int]:
    """Return where the words end that stand in this order with few others between them."""
    ends = places[parts[0]]
    for part in parts[1:]:
        before = set(ends)
        ends = [at for at in places.get(part, ()) if any(at - gap in before for gap in range(1, 2 + _BETWEEN))]
    return ends


def _together(cells: Sequence[Sequence[tuple[int, str]]]) -> tuple[str, ...]:
    """Return a piece of each cell, all near the first one that has such neighbours; () where there is none."""
    if not all(cells):
        return ()
    near: list[dict[int, str]] = [{} for _ in cells]  # for each cell, its first piece that is near a place
    for cell, pieces in zip(cells, near, strict=True):
        for end, piece in cell:
            for place in range(end - _TOGETHER, end + _TOGETHER + 1):
                pieces.setdefault(place, piece)
    whole = (start for start, _ in cells[0] if all(start in pieces for pieces in near))
    return next((tuple(pieces[start] for pieces in near) for start in whole), ())
