import re
from collections.abc import Sequence

import pytest

from bot import Entry, FaqBot, Knowledge, Phrasing, Policy, Settings
from bot.danger import Lookout
from bot.matching import Matcher
from bot.text import MOST_READ


def entry(name: str, *asked: str, **more: object) -> Entry:
    return Entry(name, tuple(Phrasing(text) for text in asked), "Do this.", **more)  # type: ignore[arg-type]  # more: as given


FIRE = entry(
    "fire",
    "There is a fire!",
    "no way out",
    urgent=True,
    signs=(
        (("smoke", "flames"), ("stairs", "corridor")),
        (("alarm bell",),),
        (("no way out",),),
        (("mayday mayday",),),
    ),
)
FLOOD = entry(
    "flood",
    "There is water in the cellar",
    urgent=True,
    signs=((("water", "flood"), ("cellar",)),),
    harmless=("flood of visitors", "flood of visitors to the zoo", "1.5 litres of water"),
)
HOURS = entry("hours", "When is the library open?", "is the corridor open")
BASE = Knowledge((FIRE, FLOOD, HOURS), (("corridor", "hallway"),), Settings())


@pytest.fixture(scope="module")
def lookout() -> Lookout:
    return Lookout(BASE, Matcher(BASE))


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("smoke on the stairs", {"fire": [("smoke", "stairs")]}),
        ("the STAIRS are full of smoke", {"fire": [("smoke", "stairs")]}),
        ("smokee in the coridor", {"fire": [("smoke", "corridor")]}),
        ("flames in the hallway", {"fire": [("flames", "corridor")]}),
        ("smoke", {}),
        ("the alarm rings, and the bell", {}),
        ("the alarm rang a bell", {"fire": [("alarm bell",)]}),
        ("bell alarm", {}),
        ("flood in the cellar, smoke on the stairs", {"fire": [("smoke", "stairs")], "flood": [("flood", "cellar")]}),
        ("poke on the chairs", {}),
        ("food in the cellar", {}),
        ("mayday", {}),
        ("mayday, mayday", {"fire": [("mayday mayday",)]}),
        (f"smoke {'and dust ' * 20} on the stairs", {}),
        (f"stairs {'and dust ' * 20} full of smoke", {}),
        ("", {}),
    ],
)
def test_a_row_of_signs_needs_a_piece_of_each_cell(
    lookout: Lookout, message: str, found: dict[str, Sequence[Sequence[str]]]
) -> None:
    assert lookout.signs(message) == found


@pytest.mark.parametrize(
    ("message", "present"),
    [
        ("No smoke, fire or heat, just steam", "just steam"),
        ("No smoke, heat. Flames or fire", "heat flames or fire"),
        ("There is no smoke but the alarm rings", "there is the alarm rings"),
        ("Neither smoke, any heat nor fire", ""),
        ("no way out", "no way out"),
        ("I haven't seen flames. Is it open?", "i is it open"),
        ("we had a fire in 2015, all fine now", "all fine now"),
        ("we had a fire years ago and now smoke again", "we had a fire years ago and now smoke again"),
        ("a fire last year, it smells the same today", "a fire last year it smells the same today"),
        ("a fire last year. When is the library open", "when is the library open"),
        ("can't get out", "cant get out"),
        ("what happens if you see smoke, is it open", "is it open"),
        ("can you help, I see smoke", "can you help i see smoke"),
        ("can people get out of the smoke", ""),
        ("can you get my mum out of the smoke", "can you get my mum out of the smoke"),
        ("I took 2000 mg", "i took 2000 mg"),
        ("not sure, smoke on the stairs", "not sure smoke on the stairs"),
        ("no relief from smoke", "no relief from smoke"),
        ("I haven't been able to see for smoke", "i havent been able to see for smoke"),
        ("there has never been smoke", "there has"),
        ("I have not been feeling the smoke", "i have"),
        ("smoke began when I was driving", "smoke began when i was driving"),
        ("do you have any advice, he is in the smoke", "he is in the smoke"),
        ("3.5 kg", "3.5 kg"),
        ("A flood of Visitors in the cellar", "a in the cellar"),
        ("there was a fire in the nineties. Is it open", "is it open"),
        ("in the film there is smoke, and the stairs burn. Is it open", "is it open"),
        ("our dog fell into the flames, is it open", "is it open"),
        ("my dog bit me near the flames", "my dog bit me near the flames"),
        ("a flod of vistors in the cellar", "a in the cellar"),
        ("a flood of visitors to the zoo in the cellar", "a in the cellar"),
        ("watter in the celar", "watter in the celar"),
        ("he was in a fire as a baby, he is 60 now", "he is 60 now"),
        ("", ""),
    ],
)
def test_what_is_denied_or_long_past_is_not_present(lookout: Lookout, message: str, present: str) -> None:
    assert lookout.present(message) == present


DENIALS = "no not never without nor neither none isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't"


@pytest.mark.parametrize("denial", DENIALS.split())
def test_every_word_that_denies_does_with_an_apostrophe_or_without(lookout: Lookout, denial: str) -> None:
    for spelling in (denial, denial.replace("'", "")):
        assert lookout.present(f"alarm {spelling} smoke") == "alarm"


HELP_DENIED = """\
not well, no better, not only, not just, no doubt, no matter, not eaten, not slept, not sleeping, don't know, not
knowing, not known, didn't stop, not stopped, didn't help, not helped, not helping, didn't work, not worked, not
working, not eased, didn't ease, not easing, doesn't relieve, not getting, not feeling, don't feel, didn't tell,
didn't ask, don't want"""


@pytest.mark.parametrize("saying", re.split(r",\s", HELP_DENIED))
def test_what_is_denied_of_help_or_of_oneself_denies_no_symptom(lookout: Lookout, saying: str) -> None:
    assert "smoke" in lookout.present(f"{saying} the smoke").split()


def test_the_danger_is_the_entry_whose_signs_stand_in_the_message(lookout: Lookout) -> None:
    message = "there is a flood of smoke in the corridor"
    danger = lookout.watch(message, Matcher(BASE).rank(message))
    assert danger
    assert (danger.match.entry.id, danger.signs) == ("fire", (("smoke", "corridor"),))


def test_the_score_is_that_of_what_is_present_and_never_more_than_that_of_the_whole(lookout: Lookout) -> None:
    def scores(message: str) -> tuple[float, float]:
        """Return the points that the danger has in the whole message, and its own."""
        matches = Matcher(BASE).rank(message)
        danger = lookout.watch(message, matches)
        assert danger
        return {match.entry.id: match.score for match in matches}.get(danger.match.entry.id, 0.0), danger.match.score

    whole, present = scores("Is the corridor open, as there is no water in the cellar")
    assert 0 < present < whole
    whole, present = scores("No books. There is a fire!")
    assert 0 < present == whole < 100
    assert scores(f"{'never ' * 400}. There is a fire!") == (0, 0)  # the matcher reads no further


def test_without_a_word_of_an_urgent_entry_there_is_no_danger(lookout: Lookout) -> None:
    assert lookout.watch("opening hours", Matcher(BASE).rank("opening hours")) is None


def test_signs_bring_a_message_over_the_threshold() -> None:
    bot = FaqBot(BASE, Policy(urgent_from=40))
    assert bot.ask("is the hallway open, I ask as I see smoke and a fire").kind == "urgent"
    assert bot.ask("is the hallway open, I see no smoke and no fire").kind != "urgent"


def test_a_base_without_urgent_entries_has_no_danger() -> None:
    calm = Knowledge((HOURS,), (), Settings())
    assert Lookout(calm, Matcher(calm)).watch("smoke on the stairs", ()) is None


@pytest.mark.parametrize("signs", [((("!",),),), ((),), (((),),)])
def test_a_sign_without_words_is_refused(signs: tuple[tuple[tuple[str, ...], ...], ...]) -> None:
    with pytest.raises(ValueError, match="a sign without words"):
        entry("fire", "fire", urgent=True, signs=signs)


def test_signs_are_found_at_the_end_of_a_long_message(lookout: Lookout) -> None:
    assert lookout.signs(f"{'the books are dull ' * 300} smoke on the stairs") == {"fire": [("smoke", "stairs")]}
    assert "fire" in lookout.signs(lookout.present(f"{'the books are dull. ' * 3000} smoke on the stairs"))


def test_signs_are_found_wherever_they_stand_in_a_long_message(lookout: Lookout) -> None:
    for before in range(240, 360, 3):
        message = f"{'dull ' * before} smoke on the stairs {'dull ' * 300}"
        assert lookout.signs(message) == {"fire": [("smoke", "stairs")]}, before


def test_signs_count_even_where_no_word_is_in_a_phrasing() -> None:
    lift = entry("lift", "Trapped in the lift", urgent=True, signs=((("smell gas",),),))
    reply = FaqBot(Knowledge((lift, HOURS), (), Settings())).ask("I smell gas").to_dict()
    assert (reply["kind"], reply["matched"], reply["score"]) == ("urgent", "Trapped in the lift", 0)


def test_so_many_milligrams_are_not_so_many_tablets() -> None:
    dose = entry("dose", "Too many at once", urgent=True, signs=((("took",), ("20 tablets",)),))
    lookout = Lookout(base := Knowledge((dose, HOURS)), Matcher(base))
    assert lookout.signs("i took about 20 small tablets") == {"dose": [("took", "20 tablets")]}
    assert lookout.signs("i took two 20 mg tablets") == {}


@pytest.mark.parametrize(
    "message", ["." * 50_000 + "x", "a, " * 20_000, "in 2010, " * 5_000, "no " * 20_000, " - " * 20_000]
)
def test_a_message_made_to_take_long_is_read_to_the_end(lookout: Lookout, message: str) -> None:
    assert len(lookout.present(message)) <= MOST_READ + 1


def test_a_harmless_phrase_is_taken_to_the_letter(lookout: Lookout) -> None:
    assert lookout.signs(lookout.present("1.5 litres of water in the cellar")) == {}
    assert lookout.signs(lookout.present("1 5 litres of water in the cellar")) != {}
