"""How text becomes words: the one place where spelling is made uniform.

Phrasings and questions pass through the same function, so that they can be compared.
"""

import re
import unicodedata
from typing import Final

MOST_READ: Final = 10_000  # characters of a text; bounds the time of an answer

# Apostrophes, curly ones too, join ("what's" is "whats", as people type it). Combining marks
# go, so that "cafe" is spelt with or without its accent, and so do invisible characters.
_DROPPED: Final = re.compile(
    r"['`\u00b4\u02bc\u2018\u2019\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    r"\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
# A few at a time, as Python sorts the marks of a letter in a time that grows with the square of their number.
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]{1,32}")
# A number stands alone ("400mg" is "400 mg"), but a letter keeps its digits ("b12", "k2").
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_][^\W_]*")


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in order, in lower case and without accents.

    Numbers are words; the commas in them go. Punctuation, symbols and emoji are no
    words, so the result can be empty. Any str is accepted, lone surrogates included;
    of one that is longer than MOST_READ only the ends are read.

    >>> words("What's the MAX dose? 1,000mg?")
    ('whats', 'the', 'max', 'dose', '1000', 'mg')
    """
    plain = _NOT_ASCII.sub(lambda found: unicodedata.normalize("NFKD", found[0]), excerpt(text))
    plain = excerpt(_DROPPED.sub("", plain.casefold()))  # again, as one character can be made of eighteen
    return tuple([word.replace(",", "") for word in _WORD.findall(plain)])


def excerpt(text: str) -> str:
    """Return a text as it is or, where it is longer than MOST_READ, its beginning and its end as two lines."""
    half = MOST_READ // 2
    return text if len(text) <= MOST_READ else f"{text[:half]}\n{text[-half:]}"


def normalize(text: str) -> str:
    """Return the words of a text joined by single spaces; equal for equal questions.

    >>> normalize("  Is it SAFE?! ")
    'is it safe'
    """
    return " ".join(words(text))
