import math

import pytest

from bot import Entry, FaqBot, Knowledge, Policy
from bot.authoring.explain import explain


@pytest.fixture(scope="module")
def bot(library: Knowledge) -> FaqBot:
    return FaqBot(library, Policy(answer_from=50, suggest_from=5, urgent_from=30))


def test_an_explanation_shows_words_entries_thresholds_and_verdict(bot: FaqBot) -> None:
    text = explain(bot, "join the libary xylophone")
    assert "libary: library 0.85" in text
    assert "xylophone: unknown" in text
    assert "cards  <- join the library  library.yaml:2" in text
    assert "answer from 50, suggest from 5" in text
    assert "<- is it open\n" in explain(FaqBot(Knowledge((Entry.of("is it open", "Yes."),))), "is it open")


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("opening hours", "answer: hours scores 100.0, at least 50"),
        ("I smell smoke", "urgent: fire, by its signs or its score of 100.0"),
        ("bicycle", "none: nothing that could be given or offered scores high enough"),
    ],
)
def test_the_verdict_is_the_reply(bot: FaqBot, question: str, verdict: str) -> None:
    assert explain(bot, question).endswith(f"Verdict:\n  {verdict}")


def test_suggestions_are_explained(bot: FaqBot) -> None:
    assert "score at least 5, none at least 50" in explain(bot, "when do I get my book")


def test_words_that_a_row_replaced_are_shown(bot: FaqBot) -> None:
    assert explain(bot, "late paper back").startswith("By the rows of words:\n  paper back -> book\n")
    assert not explain(bot, "late book").startswith("Read")


def test_a_blank_question_is_explained(bot: FaqBot) -> None:
    assert explain(bot, "").count("  none") == 4


def test_urgent_signs_are_shown(bot: FaqBot) -> None:
    assert "Urgent signs:\n  fire: there is + smoke\n" in explain(bot, "there is a bit of smoke")
    assert "Urgent signs" not in explain(bot, "there is no smoke")


def test_what_a_message_denies_is_shown_to_be_struck(bot: FaqBot) -> None:
    assert "What is said to be present:\n  just steam\n" in explain(bot, "no smoke, just steam")


def test_the_best_score_is_taken_apart(bot: FaqBot) -> None:
    odds = bot.matcher.odds("late book fine and a zebra")
    text = explain(bot, "late book fine and a zebra")
    assert all(f"  {part:+.1f}  {name}\n" in text for name, part in odds.items())
    score = 100 / (1 + math.exp(-sum(odds.values())))
    assert bot.ask("late book fine and a zebra").matches[0].score == pytest.approx(score)
    assert bot.matcher.odds("") == {}
