"""How text becomes words: the one place where spelling is made uniform.

Phrasings and questions pass through the same function, so that they can be compared.
"""

import re
import unicodedata
from typing import Final

# Apostrophes, curly ones too, join ("what's" is "whats", as people type it). Combining marks
# go, so that "cafe" is spelt with or without its accent, and so do invisible characters.
_DROPPED: Final = re.compile(
    r"['`\u00b4\u02bc\u2018\u2019\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
# A number stands alone ("400mg" is "400 mg"), but a letter keeps its digits ("b12", "k2").
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_][^\W_]*")


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in order, in lower case and without accents.

    Numbers are words; the commas in them go. Punctuation, symbols and emoji are no
    words, so the result can be empty. Any str is accepted, lone surrogates included.

    >>> words("What's the MAX dose? 1,000mg?")
    ('whats', 'the', 'max', 'dose', '1000', 'mg')
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)  # which leaves ASCII as it is
    plain = _DROPPED.sub("", plain.casefold())
    return tuple([word.replace(",", "") for word in _WORD.findall(plain)])


def normalize(text: str) -> str:
    """Return the words of a text joined by single spaces; equal for equal questions.

    >>> normalize("  Is it SAFE?! ")
    'is it safe'
    """
    return " ".join(words(text))
