import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import MOST_READ, excerpt, normalize, words


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
        ("mag\ufe0fnes\U000e0041i\u180eum", "magnesium"),
        ("c\u1dc4r\u20d0amp", "cramp"),
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


@pytest.mark.parametrize("middle", ["x ", "\u0316\u0301", "\ufdfa", "\u00e9 ", "x"])
def test_of_a_very_long_text_only_the_ends_are_read(middle: str) -> None:
    read = words(f"first {middle * MOST_READ * 20} last")
    assert read[0] == "first"
    assert read[-1] == "last"
    assert len(" ".join(read)) <= MOST_READ + 1


def test_a_text_that_is_not_too_long_is_read_whole() -> None:
    assert excerpt("e" * MOST_READ) == "e" * MOST_READ
    assert len(words("\u00e9 " * (MOST_READ // 2))) == MOST_READ // 2
    assert len(words("\u00e9 " * MOST_READ)) == MOST_READ // 2
