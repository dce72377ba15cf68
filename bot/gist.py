"""What texts mean as wholes: `Gists.likeness`, from what each of their words adds to the meaning.

A text's gist is the sum of its words' vectors (Arora et al. 2017, ICLR, "A simple but tough-to-beat
baseline for sentence embeddings"). It sees that "lift my ceiling" is about limits where no two words are
near each other; it does not see spelling, order or what is denied, so it only helps to choose among the
entries that fit by their words.
"""

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from operator import sub
from typing import Final, TypeAlias

# Of a word, always in as many dimensions, empty if nothing is known of it; or of a text.
Vector: TypeAlias = Sequence[float]

_STEPS: Final = 127  # of a component from 0 to 1, as the gists of phrasings are kept in a byte each


class Gists:
    """The gists of the phrasings of a base, each less what all entries have in common, and of length 1.

    Args:
        texts: The phrasings, as words, of each entry.
        vector: What a word adds to a text.
    """

    def __init__(self, texts: Sequence[Sequence[Sequence[str]]], vector: Callable[[str], Vector]) -> None:
        found = [[_unit(_sum(map(vector, dict.fromkeys(text)))) for text in group] for group in texts]
        wholes = [whole for group in found if (whole := _unit(_sum(group)))]
        shared = len(wholes) > 1  # a single entry has nothing in common with others
        # An exact sum, so that the order of the entries changes nothing.
        self._common = [shared * math.fsum(column) / len(wholes) for column in zip(*wholes, strict=True)]
        self._phrasings = [
            array("b", [step for gist in group for step in _in_steps(self._centred(gist))]) for group in found
        ]
        self._sums = [
            array("i", _sum(self._phrasing(number, at) for at in range(len(group))))
            for number, group in enumerate(found)
        ]
        self._wholes = [array("b", _in_steps(_unit(whole))) for whole in self._sums]

    def of(self, vectors: Iterable[Vector]) -> Vector:
        """Return the gist of a question, in steps, from the vectors of its words; all zero where none has any."""
        return [_STEPS * value for value in self._centred(_unit(_sum(vectors)))]

    def likeness(self, gist: Vector, number: int, places: Iterable[int], without: int | None = None) -> float:
        """Return how like a question's gist an entry is, from -1 to 1.

        It is the mean of two cosines: with the entry as a whole, and with the nearest of its phrasings at the
        places, or 0 if none is near.

        Args:
            gist: Of the question, as `of` returns it.
            number: The entry.
            places: Of those of its phrasings to look at.
            without: The place of a phrasing to leave out of the whole.
        """
        if not any(gist):
            return 0.0
        whole: Vector = self._wholes[number]
        if without is not None:
            whole = _in_steps(_unit(list(map(sub, self._sums[number], self._phrasing(number, without)))))
        nearest = max((_cosine(gist, self._phrasing(number, at)) for at in places), default=0.0)
        return (_cosine(gist, whole) + max(0.0, nearest)) / 2

    def _phrasing(self, number: int, at: int) -> Vector:
        size = len(self._common)
        return self._phrasings[number][at * size : (at + 1) * size]

    def _centred(self, gist: Vector) -> Vector:
        centred = _unit(list(map(sub, gist, self._common))) if any(gist) else ()
        return centred or [0.0] * len(self._common)  # as nothing is known of it, or it has nothing of its own


def _sum(vectors: Iterable[Vector]) -> Vector:
    """Return the sum of vectors of one size; those of none add nothing."""
    return [*map(sum, zip(*filter(None, vectors), strict=True))]


def _unit(vector: Vector) -> Vector:
    length = math.hypot(*vector)
    return [value / length for value in vector] if length else ()


def _cosine(gist: Vector, other: Vector) -> float:
    """Return the cosine of two vectors of length 1, in steps; 0 if the other is all zero.

    It is told from their distance, which the standard library finds sooner than a sum of products.
    """
    return 1 - (math.dist(gist, other) / _STEPS) ** 2 / 2 if any(other) else 0.0


def _in_steps(gist: Vector) -> list[int]:
    return [round(_STEPS * value) for value in gist]
