"""What short messages mean after a reply that offers questions."""

import json

import pytest

from bot import Answer, Conversation, FaqBot, NoAnswer, Suggestions


@pytest.fixture
def talk(shipped: FaqBot) -> Conversation:
    """A talk in which three questions related to the amount are on offer."""
    conversation = Conversation(shipped)
    reply = conversation.send("how much should i take")
    assert isinstance(reply, Answer)
    assert reply.match.entry.id == "dosage"
    assert len(reply.related) == 4
    return conversation


@pytest.fixture
def unsure(shipped: FaqBot) -> Conversation:
    """A talk in which suggestions are on offer."""
    conversation = Conversation(shipped)
    reply = conversation.send("night and tablets")
    assert isinstance(reply, Suggestions)
    return conversation


def picked(conversation: Conversation, message: str) -> str:
    reply = conversation.send(message)
    assert isinstance(reply, Answer)
    return reply.match.entry.id


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("2", 1),
        (" 2. ", 1),
        ("#2", 1),
        ("number two please", 1),
        ("the second one", 1),
        ("2nd", 1),
        ("I want the first one", 0),
        ("one", 0),
        ("option 3", 2),
        ("yes, the second", 1),
        ("show me 2", 1),
        ("what about the third one?", 2),
        ("the last one", 3),
        ("LAST", 3),
    ],
)
def test_words_that_pick_one(talk: Conversation, shipped: FaqBot, message: str, place: int) -> None:
    assert isinstance(talk.last, Answer)
    wanted = talk.last.related[place].id
    assert picked(talk, message) == wanted
    assert talk.asked == shipped.knowledge.related(shipped.ask("how much should i take").match.entry)[place].question  # type: ignore[union-attr]  # an answer, see talk


@pytest.mark.parametrize(
    "message", ["is one tablet enough", "are 2 tablets too many", "no more than 400 mg?", "yes but is it safe"]
)
def test_all_else_is_a_question(talk: Conversation, message: str) -> None:
    talk.send(message)
    assert talk.asked == message


@pytest.mark.parametrize("message", ["no", "No thanks", "none of them", "neither", "nope"])
def test_no_declines_all_of_them(unsure: Conversation, message: str) -> None:
    reply = unsure.send(message)
    assert isinstance(reply, NoAnswer)
    assert reply.text.startswith("All right.")
    assert reply.disclaimer


def test_yes_takes_the_only_one_and_asks_again_where_there_are_several(unsure: Conversation, shipped: FaqBot) -> None:
    first = unsure.last
    assert isinstance(first, Suggestions)
    assert unsure.send("yes please").text.startswith("Which one?")
    only = Conversation.restore(shipped, {**unsure.state(), "offer": [first.suggestions[0].entry.id]})
    assert picked(only, "yes") == first.suggestions[0].entry.id


@pytest.mark.parametrize("message", ["9", "0", "22", "1 2", "yes"])
def test_an_unclear_pick_is_asked_about_and_the_offer_stands(talk: Conversation, message: str) -> None:
    reply = talk.send(message)
    assert isinstance(reply, NoAnswer)
    assert reply.text == "Which one? Type its number, from 1 to 4."
    assert picked(talk, "1") == "upper-limit"


def test_more_shows_others_until_there_are_none(talk: Conversation) -> None:
    seen = {"dosage", *(entry.id for entry in talk.last.related)} if isinstance(talk.last, Answer) else set()
    reply = talk.send("tell me more")
    while isinstance(reply, Suggestions):
        assert reply.text.startswith("More that you can ask:")
        names = {match.entry.id for match in reply.suggestions}
        assert not names & seen
        seen |= names
        reply = talk.send("more")
    assert isinstance(reply, NoAnswer)
    assert "nothing more" in reply.text
    assert len(seen) > 5


def test_without_an_offer_such_words_are_questions(shipped: FaqBot) -> None:
    for message in ("yes", "no", "more", "the second one", "2"):
        talk = Conversation(shipped)
        talk.send(message)
        assert talk.asked == message


@pytest.mark.parametrize(
    ("first", "then", "wanted"),
    [
        ("how much should i take", "and for children?", "children"),
        ("is it safe", "what about in pregnancy?", "pregnancy"),
        ("how much should i take", "what about my kidneys?", "kidney-disease"),
        ("when should i take it", "and with food?", "with-food"),
    ],
)
def test_a_question_that_goes_on_is_understood(shipped: FaqBot, first: str, then: str, wanted: str) -> None:
    talk = Conversation(shipped)
    talk.send(first)
    assert picked(talk, then) == wanted
    assert talk.last is not None
    assert talk.last.question == then


def test_danger_comes_first_whatever_was_offered(talk: Conversation) -> None:
    assert talk.send("and my calf is swollen, red and hot").kind == "urgent"


@pytest.mark.parametrize("message", ["2", "the last one", "more", "no", "and for children?", "is it safe"])
def test_a_restored_talk_goes_on_as_if_nothing_had_been(talk: Conversation, shipped: FaqBot, message: str) -> None:
    state = json.loads(json.dumps(talk.state()))
    restored = Conversation.restore(shipped, state)
    assert restored.state() == talk.state()
    assert restored.send(message).to_dict() == talk.send(message).to_dict()
    assert restored.state() == talk.state()


def test_what_is_no_state_is_refused(shipped: FaqBot) -> None:
    new = Conversation(shipped).state()
    for state in (
        {},
        {**new, "schema_version": 2},
        {"asked": 1},
        {**new, "offer": [["dosage"]]},
        {**new, "shown": [1]},
    ):
        with pytest.raises(ValueError, match="no state"):
            Conversation.restore(shipped, state)


def test_what_a_bot_does_not_know_any_more_is_not_offered(talk: Conversation) -> None:
    state = {**talk.state(), "offer": ["gone", "children"], "answered": "gone"}
    assert picked(Conversation.restore(talk.bot, state), "1") == "children"
    assert Conversation.restore(talk.bot, {**state, "offer": ["gone"]}).send("1").kind == "none"
