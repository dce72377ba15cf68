import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import Entry, FaqBot, Knowledge, Matcher, Phrasing


@pytest.fixture(scope="module")
def matcher(library: Knowledge) -> Matcher:
    return Matcher(library)


def best(matcher: Matcher, question: str) -> str:
    return matcher.rank(question)[0].entry.id


@pytest.mark.parametrize("typed", ["opening hours", "Opening HOURS?!", "  opening   hours "])
def test_a_phrasing_scores_100_however_it_is_written(matcher: Matcher, typed: str) -> None:
    match = matcher.rank(typed)[0]
    assert (match.entry.id, match.score, match.phrasing.text) == ("hours", 100.0, "opening hours")


def test_other_words_score_less_than_100_and_more_than_0(matcher: Matcher) -> None:
    assert all(0 < match.score < 100 for match in matcher.rank("is the library open on a late day"))


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        ("wen is the libary opne", "hours"),
        ("libraryy cardd", "cards"),
        ("overdu boks", "fees"),
        ("pverdue", "fees"),
        ("there is smokee", "fire"),
        ("I came by bus with my children and it rained all the way, so how do I get a card", "cards"),
    ],
)
def test_misspelt_and_rambling_questions_find_their_entry(matcher: Matcher, typed: str, entry: str) -> None:
    assert best(matcher, typed) == entry


def test_a_rare_word_counts_more_than_one_that_all_entries_share(matcher: Matcher) -> None:
    assert best(matcher, "library overdue") == "fees"


@pytest.mark.parametrize("typed", ["man bites dog", "dog bites man"])
def test_the_order_of_the_words_counts(typed: str) -> None:
    matcher = Matcher.of(["does a man bites dog today", "does a dog bites man today"])
    assert typed in best(matcher, typed)
    man, bites, dog = typed.split()
    assert [reading.feature for reading in matcher.read(typed) if reading.is_pair] == [
        f"{man} {bites}",
        f"{bites} {dog}",
    ]


@pytest.mark.parametrize("typed", ["", " ", "?!", "\U0001f600", "zzzz qqqq", "2", "42 17"])
def test_a_question_that_shares_nothing_has_no_matches(matcher: Matcher, typed: str) -> None:
    assert matcher.rank(typed) == ()


def test_each_entry_is_ranked_once_best_first(matcher: Matcher) -> None:
    matches = matcher.rank("a library card for a late book in the opening hours of a fire")
    assert len({match.entry.id for match in matches}) == len(matches) == 4
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)


def test_equal_scores_keep_the_order_of_the_knowledge(library: Knowledge) -> None:
    hours = library.entries[0]
    twins = [dataclasses.replace(hours, id=name, related=()) for name in ("b", "a", "c")]
    twins[0] = dataclasses.replace(twins[0], phrasings=hours.phrasings[::-1])
    other = dataclasses.replace(library.entries[1], related=())
    ranked = Matcher(Knowledge((*twins, other))).rank("is the library open")
    assert [match.entry.id for match in ranked][:3] == ["b", "a", "c"]


def test_words_of_a_row_mean_the_same(library: Knowledge) -> None:
    with_rows, without = Matcher(library), Matcher(dataclasses.replace(library, words=()))
    assert with_rows.rank("my novel is overdue")[0].score > without.rank("my novel is overdue")[0].score
    assert best(with_rows, "what does a late paper back cost") == "fees"
    assert with_rows.rank("What does a late paper back cost?")[0].score == 100


def test_a_misspelt_word_of_a_row_is_understood(library: Knowledge) -> None:
    assert Matcher(library).rank("late novvel cost")[0].entry.id == "fees"


def test_phrases_that_begin_alike_are_told_apart() -> None:
    parts = ("a", "big", "red", "old", "new")
    phrases = [" ".join([word, *parts[:size]]) for word in ("ship", "boat", "raft", "canoe") for size in range(1, 6)]
    entry = Entry("afloat", (Phrasing("How much is a sailing ship?"),), "A lot.")
    matcher = Matcher(Knowledge((entry,), tuple((f"sailing {phrase}", phrase) for phrase in phrases)))
    for phrase in phrases:
        assert matcher.replaced(f"my {phrase}, sir") == [(phrase, f"sailing {phrase}")]
        assert matcher.canonical(f"my {phrase}, sir") == ("my", "sailing", *phrase.split(), "sir")
    assert matcher.replaced("the boat or a big ship") == []


@pytest.mark.parametrize("typed", ["a charley horse at night", "leg spasms", "leg cramp"])
def test_a_word_of_one_row_is_understood_in_the_first_of_another(typed: str) -> None:
    entries = (Entry.of("Why do I get a charley horse?", "?", id="leg"), Entry.of("What is a cramp?", "?", id="cramp"))
    assert best(Matcher(Knowledge(entries, (("leg spasm", "charley horse"), ("cramp", "spasm")))), typed) == "leg"


def test_a_misspelt_word_of_a_phrase_is_understood(library: Knowledge) -> None:
    matcher = Matcher(dataclasses.replace(library, words=(*library.words, ("shelf", "papers tray"))))
    assert matcher.canonical("a late papper back") == ("a", "late", "book")
    assert matcher.canonical("a late paper") == ("a", "late", "paper")


def test_an_unknown_word_lowers_the_score(matcher: Matcher) -> None:
    assert matcher.rank("library card")[0].score > matcher.rank("library xylophone card")[0].score


def test_reading_tells_what_each_word_may_stand_for(matcher: Matcher) -> None:
    read = {reading.feature: reading for reading in matcher.read("libary xylophone library")}
    assert (read["libary"].similar[0].feature, read["libary"].similar[0].relation) == ("library", "spelling")
    assert 0 < read["libary"].similar[0].strength < 1
    assert read["xylophone"].similar == ()
    assert read["xylophone"].weight > read["libary"].weight > read["library"].weight > 0


@pytest.mark.parametrize("typed", ["ix", "fo"])
def test_words_of_two_letters_are_no_misspellings(matcher: Matcher, typed: str) -> None:
    assert matcher.read(typed)[0].similar == ()


@pytest.mark.parametrize(("typed", "meant"), [("hte", "the"), ("fro", "for")])
def test_two_letters_of_a_short_word_may_be_swapped(matcher: Matcher, typed: str, meant: str) -> None:
    (reading,) = matcher.read(typed)
    assert [(near.feature, near.relation) for near in reading.similar] == [(meant, "spelling")]


def test_a_word_stands_for_the_twelve_that_it_is_spelt_most_like() -> None:
    (reading,) = Matcher.of([*(f"swimming{letter}" for letter in "abcdefghijkl"), "swimming"]).read("swimmming")
    strengths = [near.strength for near in reading.similar]
    assert (len(strengths), reading.similar[0].feature) == (12, "swimming")
    assert strengths == sorted(strengths, reverse=True)


@pytest.mark.parametrize(
    ("typed", "relation"), [("library card", "same"), ("libary card", "spelling"), ("library cardd", "spelling")]
)
def test_a_pair_of_words_is_as_certain_as_both_are(matcher: Matcher, typed: str, relation: str) -> None:
    *words, pair = matcher.read(typed)
    assert (pair.feature, pair.is_pair, pair.content, pair.thing) == (typed, True, 0, False)
    assert pair.weight > 0
    (near,) = pair.similar
    assert (near.feature, near.relation) == ("library card", relation)
    assert near.strength == min(word.similar[0].strength for word in words)


def test_the_order_of_words_tells_entries_apart() -> None:
    assert best(Matcher.of(["dog bites man", "man bites dog"]), "a man bites a dog") == "man bites dog"


def test_the_same_question_has_the_same_scores_in_every_matcher(library: Knowledge) -> None:
    question = "is the library open for late boks"
    assert Matcher(library).rank(question) == Matcher(library).rank(question)


def test_a_word_without_end_is_read_in_part(matcher: Matcher) -> None:
    (reading,) = matcher.read("x" * 1_000_000)
    assert len(reading.feature) == 40


def test_of_a_question_without_end_the_first_words_are_read(matcher: Matcher) -> None:
    typed = [f"w{number}x" for number in range(500)]
    assert [reading.feature for reading in matcher.read(" ".join(typed))] == typed[:400]


def test_a_number_alone_asks_nothing_unless_it_is_a_phrasing(library: Knowledge) -> None:
    hours = dataclasses.replace(library.entries[0], phrasings=(Phrasing("open 24 hours"), Phrasing("24/7")), related=())
    matcher = Matcher(Knowledge((hours,)))
    assert matcher.rank("24") == ()
    assert matcher.rank("24-7")[0].score == 100
    assert matcher.rank("24 hours")[0].score > 0


def test_a_single_entry_is_a_base(library: Knowledge) -> None:
    only = Knowledge((dataclasses.replace(library.entries[2]),))
    assert Matcher(only).rank("late book")[0].score > 0
    assert Matcher(Knowledge(())).rank("late book") == ()


@given(st.text(max_size=200))
def test_any_text_is_ranked(library: Knowledge, question: str) -> None:
    assert all(0 <= match.score <= 100 for match in Matcher(library).rank(question))


class Tickets:
    """A language in which one word is near in meaning to others, and few words are frequent."""

    def related(self, word: str) -> tuple[tuple[str, float], ...]:
        return (("card", 0.8), ("novel", 0.6), ("elsewhere", 0.9)) if word == "ticket" else ()

    def frequency(self, word: str) -> float:
        return 7.0 if word in ("a", "and") else 3.0

    def vector(self, _: str) -> tuple[int, ...]:
        return ()

    def names_a_thing(self, word: str) -> bool:
        return word in ("card", "zebra")


def test_a_word_that_is_near_in_meaning_is_understood(library: Knowledge) -> None:
    matcher = Matcher(library, Tickets())
    assert matcher.rank("ticket")[0].entry.id == "cards"
    assert Matcher(library).rank("ticket") == ()
    (reading,) = (reading for reading in matcher.read("ticket") if reading.feature == "ticket")
    assert [(likeness.feature, likeness.relation) for likeness in reading.similar] == [
        ("card", "meaning"),
        ("book", "meaning"),
    ]


def test_a_meaning_counts_less_than_the_word_itself(library: Knowledge) -> None:
    matcher = Matcher(library, Tickets())
    assert matcher.rank("a ticket")[0].score < matcher.rank("a card")[0].score


def test_a_word_is_known_as_the_first_of_its_row(library: Knowledge) -> None:
    (reading,) = Matcher(library).read("novel")
    assert (reading.feature, reading.similar[0].relation) == ("book", "same")


def test_the_lead_over_the_second_raises_the_score(library: Knowledge) -> None:
    matcher, lead = Matcher(library), "lead over the second"
    (clear,), torn = matcher.rank("overdue"), matcher.rank("overdue smoke")
    assert clear.score > torn[0].score
    share = (torn[0].score - torn[1].score) / torn[0].score
    assert matcher.odds("overdue smoke")[lead] == pytest.approx(share * matcher.odds("overdue")[lead])


def test_a_content_word_that_the_entry_lacks_lowers_the_score_more_than_a_common_one(library: Knowledge) -> None:
    matcher = Matcher(library, Tickets())
    assert matcher.rank("and overdue")[0].score > matcher.rank("zebra overdue")[0].score
    (common, number, rare) = (reading.content for reading in matcher.read("and 42 zebra") if not reading.is_pair)
    assert 0 < common == number < rare == 1
    missing = "a thing not covered"
    assert matcher.odds("zebra overdue")[missing] < 0 == matcher.odds("xylophone overdue")[missing]
    assert matcher.odds("a card")[missing] == 0
    assert Matcher(library).odds("zebra overdue")[missing] == 0


def test_a_word_of_the_language_is_rather_itself_than_a_slip(library: Knowledge) -> None:
    assert Matcher(library).read("boak")[0].similar[0].feature == "book"
    assert Matcher(library, Tickets()).read("boak")[0].similar == ()


def test_the_order_of_the_entries_changes_no_ranking(shipped: FaqBot) -> None:
    entries = list(shipped.knowledge.entries)
    random.Random(1).shuffle(entries)
    shuffled = FaqBot(Knowledge(tuple(entries), shipped.knowledge.words, shipped.knowledge.settings))
    for question in (
        "wot helps at nite",
        "is it safe with my water tablets",
        "my calf is hot and swollen",
        "zinc",
        "help",
    ):
        ranked = [
            [(match.entry.id, round(match.score, 6)) for match in bot.matcher.rank(question)]
            for bot in (shipped, shuffled)
        ]
        assert ranked[0] == ranked[1]


def test_words_of_the_other_side_of_the_border_count_against_the_best_match() -> None:
    hours = Entry("open", (Phrasing("when is the library open"), Phrasing("opening hours please")), "At 9.")
    others = tuple(
        Entry(name, (Phrasing(f"when is the {name} open"), Phrasing(f"where is the {name}")), "?", out_of_scope=True)
        for name in ("bakery", "chemist", "station")
    )
    border, part = Matcher(Knowledge((hours, *others))), "words of the other side"
    question = "opening hours where is the bakery chemist station"
    assert border.rank(question)[0].entry == hours
    for less_clear in (f"{question} when open", question.replace("bakery", "bakary")):
        assert border.odds(question)[part] < border.odds(less_clear)[part] < 0
    assert border.odds("opening hours please of the library")[part] == 0
    assert Matcher(Knowledge((hours,))).odds(question)[part] == 0
    assert border.odds("when open")[part] == 0  # half of the phrasings of either side hold these
    fire = Entry("fire", (Phrasing("fire in the station"),), "Leave.", urgent=True)
    assert Matcher(Knowledge((fire, *others))).odds("fire in the station now")[part] == 0


@pytest.mark.parametrize("shops", [["bakery"], ["bakery", "chemist", "station", "harbour"]])
def test_words_of_this_side_of_the_border_count_against_entries_beyond_it(shops: list[str]) -> None:
    library = Entry.of("when does the library open", "At 9.", also=["where is the library"], id="library")
    inside = [Entry.of(f"when does the {name} open", "?", id=name) for name in shops]
    beyond = [dataclasses.replace(entry, out_of_scope=True) for entry in inside]

    def shares(question: str) -> list[float]:
        """Return the score of the bakery as a share of that of the library, without and with a border between them."""
        rankings = (Matcher(Knowledge((library, *others))).rank(question) for others in (inside, beyond))
        scores = [{match.entry.id: match.score for match in ranking} for ranking in rankings]
        return [each["bakery"] / each["library"] for each in scores]

    without, with_border = shares("where is library bakery")
    assert with_border < without
    without, with_border = shares("when does bakery station harbour open")
    assert with_border == pytest.approx(without)


class Weather(Tickets):
    """A language that knows what some words add to the meaning of a text."""

    def vector(self, word: str) -> tuple[int, ...]:
        known = {"smoke": (9, 0, 0), "smell": (8, 1, 0), "overdue": (0, 9, 0), "fine": (0, 8, 1), "card": (0, 0, 9)}
        return known.get(word, (1, 1, 1) if word in ("i", "for", "a", "the") else ())


@pytest.mark.parametrize("question", ["i fire fine", "i fine there", "get the smoke", "i smell a card", "a fine card"])
def test_a_gist_neither_hides_danger_nor_raises_an_alarm(library: Knowledge, question: str) -> None:
    by_words, by_gist = Matcher(library, Tickets()), Matcher(library, Weather())
    assert best(by_gist, question) == best(by_words, question)
    of_words, of_gist = (matcher.odds(question) for matcher in (by_words, by_gist))
    assert (of_gist == pytest.approx(of_words)) == (best(by_gist, question) == "fire")


def test_the_gist_of_a_single_word_tells_no_more_than_the_word(library: Knowledge) -> None:
    by_words, by_gist = Matcher(library, Tickets()), Matcher(library, Weather())
    assert by_gist.odds("overdue") == pytest.approx(by_words.odds("overdue"))
    assert by_gist.odds("overdue fine") != pytest.approx(by_words.odds("overdue fine"))
    assert by_words.odds("overdue")["likeness as a whole"] > 0


def test_an_entry_is_as_like_without_a_phrasing_as_one_that_never_had_it() -> None:
    one = Entry.of("an overdue card", "?", id="one")
    two = Entry.of("I smell a card", "?", also=["an overdue card"], id="two")
    shares = []
    for language in (Tickets(), Weather()):
        matcher = Matcher(Knowledge((one, two, Entry.of("fine smoke", "?"))), language)
        scores = {match.entry.id: match.score for match in matcher.rank_without(two, two.phrasings[0])}
        shares.append(scores["two"] / scores["one"])
    assert shares[0] == pytest.approx(shares[1])


def test_the_longest_question_adds_up_for_the_entry_that_it_fits_and_for_no_other() -> None:
    typed = [f"w{number}x" for number in range(400)]
    other, last = (Entry(name, (Phrasing(f"w399x {name}"),), "No.") for name in ("other", "last"))
    matcher = Matcher(Knowledge((other, Entry("long", (Phrasing(" ".join(typed)),), "Yes."), last)))
    first, *rest = matcher.rank(" ".join(reversed(typed)))
    assert (first.entry.id, [match.entry.id for match in rest]) == ("long", ["other", "last"])
    assert all(match.score < 1 for match in rest)
