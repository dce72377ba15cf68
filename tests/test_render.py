import pytest

from bot import Entry, FaqBot, Knowledge, Phrasing, Policy, Source, to_text
from bot.render import MAX_WIDTH, blocks, cite, labelled, listing, printable, wrap
from bot.text import MOST_READ


@pytest.fixture(scope="module")
def bot(library: Knowledge) -> FaqBot:
    return FaqBot(library, Policy(answer_from=50, suggest_from=5, urgent_from=30))


def roles(bot: FaqBot, question: str) -> list[str]:
    return [block.role for block in blocks(bot.ask(question))]


def test_an_answer_reads_from_what_was_understood_to_the_disclaimer(bot: FaqBot) -> None:
    assert to_text(bot.ask("join the library")) == (
        "Answering: How do I get a library card?\n\nAt the desk.\n\n"
        "Source: House rules. The library, 2026.\n\nAsk the desk."
    )


def test_the_question_is_not_repeated_where_it_was_typed_as_it_stands(bot: FaqBot) -> None:
    assert roles(bot, "how do i get a library card") == ["body", "sources", "disclaimer"]


def test_a_note_is_a_part_of_its_own(bot: FaqBot) -> None:
    assert roles(bot, "fine for overdue books") == ["understood", "body", "note", "disclaimer"]


def test_related_questions_are_numbered(bot: FaqBot) -> None:
    (offer,) = (block.text for block in blocks(bot.ask("opening hours")) if block.role == "choices")
    assert offer == "You can also ask:\n1. How do I get a library card?\n2. There is a fire!"


def test_an_urgent_reply_says_so_first_and_offers_nothing_to_read(bot: FaqBot) -> None:
    assert to_text(bot.ask("I smell smoke")) == "URGENT\n\nLeave now.\n\nCall for help.\n\nAsk the desk."


def test_addresses_are_given_where_asked_for(bot: FaqBot) -> None:
    assert "https://library.example/rules" in to_text(bot.ask("join the library"), addresses=True)
    assert "https://" not in to_text(bot.ask("join the library"))


@pytest.mark.parametrize("width", [1, 20, 40, 80, 200])
def test_no_line_is_longer_than_the_window_or_the_longest_word(bot: FaqBot, width: int) -> None:
    text = to_text(bot.ask("opening hours"), width=width)
    assert all(len(line) <= min(width, MAX_WIDTH) or " " not in line.strip() for line in text.splitlines())


def test_rows_of_a_list_are_indented_under_their_mark() -> None:
    assert wrap("1. one two three", 10) == "1. one two\n   three"
    assert wrap("- one two three", 9) == "- one two\n  three"


def test_addresses_are_not_cut() -> None:
    assert wrap("see https://example.org/a-long-path now", 12) == "see\nhttps://example.org/a-long-path\nnow"


def test_control_characters_and_direction_marks_are_not_shown() -> None:
    assert printable("a\x1b[31mb\x07\x9b\u202ec\u2066d\ne\tf") == "a[31mbcd\ne\tf"


def test_half_a_character_is_not_shown_as_nothing_can_write_it() -> None:
    assert printable("a\ud83db\udcffc\U0001f600") == "abc\U0001f600"


def test_who_asks_too_much_at_once_is_told_what_was_read(bot: FaqBot) -> None:
    long = f"opening hours{' ' * MOST_READ}"
    assert roles(bot, long[:MOST_READ])[-2:] == ["choices", "disclaimer"]
    assert roles(bot, long)[-2:] == ["notice", "disclaimer"]
    assert "only its first and last 5,000 characters were read" in to_text(bot.ask(long))


def test_the_listing_groups_questions_by_file(library: Knowledge) -> None:
    assert listing(library).splitlines()[:2] == ["library.yaml", "  When is the library open?"]


def test_a_title_with_a_mark_of_its_own_gets_no_full_stop() -> None:
    assert cite(Source("What is it?", "NICE", "2013"), addresses=False) == "What is it? NICE, 2013."


def test_several_sources_are_named_in_few_lines_and_with_their_addresses_in_a_list() -> None:
    rules = (Source("House rules", "The library", "2026"), Source("Fire plan", "The town", "undated"), Source("A sign"))
    entry = Entry("hours", (Phrasing("when"),), "At 9.", sources=rules)
    reply = FaqBot(Knowledge((entry,))).ask("when")
    assert [part.text for part in blocks(reply) if part.role == "sources"] == [
        "Sources: The library, 2026; The town; A sign"
    ]
    (listed,) = [part for part in blocks(reply, addresses=True) if part.role == "sources"]
    assert listed.text == "Sources:\n- House rules. The library, 2026.\n- Fire plan. The town, undated.\n- A sign."
    assert labelled(listed).splitlines()[1] == "Source: Fire plan. The town, undated."
