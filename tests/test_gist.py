import math
import random

import pytest

from bot.gist import Gists

VECTORS = {"raise": (5, 1, 0), "lift": (4, 2, 0), "limit": (0, 6, 1), "ceiling": (1, 5, 2), "pay": (0, 1, 7)}
TEXTS: list[list[tuple[str, ...]]] = [
    [("raise", "limit"), ("more", "limit")],
    [("pay",), ("pay", "limit")],
    [("unheard", "of"), ("raise", "pay")],
]


def of(*words: str) -> list[tuple[int, ...]]:
    return [VECTORS[word] for word in words]


@pytest.fixture
def gists() -> Gists:
    return Gists(TEXTS, lambda word: VECTORS.get(word, ()))


def test_the_entry_that_means_the_same_in_other_words_is_the_likest(gists: Gists) -> None:
    likeness = [gists.likeness(gists.of(of("lift", "ceiling")), number, (0, 1)) for number in range(3)]
    assert likeness.index(max(likeness)) == 0
    assert all(-1 <= value <= 1 for value in likeness)


def test_the_very_words_of_a_lone_phrasing_are_as_like_as_can_be() -> None:
    alone = Gists([[("raise", "limit")], [("pay",)]], lambda word: VECTORS.get(word, ()))
    assert alone.likeness(alone.of(of("raise", "limit")), 0, [0]) == pytest.approx(1, abs=0.01)
    poles = Gists([[("raise",)], [("pay",)]], lambda word: (1,) if word == "raise" else (-1,))
    assert poles.likeness(poles.of([(1,)]), 0, [0]) == 1


def test_the_only_entry_of_a_base_has_nothing_in_common_with_others() -> None:
    lone = Gists([[("raise",)]], lambda _: (5, 1, 0))
    assert lone.likeness(lone.of(of("lift")), 0, [0]) > 0.9
    assert lone.likeness(lone.of(of("pay")), 0, [0]) < 0.1


def test_only_the_phrasings_named_are_looked_at(gists: Gists) -> None:
    gist = gists.of(of("pay"))
    assert gists.likeness(gist, 1, [0]) > gists.likeness(gist, 1, [1]) > gists.likeness(gist, 1, [])


def test_a_phrasing_left_out_leaves_the_others(gists: Gists) -> None:
    gist = gists.of(of("raise", "limit"))
    assert gists.likeness(gist, 0, [], without=0) < gists.likeness(gist, 0, [])
    assert gists.likeness(gist, 2, [], without=0) == pytest.approx(gists.likeness(gist, 2, []))


def test_words_of_which_nothing_is_known_mean_nothing(gists: Gists) -> None:
    assert gists.likeness(gists.of([]), 0, [0]) == 0
    assert Gists(TEXTS, lambda _: ()).likeness((), 0, [0]) == 0
    assert Gists([], lambda _: ()).of([]) == []


def test_a_phrasing_that_says_only_what_all_say_keeps_its_place() -> None:
    vectors = {"all": (1, 0), "one": (1, 1), "other": (1, -1)}
    alike = Gists([[("all",), ("one",), ("other",)], [("all",)]], vectors.__getitem__)
    assert alike.of([vectors["all"]]) == [0, 0]
    one = alike.of([vectors["one"]])
    nowhere = alike.likeness(one, 0, [])
    assert [alike.likeness(one, 0, [at]) - nowhere for at in range(3)] == pytest.approx([0, 0.5, 0], abs=0.01)


def test_the_order_of_the_entries_changes_nothing() -> None:
    draw = random.Random(1)
    words = [f"w{number}" for number in range(40)]
    vectors = {word: [draw.uniform(-9, 9) for _ in range(8)] for word in words}
    texts = [[draw.choices(words, k=6) for _ in range(5)] for _ in range(30)]
    gist_of = [vectors[word] for word in words[:4]]
    one, two = (Gists(order, lambda word: vectors[word]) for order in (texts, texts[::-1]))
    forth = [one.likeness(one.of(gist_of), number, (0, 3)) for number in range(30)]
    back = [two.likeness(two.of(gist_of), number, (0, 3)) for number in range(30)]
    assert forth == back[::-1]
    assert len(set(forth)) == 30
    assert not any(map(math.isnan, forth))
