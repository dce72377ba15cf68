import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import normalize, words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("What's the MAX dose?", "whats the max dose"),
        ("what\u2019s up", "whats up"),
        ("400mg", "400 mg"),
        ("1,000 mg or 1.5 g", "1000 mg or 1.5 g"),
        ("vitamin B12 and k2", "vitamin b12 and k2"),
        ("cr\u00e8me, cre\u0300me", "creme creme"),
        ("zero\u200bwidth", "zerowidth"),
        ("\ufb01ne \uff2d\uff27", "fine mg"),
        ("Stra\u00dfe", "strasse"),
        ("night-time/bed_time", "night time bed time"),
        ("?! \U0001f600 \n\t", ""),
        ("", ""),
        ("\ud800 cramp", "cramp"),
        ("a\x00b", "a b"),
    ],
)
def test_spelling_is_made_uniform(typed: str, read: str) -> None:
    assert normalize(typed) == read


@given(st.text())
def test_normalizing_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(st.text())
def test_words_hold_no_blanks(text: str) -> None:
    assert all(word and not word.isspace() for word in words(text))
