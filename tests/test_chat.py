import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import (
    Answer,
    Conversation,
    Entry,
    FaqBot,
    Knowledge,
    Match,
    NoAnswer,
    Phrasing,
    Policy,
    Reply,
    Suggestions,
    Urgent,
)
from bot.chat import decide
from bot.danger import Danger

KEYS = [
    "schema_version",
    "question",
    "kind",
    "id",
    "matched",
    "score",
    "text",
    "note",
    "disclaimer",
    "sources",
    "suggestions",
    "related",
]
ORDER = "suggest_from and answer_from must be in this order, between 0 and 100"
PETS = Entry("pets", (Phrasing("Can I bring my dog?"), Phrasing("are dogs allowed")), "No idea.", out_of_scope=True)


@pytest.fixture(scope="module")
def bot(library: Knowledge) -> FaqBot:
    return FaqBot(library, Policy(answer_from=50, suggest_from=2, urgent_from=30))


def test_a_question_that_fits_is_answered(bot: FaqBot) -> None:
    reply = bot.ask("opening hours")
    assert isinstance(reply, Answer)
    assert (reply.kind, reply.match.entry.id, reply.text) == ("answer", "hours", "From 9 to 17.")
    assert [entry.id for entry in reply.related] == ["cards", "fire"]


def test_the_note_follows_the_answer(bot: FaqBot) -> None:
    assert bot.ask("fine for overdue books").text == "None.\n\nWhat the evidence says: Since 2024."


def test_a_question_that_nearly_fits_gets_suggestions_without_urgent_entries(bot: FaqBot) -> None:
    reply = bot.ask("library book or card somewhere")
    assert isinstance(reply, Suggestions)
    assert 1 <= len(reply.suggestions) <= 3
    assert not any(match.entry.urgent for match in reply.suggestions)
    assert f"1. {reply.suggestions[0].entry.question}" in reply.text


def test_a_question_that_fits_nothing_is_declined_with_what_the_bot_knows(bot: FaqBot) -> None:
    reply = bot.ask("bicycle xylophone")
    assert isinstance(reply, NoAnswer)
    assert reply.text == "I only know the library."


def test_an_urgent_entry_with_its_signs_comes_before_a_better_answer(bot: FaqBot) -> None:
    reply = bot.ask("there is a fire, does a late book cost")
    assert reply.matches[0].entry.id != "fire"
    assert isinstance(reply, Urgent)
    assert reply.text.startswith("Leave now.")


def test_an_urgent_entry_that_scores_low_does_not_come_first(bot: FaqBot) -> None:
    assert bot.ask("opening hours of the fire exit").kind != "urgent"


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"answer_from": 10, "suggest_from": 20}, ORDER),
        ({"answer_from": 100.5}, ORDER),
        ({"suggest_from": -0.5}, ORDER),
        ({"urgent_from": 100.5}, "urgent_from must be between 0 and 100"),
        ({"urgent_from": -0.5}, "urgent_from must be between 0 and 100"),
        ({"urgent_from": float("nan")}, "urgent_from must be between 0 and 100"),
    ],
)
def test_thresholds_out_of_order_are_refused(numbers: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        Policy(**numbers)


@pytest.mark.parametrize("end", [0, 100])
def test_thresholds_may_be_at_an_end_and_equal(end: float) -> None:
    assert Policy(end, end, end).answer_from == end


@pytest.mark.parametrize(
    "question", ["opening hours", "fire smoke fire", "card or book, which one today", "bicycle", ""]
)
def test_every_reply_has_the_same_keys_and_the_disclaimer(bot: FaqBot, question: str) -> None:
    reply = bot.ask(question).to_dict()
    assert list(reply) == KEYS
    assert reply["disclaimer"] == "Ask the desk."
    assert reply["question"] == question
    assert list(bot.ask(question).to_dict(top=2)) == [*KEYS, "matches"]
    json.dumps(reply)


def test_an_answer_as_json_has_all_its_parts(bot: FaqBot) -> None:
    assert bot.ask("join the library").to_dict(top=1) == {
        "schema_version": 1,
        "question": "join the library",
        "kind": "answer",
        "id": "cards",
        "matched": "join the library",
        "score": 100.0,
        "text": "At the desk.",
        "note": None,
        "disclaimer": "Ask the desk.",
        "sources": [
            {
                "title": "House rules",
                "publisher": "The library",
                "year": "2026",
                "url": "https://library.example/rules",
            }
        ],
        "suggestions": [],
        "related": [],
        "matches": [{"id": "cards", "score": 100.0}],
    }


def test_a_note_stands_in_json_and_in_the_text(bot: FaqBot) -> None:
    reply = bot.ask("fine for overdue books").to_dict()
    assert reply["note"] == "Since 2024."
    assert str(reply["text"]).endswith("What the evidence says: Since 2024.")


THRESHOLDS = Policy(answer_from=50.0, suggest_from=20.0, urgent_from=40.0)


def decided(
    library: Knowledge,
    *scores: tuple[Entry, float],
    present: float | None = None,
    signs: tuple[tuple[str, ...], ...] = (),
) -> Reply:
    """Return the reply to a question of which entries have these scores; what is urgent is present with another."""
    matches = tuple(Match(entry, score, entry.phrasings[0]) for entry, score in scores)
    urgent = next((match for match in matches if match.entry.urgent), None)
    danger = Danger(urgent._replace(score=urgent.score if present is None else present), signs) if urgent else None
    return decide("?", matches, danger, library, THRESHOLDS)


def test_a_score_on_a_threshold_is_enough(library: Knowledge) -> None:
    hours, cards, _, fire = library.entries
    assert [decided(library, (hours, score)).kind for score in (50.0, 49.9, 20.0, 19.9)] == [
        "answer",
        "suggestions",
        "suggestions",
        "none",
    ]
    assert [decided(library, (fire, score)).kind for score in (40.0, 39.9)] == ["urgent", "none"]
    assert [decided(library, (cards, 60.0), (fire, score)).kind for score in (60.0, 59.9)] == ["urgent", "answer"]
    assert decided(library, (cards, 60.0), (fire, 0.1), signs=(("smoke",),)).kind == "urgent"


def test_only_a_question_with_an_answer_of_its_own_can_be_asked_again_after_a_danger(library: Knowledge) -> None:
    _, cards, _, fire = library.entries
    for entry, score, asks in ((cards, 50.0, True), (cards, 49.9, False), (PETS, 50.0, False)):
        reply = decided(library, (fire, 60.0), (entry, score))
        assert isinstance(reply, Urgent)
        assert reply.asks is asks


def test_what_is_denied_is_offered_before_others_where_it_is_nearest(library: Knowledge) -> None:
    _, cards, _, fire = library.entries
    for score, wanted in ((50.0, [fire, cards]), (49.9, [cards])):
        reply = decided(library, (fire, score), (cards, 20.0), present=0.0)
        assert isinstance(reply, Suggestions)
        assert [match.entry for match in reply.suggestions] == wanted
    assert decided(library, (PETS, 60.0), (fire, 55.0), present=0.0).text == "No idea."


def test_beside_what_is_out_of_scope_only_what_could_be_the_answer_is_offered(library: Knowledge) -> None:
    _, cards, *_ = library.entries
    replies = [decided(library, (PETS, pets), (cards, score)) for pets, score in ((50, 50), (50, 49.9), (49.9, 49.8))]
    assert [reply.kind for reply in replies] == ["suggestions", "none", "none"]
    assert [reply.text for reply in replies[1:]] == ["No idea.", library.settings.no_answer]


def test_a_score_as_json_is_rounded_to_a_tenth(library: Knowledge) -> None:
    matches = tuple(
        Match(entry, score, entry.phrasings[0])
        for entry, score in [(library.entries[0], 61.26), (library.entries[1], 60.04)]
    )
    reply = decide("?", matches, None, library, Policy()).to_dict(top=2)
    assert reply["score"] == 61.3
    assert reply["matches"] == [{"id": "hours", "score": 61.3}, {"id": "cards", "score": 60.0}]


def test_what_is_out_of_scope_is_declined_in_its_own_words_and_never_offered(library: Knowledge) -> None:
    bot = FaqBot(
        Knowledge((*library.entries, PETS), library.words, library.settings), Policy(answer_from=50, suggest_from=0)
    )
    reply = bot.ask("can i bring my dog")
    assert (reply.kind, reply.text) == ("none", "No idea.")
    assert "pets" not in str(reply.to_dict(top=9)["matches"])
    doubtful = bot.ask("dogs, library book or card somewhere")
    assert doubtful.kind == "suggestions"
    assert "pets" not in str(doubtful.to_dict(top=9))


def test_suggestions_as_json_carry_scores_and_no_entry(bot: FaqBot) -> None:
    reply = bot.ask("library book or card somewhere").to_dict()
    assert (reply["kind"], reply["id"], reply["matched"], reply["score"]) == ("suggestions", None, None, None)
    suggestions = reply["suggestions"]
    assert isinstance(suggestions, list)
    assert suggestions
    assert all(list(suggestion) == ["id", "question", "score"] for suggestion in suggestions)


def test_related_entries_as_json_are_ids_and_questions(bot: FaqBot) -> None:
    related = bot.ask("opening hours").to_dict()["related"]
    assert related == [
        {"id": "cards", "question": "How do I get a library card?"},
        {"id": "fire", "question": "There is a fire!"},
    ]


def test_a_number_picks_what_was_offered(bot: FaqBot) -> None:
    conversation = Conversation(bot)
    conversation.send("opening hours")
    picked = conversation.send(" 1. ")
    assert isinstance(picked, Answer)
    assert picked.match.entry.id == "cards"


def test_a_number_picks_a_suggestion(bot: FaqBot) -> None:
    conversation = Conversation(bot)
    offered = conversation.send("library book or card somewhere")
    assert isinstance(offered, Suggestions)
    picked = conversation.send("2")
    assert isinstance(picked, Answer)
    assert picked.match.entry == offered.suggestions[1].entry


def test_an_urgent_entry_that_is_picked_is_an_urgent_reply(bot: FaqBot) -> None:
    conversation = Conversation(bot)
    conversation.send("opening hours")
    reply = conversation.send("2")
    assert isinstance(reply, Urgent)
    assert (reply.question, reply.disclaimer) == ("2", "Ask the desk.")
    assert [(match.entry.id, match.score) for match in reply.matches] == [("fire", 100.0)]


@pytest.mark.parametrize("number", ["1", "0", "3", "-1", "9" * 5000, "\u0661", "\u00b2"])
def test_a_number_that_was_not_offered_is_a_question(bot: FaqBot, number: str) -> None:
    conversation = Conversation(bot)
    if number != "1":
        conversation.send("opening hours")
    assert conversation.send(number).kind == "none"


def test_after_a_question_of_its_own_the_old_offer_is_gone(bot: FaqBot) -> None:
    conversation = Conversation(bot)
    conversation.send("opening hours")
    conversation.send("bicycle")
    assert conversation.send("1").kind == "none"


@given(st.text() | st.text(alphabet="cramp leg swollen took all\ud800\x00\u202e", max_size=300))
def test_any_text_gets_a_reply_with_the_disclaimer(shipped: FaqBot, question: str) -> None:
    reply: Reply = shipped.ask(question)
    assert reply.disclaimer == shipped.knowledge.settings.disclaimer
    assert reply.text
    json.dumps(reply.to_dict(top=3)).encode()


@pytest.mark.parametrize("question", ["", "a" * 100_000, "cramp " * 20_000, "\U0001f600" * 1000, "\x1b[2J", "\udcff"])
def test_extreme_questions_get_a_reply(shipped: FaqBot, question: str) -> None:
    assert shipped.ask(question).text


def test_a_question_in_another_language_is_told_which_one_is_read(library: Knowledge) -> None:
    told = FaqBot(replace(library, settings=replace(library.settings, only_english="In English, please.")))
    foreign = "me duelen las piernas por la noche"
    assert told.ask(foreign).text == "In English, please.\n\nI only know the library."
    assert FaqBot(library).ask(foreign).text == "I only know the library."
    assert told.ask("my bicycle is broken").text == "I only know the library."
    assert told.ask(f"there is a fire, {foreign}").kind == "urgent"


def test_a_question_beside_a_danger_can_be_asked_again(bot: FaqBot) -> None:
    both = bot.ask("there is a fire, does a late book cost")
    assert both.text.startswith("Leave now.")
    assert both.text.endswith("You can ask your question again when help is there.")
    assert bot.ask("there is a fire").text == "Leave now.\n\nCall for help."
