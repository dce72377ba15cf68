"""The base that comes with magbot: complete, honest in form, and readable."""

import re
from collections import Counter
from itertools import chain

import pytest

from bot import Entry, FaqBot
from bot.danger import Lookout
from bot.loading import shipped_folder
from bot.text import normalize, words

ARTICLE = [
    "leg-cramps-definition",
    "leg-cramps-when",
    "leg-cramps-causes",
    "leg-cramps-underlying",
    "glycinate-definition",
    "glycinate-absorption",
    "magnesium-role",
    "glycinate-for-cramps",
    "muscle-relaxation",
    "electrolyte-balance",
    "sleep-and-night-cramps",
    "anti-inflammatory",
    "how-to-use",
    "dosage",
    "timing",
    "food-sources",
    "safety",
    "side-effects",
    "ask-first",
    "worth-trying",
]
BEYOND = [
    "evidence",
    "upper-limit",
    "kidney-disease",
    "drug-interactions",
    "pregnancy",
    "children",
    "stop-a-cramp",
    "prevent-cramps",
    "see-a-doctor",
    "how-long",
    "other-forms",
    "elemental-magnesium",
    "deficiency",
    "daily-requirement",
    "restless-legs",
    "medicines-and-cramps",
    "other-nutrients",
    "epsom-and-topical",
    "with-food",
]
URGENT = ["urgent-blood-clot", "urgent-overdose", "urgent-emergency", "urgent-allergy", "urgent-self-harm"]
SMALL_TALK = ["hello", "thanks", "goodbye", "who-are-you", "what-can-i-ask"]
# The article's claims that the evidence contradicts, weakens or completes.
NOTED = [
    "leg-cramps-causes",
    "glycinate-definition",
    "glycinate-absorption",
    "glycinate-for-cramps",
    "muscle-relaxation",
    "electrolyte-balance",
    "sleep-and-night-cramps",
    "anti-inflammatory",
    "how-to-use",
    "dosage",
    "timing",
    "safety",
    "side-effects",
    "worth-trying",
]
LONGER = {
    "drug-interactions",
    "daily-requirement",
    "medicines-and-cramps",
    *URGENT,
}  # cannot be cut without loss
MOST_WORDS = 115  # of an answer; about 90 is the aim
MOST_WORDS_A_SENTENCE = 30  # 20 is the aim; lists of names run longer


@pytest.fixture(scope="module")
def entries(shipped: FaqBot) -> dict[str, Entry]:
    return {entry.id: entry for entry in shipped.knowledge.entries}


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.:;?!])\s+|\n", text) if words(part)]


def test_every_id_is_there_and_no_other(entries: dict[str, Entry]) -> None:
    answered = [name for name, entry in entries.items() if not entry.out_of_scope]
    assert sorted(answered) == sorted(ARTICLE + BEYOND + URGENT + SMALL_TALK)


def test_the_urgent_entries_are_urgent_and_no_others(entries: dict[str, Entry]) -> None:
    assert sorted(entry.id for entry in entries.values() if entry.urgent) == sorted(URGENT)


@pytest.mark.parametrize("name", ARTICLE + BEYOND)
def test_there_are_at_least_25_phrasings(entries: dict[str, Entry], name: str) -> None:
    assert len(entries[name].phrasings) >= 25


def test_no_two_entries_share_a_phrasing(entries: dict[str, Entry]) -> None:
    counts = Counter(normalize(phrasing.text) for entry in entries.values() for phrasing in entry.phrasings)
    assert [text for text, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("name", ARTICLE + BEYOND + URGENT)
def test_every_source_is_complete(entries: dict[str, Entry], name: str) -> None:
    assert entries[name].sources
    for source in entries[name].sources:
        assert source.title
        assert source.publisher
        assert source.year
        assert source.checked
        assert source.url or source.title == "The Benefits of Magnesium Glycinate for Leg Cramps"


@pytest.mark.parametrize("name", ARTICLE)
def test_what_the_article_says_is_given_as_what_it_says(entries: dict[str, Entry], name: str) -> None:
    assert "article" in entries[name].answer
    assert entries[name].sources[0].title == "The Benefits of Magnesium Glycinate for Leg Cramps"


def test_a_claim_that_the_evidence_does_not_bear_out_has_a_note(entries: dict[str, Entry]) -> None:
    assert sorted(name for name in entries if entries[name].note) == sorted(NOTED)


@pytest.mark.parametrize("name", NOTED)
def test_a_note_comes_with_a_source_beside_the_article(entries: dict[str, Entry], name: str) -> None:
    assert len(entries[name].sources) > 1


@pytest.mark.parametrize("name", ARTICLE + BEYOND + URGENT + SMALL_TALK)
def test_answers_are_short_in_short_sentences(entries: dict[str, Entry], name: str) -> None:
    entry = entries[name]
    assert name in LONGER or len(words(entry.answer)) <= MOST_WORDS
    assert len(words(entry.note)) <= MOST_WORDS
    for sentence in chain(sentences(entry.answer), sentences(entry.note)):
        assert len(words(sentence)) <= MOST_WORDS_A_SENTENCE, sentence


def test_the_words_about_attracting_readers_reach_no_answer(entries: dict[str, Entry]) -> None:
    for entry in entries.values():
        assert not {"keyword", "keywords", "attract", "readers"} & set(words(entry.answer + entry.note))


def test_no_answer_tells_anyone_to_stop_a_medicine_or_what_to_take(entries: dict[str, Entry]) -> None:
    for entry in entries.values():
        for told in ("you should take", "stop taking your", "you need to take", "i recommend", "your dose is"):
            assert told not in normalize(entry.answer + " " + entry.note)


def test_whether_it_helps_is_never_answered_with_the_claim_alone(entries: dict[str, Entry]) -> None:
    for name in ("glycinate-for-cramps", "evidence"):
        assert "little or no difference" in entries[name].answer + entries[name].note


@pytest.mark.parametrize("name", URGENT)
def test_an_urgent_reply_begins_with_help_and_names_no_single_country(entries: dict[str, Entry], name: str) -> None:
    answer = entries[name].answer
    assert "emergency number" in answer
    assert len({"112", "911", "999", "000"} & set(words(answer))) in (0, 4)
    assert not entries[name].related
    assert "?" not in answer


def test_the_bot_says_what_it_is_not(entries: dict[str, Entry]) -> None:
    assert "not a doctor" in entries["who-are-you"].answer


def test_the_questions_that_the_bot_proposes_are_answered(shipped: FaqBot, entries: dict[str, Entry]) -> None:
    proposed = re.findall(r"- (.*\?)", entries["what-can-i-ask"].answer)
    assert len(proposed) >= 3
    for question in proposed:
        assert shipped.ask(question).kind == "answer", question


def test_the_greeting_is_three_lines_and_fits_a_window(shipped: FaqBot) -> None:
    lines = shipped.knowledge.settings.greeting.splitlines()
    assert len(lines) == 3
    assert max(map(len, lines)) <= 80


def test_a_source_that_nothing_cites_is_not_kept(entries: dict[str, Entry]) -> None:
    named = set()
    for path in shipped_folder().glob("*.yaml"):
        section = re.search(r"^sources:\n(.*?)^entries:", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
        named.update(re.findall(r"^    title: \"?(.*?)\"?$", section[1] if section else "", re.MULTILINE))
    assert named == {source.title for entry in entries.values() for source in entry.sources}


def test_every_harmless_phrase_is_taken_for_harmless(shipped: FaqBot, entries: dict[str, Entry]) -> None:
    lookout = Lookout(shipped.knowledge, shipped.matcher)
    phrases = [phrase for entry in entries.values() for phrase in entry.harmless]
    assert [phrase for phrase in phrases if lookout.present(phrase)] == []


@pytest.mark.parametrize(
    "question",
    ["im so frightend i took to many tablets", "i took too many tablets", "my grandad took to many of his pills"],
)
def test_the_plainest_words_for_too_many_tablets_are_urgent(shipped: FaqBot, question: str) -> None:
    assert shipped.ask(question).to_dict()["id"] == "urgent-overdose"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("i took all my pills, is it safe", "urgent"),
        ("took all my tablets", "urgent"),
        ("i took all my tablets today as prescribed", "answer"),
    ],
)
def test_all_of_the_tablets_are_a_danger_but_not_as_prescribed(shipped: FaqBot, message: str, kind: str) -> None:
    assert shipped.ask(message).kind == kind


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("my son is 13 and swallowed the lot", "urgent-overdose"),
        ("my girl is nine and took some of my magnesium", "urgent-overdose"),
        ("my daughter is twelve and took ten of them", "urgent-overdose"),
        ("my heart keeps skipping and im terrified, took 2000mg", "urgent-overdose"),
        ("heart racing since i took two grams", "urgent-overdose"),
        ("how many tablets can i take at once to end it", "urgent-self-harm"),
        ("so tired of it all, I am going to bed forever, good night everyone", "urgent-self-harm"),
        ("goodnight everyone, thanks for the help, this is my last night", "urgent-self-harm"),
        ("calf sore from a cramp last night and i am on the pill and flew", "urgent-blood-clot"),
        ("so tired, off to bed, good night", "goodbye"),
        ("my daughter is twelve, is she too young", "children"),
    ],
)
def test_danger_told_in_passing_is_heard(shipped: FaqBot, message: str, name: str) -> None:
    assert shipped.ask(message).to_dict()["id"] == name
