"""What short messages mean after a reply that offers questions."""

import json
from dataclasses import replace

import pytest

from bot import Answer, Conversation, Entry, FaqBot, Knowledge, NoAnswer, Phrasing, Policy, Suggestions


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
        ("id like nr 4", 3),
        ("let's go with answer four", 3),
        ("fourth", 3),
        ("ok, I mean question 3rd", 2),
        ("i choose 1st", 0),
        ("take the 4th", 3),
        ("no, I pick two", 1),
        ("please show me the number two option", 1),
        ("and the second?", 1),
        ("for me, the second", 1),
        ("the middle one", 1),
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


@pytest.mark.parametrize(
    "message",
    [
        "no",
        "No thanks",
        "none of them",
        "neither of these",
        "nope, not those",
        "nah",
        "n",
        "no, that's not it",
        "no, not that, thank you",
        "no, not any",
    ],
)
def test_no_declines_all_of_them(unsure: Conversation, message: str) -> None:
    reply = unsure.send(message)
    assert isinstance(reply, NoAnswer)
    assert reply.text.startswith("All right.")
    assert reply.disclaimer


@pytest.mark.parametrize(
    "message",
    [
        "yes please",
        "Yeah, it is",
        "yep",
        "yup",
        "y",
        "sure",
        "OK",
        "okay",
        "correct",
        "right, that one",
        "exactly this",
        "yes, that's it",
    ],
)
def test_yes_takes_the_only_one(unsure: Conversation, message: str) -> None:
    only = Conversation.restore(unsure.bot, {**unsure.state(), "offer": ["children"]})
    assert picked(only, message) == "children"


@pytest.mark.parametrize(
    "message",
    [
        "more",
        "next please",
        "others",
        "other ones",
        "tell me something else",
        "show some other options",
        "give me any other questions",
        "anything else?",
    ],
)
def test_more_asks_for_others(talk: Conversation, message: str) -> None:
    assert talk.send(message).text.startswith("More that you can ask:")


def test_an_unclear_yes_is_asked_about(unsure: Conversation, shipped: FaqBot) -> None:
    first = unsure.last
    assert isinstance(first, Suggestions)
    assert unsure.send("yes please").text.startswith("Which one?")
    only = Conversation.restore(shipped, {**unsure.state(), "offer": [first.suggestions[0].entry.id]})
    assert only.send("2").text == "Which one? Type its number, 1."
    two = Conversation.restore(shipped, {**unsure.state(), "offer": ["children", "dosage"]})
    assert two.send("3").text == "Which one? Type its number, from 1 to 2."
    assert picked(only, "yes") == first.suggestions[0].entry.id


def test_what_is_picked_fits_fully_and_what_only_talks_of_the_offer_matches_nothing(talk: Conversation) -> None:
    assert isinstance(talk.last, Answer)
    wanted = talk.last.related[0]
    for message in ("more", "9", "no"):
        other = Conversation.restore(talk.bot, talk.state()).send(message).to_dict(top=1)
        assert (other["question"], other["score"], other["matches"]) == (message, None, [])
    reply = talk.send("1").to_dict(top=1)
    assert (reply["question"], reply["matched"], reply["score"]) == ("1", wanted.question, 100.0)
    assert reply["matches"] == [{"id": wanted.id, "score": 100.0}]


@pytest.mark.parametrize("message", ["9", "0", "22", "#22.", "1 2", "five", "5th", "yes"])
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


def test_more_is_what_comes_near_then_what_is_related_but_nothing_urgent_or_out_of_scope() -> None:
    def entry(name: str, asked: str, *related: str, **more: bool) -> Entry:
        return Entry(name, (Phrasing(asked),), "Yes.", related=related, **more)  # type: ignore[arg-type]  # more: flags

    bot = FaqBot(
        Knowledge(
            (
                entry("red", "Is there red wine?", "white"),
                entry("white", "And white?", "beer", "list", "fire", "pets"),
                entry("beer", "Bock?"),
                entry("list", "Who wrote the long list of every wine?"),
                entry("glass", "Is there a glass for red wine?"),
                entry("fire", "Is there red fire?", urgent=True),
                entry("pets", "Is there red wine for my dog?", out_of_scope=True),
            )
        )
    )
    scores = {match.entry.id: match.score for match in bot.ask("is there red wine").matches}
    assert scores.keys() == {"red", "list", "glass", "fire", "pets"}
    # A score on the threshold is near enough; what is related comes with any score.
    bot.policy = Policy(suggest_from=scores["glass"], answer_from=99)
    assert scores["list"] < scores["glass"]
    talk = Conversation(bot)
    assert picked(talk, "is there red wine") == "red"
    more = talk.send("more")
    assert isinstance(more, Suggestions)
    assert [(match.entry.id, match.score) for match in more.suggestions] == [
        ("glass", scores["glass"]),
        ("beer", 0.0),
        ("list", scores["list"]),
    ]
    assert all(match.phrasing in match.entry.phrasings for match in more.suggestions)
    none = talk.send("more")
    assert (none.question, none.text) == ("more", "I have nothing more that comes near. You can ask in other words.")


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


@pytest.mark.parametrize("message", ["grown men", "what grown men"])
def test_a_question_that_does_not_begin_so_stands_alone(talk: Conversation, message: str) -> None:
    assert talk.send(message).kind == "suggestions"


@pytest.mark.parametrize("urgent", [True, False])
def test_what_is_urgent_or_out_of_scope_is_not_what_a_question_goes_on_to(urgent: bool) -> None:  # noqa: FBT001
    entries = [Entry.of("Is there red wine?", "Yes."), Entry.of("Dogs in here?", "No.", id="dogs")]
    nearer = replace(Entry.of("Is there red wine that dogs drink?", "Help!"), urgent=urgent, out_of_scope=not urgent)
    bot = FaqBot(Knowledge((*entries, nearer)), Policy(answer_from=90, urgent_from=100))
    talk = Conversation(bot)
    talk.send("is there red wine")
    assert bot.ask("and dogs").kind == "suggestions"
    assert bot.matcher.rank("and dogs is there red wine")[0].entry == nearer
    assert picked(talk, "and dogs") == "dogs"
    assert talk.last is not None
    assert talk.last.matches == bot.ask("and dogs").matches


def test_a_question_that_goes_on_to_two_things_is_not_answered(talk: Conversation) -> None:
    assert talk.send("and tablets for the night").kind == "suggestions"


@pytest.mark.parametrize("start", ["and", "But", "or", "what about", "how about", "same", "also it is for"])
def test_a_question_that_begins_so_goes_on(talk: Conversation, start: str) -> None:
    assert picked(talk, f"{start} grown men") == "daily-requirement"


def test_danger_comes_first_whatever_was_offered(talk: Conversation) -> None:
    assert talk.send("and my calf is swollen, red and hot").kind == "urgent"


@pytest.mark.parametrize("message", ["2", "the last one", "more", "no", "and for children?", "is it safe"])
def test_a_restored_talk_goes_on_as_if_nothing_had_been(talk: Conversation, shipped: FaqBot, message: str) -> None:
    state = json.loads(json.dumps(talk.state()))
    restored = Conversation.restore(shipped, state)
    assert restored.state() == talk.state()
    assert restored.send(message).to_dict() == talk.send(message).to_dict()
    assert restored.state() == talk.state()


def test_the_state_is_what_is_on_offer_and_was_shown(shipped: FaqBot) -> None:
    talk = Conversation(shipped)
    assert talk.last is None
    new = {"schema_version": 1, "asked": "", "offer": [], "answered": "", "shown": []}
    assert talk.state() == new
    reply = talk.send("how much should i take")
    assert isinstance(reply, Answer)
    offer = [entry.id for entry in reply.related]
    assert talk.state() == {
        "schema_version": 1,
        "asked": "how much should i take",
        "offer": offer,
        "answered": "dosage",
        "shown": [*offer, "dosage"],
    }
    talk.send("how do i reset my router")
    assert talk.state() == {**new, "asked": "how do i reset my router"}


def test_what_is_no_state_is_refused(shipped: FaqBot) -> None:
    new = Conversation(shipped).state()
    for state in (
        {},
        {**new, "schema_version": 2},
        {"asked": 1},
        {**new, "offer": [["dosage"]]},
        {**new, "shown": [1]},
    ):
        with pytest.raises(ValueError, match=r"^this is no state of a conversation$"):
            Conversation.restore(shipped, state)


def test_what_a_bot_does_not_know_any_more_is_not_offered(talk: Conversation) -> None:
    state = {**talk.state(), "offer": ["gone", "children"], "answered": "gone"}
    assert picked(Conversation.restore(talk.bot, state), "1") == "children"
    assert Conversation.restore(talk.bot, {**state, "offer": ["gone"]}).send("1").kind == "none"
