"""What is known of English words: how frequent they are, and which are near in meaning."""

import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from ..text import words

_LATIN: Final = re.compile(r"[a-z\u00df-\u024f]")
_FREQUENT: Final = 5.2  # Zipf frequency of an English word that is in no list of another language
ZERO: Final = ord("O")  # the middle of the characters that a vector is written in
FARTHEST: Final = 46  # steps from it that all of them print
_REMEMBERED: Final = 1000  # words looked up


class English:
    """What is known of English words, from a sorted file of text lines.

    A line is a word, its frequency on the Zipf scale in tenths (van Heuven et al. 2014: 70 is one
    word in a hundred, 30 one in a million), what it adds to the meaning of a text as a vector, a
    character a dimension ("O" is 0), and the words near in meaning, the nearest first, each followed
    by the two digits of a cosine: "calf 33* POQMO calves81 cow67". A star marks a word that first of
    all names a thing. The file is read at the first look-up and searched as it is, as parsing it
    would take longer than an answer.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or Path(__file__).parent.with_name("english.txt")
        self._line = lru_cache(_REMEMBERED)(self._find_line)

    def __getstate__(self) -> dict[str, object]:
        """Return what is pickled: where the words are, not the words."""
        return {"path": self._path}

    def __setstate__(self, state: dict[str, Path]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # mypy: it is made anew

    def frequency(self, word: str) -> float:
        """Return the Zipf frequency of a word, from 0 to 8; 0 for a word not listed."""
        line = self._line(word)
        return int(line[1].rstrip(b"*")) / 10 if line else 0.0

    def related(self, word: str) -> tuple[tuple[str, float], ...]:
        """Return the words near in meaning with their cosines, from 0.4 to 0.99; empty for a word not listed."""
        return tuple((near[:-2].decode(), int(near[-2:]) / 100) for near in self._line(word)[3:])

    def vector(self, word: str) -> tuple[int, ...]:
        """Return what a word adds to the meaning of a text, in steps from -46 to 46; empty for a word not listed."""
        return tuple(value - ZERO for value in b"".join(self._line(word)[2:3]))

    def names_a_thing(self, word: str) -> bool:
        """Return whether a word names what one can touch: an animal, a food, a part of the body, ..."""
        line = self._line(word)
        return bool(line) and line[1].endswith(b"*")

    def is_foreign(self, text: str) -> bool:
        """Return whether a text is in another language, by its letters or by the frequent words of languages.

        One word, or a text with as many frequent English words, tells nothing.
        """
        typed = [word for word in words(text) if len(word) > 1]
        letters = "".join(filter(str.isalpha, "".join(typed)))
        if len(letters) > 2 * len(_LATIN.findall(letters)):
            return True
        own = sum(self.frequency(word) >= _FREQUENT for word in typed)
        return any(len(known.intersection(typed)) > max(1, own) for known in self._languages)

    @cached_property
    def _languages(self) -> list[frozenset[str]]:
        text = self._path.with_name("languages.txt").read_text(encoding="utf-8")
        return [frozenset(line.split()[1:]) for line in text.splitlines()]

    def _find_line(self, word: str) -> list[bytes]:
        sought, lines = word.encode(errors="replace"), self._lines
        low, high = 0, len(lines)
        while low < high:
            start = lines.rfind(b"\n", 0, (low + high) // 2) + 1  # never before low, where a line starts
            end = lines.find(b"\n", start)
            line = lines[start:end]
            listed, _, _ = line.partition(b" ")
            if listed == sought:
                return line.split()
            low, high = (end + 1, high) if listed < sought else (low, start)
        return []

    @cached_property
    def _lines(self) -> bytes:
        return self._path.read_bytes()
