from dataclasses import replace

import pytest

from bot import Entry, Knowledge, Phrasing, Settings, Source
from bot.knowledge import LabelledQuestion


def entry(name: str = "one", *, related: tuple[str, ...] = ()) -> Entry:
    return Entry(name, (Phrasing("How?"),), "So.", related=related)


def test_the_first_phrasing_is_the_question_that_people_see() -> None:
    assert Entry("a", (Phrasing("First?"), Phrasing("second")), "So.").question == "First?"


@pytest.mark.parametrize("text", ["", " ", "?!"])
def test_a_phrasing_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at least one word"):
        Entry("a", (Phrasing("How?"), Phrasing(text)), "So.")


def test_an_entry_needs_a_question_and_an_answer() -> None:
    with pytest.raises(ValueError, match="needs a question"):
        Entry("a", (), "So.")
    with pytest.raises(ValueError, match="needs an answer"):
        Entry("a", (Phrasing("How?"),), " ")


def test_two_entries_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        Knowledge((entry(), entry()))


def test_a_related_id_that_is_missing_is_refused() -> None:
    with pytest.raises(ValueError, match="missing"):
        Knowledge((entry(related=("two",)),))


def test_related_entries_come_in_the_order_of_the_author() -> None:
    one, two, three = entry("one", related=("three", "two")), entry("two"), entry("three")
    assert Knowledge((one, two, three)).related(one) == (three, two)


def test_values_that_could_only_fail_later_are_refused_at_once() -> None:
    with pytest.raises(ValueError, match="phrase without a word"):
        Knowledge((entry(),), words=(("?!", "cramp"),))
    with pytest.raises(ValueError, match="not both"):
        replace(entry(), urgent=True, out_of_scope=True)
    with pytest.raises(ValueError, match="sign without words"):
        replace(entry(), signs=((("cramp",), ()),))
    with pytest.raises(ValueError, match="harmless phrase without words"):
        replace(entry(), harmless=("figure of speech", "?!"))
    with pytest.raises(ValueError, match="needs a title"):
        Source(" ")
    with pytest.raises(ValueError, match="need text"):
        Settings(disclaimer="")
    with pytest.raises(ValueError, match="expected id"):
        LabelledQuestion("How?", ())
