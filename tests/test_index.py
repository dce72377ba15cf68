import math
import pickle
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest

from bot import Entry, Knowledge, Matcher, Phrasing
from bot.index import BACKGROUND, LIKELIHOOD_SHARE, PAIR_WEIGHT, PHRASING_SHARE, Index, Likeness, Reading


def features(text: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*text, *map(" ".join, pairwise(text))]))


class Plain:
    """The fit of an entry as it is defined, worked out the slow way."""

    def __init__(self, index: Index, texts: Sequence[Sequence[Sequence[str]]]) -> None:
        self.index = index
        self.phrasings = [[Counter(features(text)) for text in group] for group in texts]
        self.entries = [sum(group, Counter[str]()) for group in self.phrasings]
        self.sizes = [entry.total() for entry in self.entries]
        self.background: defaultdict[str, float] = defaultdict(float)
        for entry, size in zip(self.entries, self.sizes, strict=True):
            for feature, count in entry.items():
                self.background[feature] += count / size / len(texts)

    def fit(self, read: Sequence[Reading], number: int, hidden: int | None, *, close: bool) -> float:
        """Return the fit to a question of an entry without a phrasing that is hidden; the nearest counts if close."""
        kept = [phrasing for at, phrasing in enumerate(self.phrasings[number]) if at != hidden]
        entry = sum(kept, Counter[str]())
        covered = total = likelihood = 0.0
        for reading in read:
            here = sum(near.strength * entry[near.feature] for near in reading.similar) / self.sizes[number]
            anywhere = sum(near.strength * self.background[near.feature] for near in reading.similar)
            likelihood += (PAIR_WEIGHT if reading.is_pair else 1) * math.log1p(BACKGROUND * here / anywhere)
            if not reading.is_pair:
                total += reading.weight
                covered += reading.weight * max(near.strength * (near.feature in entry) for near in reading.similar)
        nearest = max(self.cosine(read, phrasing) for phrasing in kept) if close else 0
        joined = PHRASING_SHARE * nearest + (1 - PHRASING_SHARE) * self.cosine(read, entry)
        return joined * math.sqrt(covered / total) * math.exp(LIKELIHOOD_SHARE * likelihood)

    def cosine(self, read: Sequence[Reading], vector: Mapping[str, int]) -> float:
        """Return the cosine of the question and a vector, each reading as the likeness that gives most."""
        weighed = {feature: self.index.weight(feature) * count for feature, count in vector.items()}
        product = sum(
            reading.weight * max(near.strength * weighed.get(near.feature, 0) for near in reading.similar)
            for reading in read
        )
        return product / math.hypot(*weighed.values()) / math.hypot(*(reading.weight for reading in read))


def reading(feature: str, words: Sequence[str], draw: random.Random) -> Reading:
    """Return a reading of a feature that may, if it is a word, stand for two others, too."""
    others = [word for word in draw.sample(words, 0 if " " in feature else 2) if word != feature]
    likeness = [Likeness(other, draw.uniform(0.1, 0.9), "meaning") for other in others]
    similar = (Likeness(feature, 1.0, "same"), *sorted(likeness, key=lambda near: -near.strength))
    return Reading(feature, draw.uniform(1, 4), 1.0, thing=False, similar=similar)


@pytest.mark.parametrize("size", [120, 610])  # of a large base not all entries are looked at
def test_what_is_worked_out_fast_is_what_is_defined(size: int) -> None:
    draw = random.Random(size)
    vocabulary = [f"w{number}" for number in range(2 * size)]
    groups = [[draw.sample(vocabulary, draw.randint(2, 5)) for _ in range(4)] for _ in range(size)]
    texts = [[[*group[0][:2], *text] if draw.random() < 0.6 else text for text in group] for group in groups]
    index = Index(texts)
    plain, kept = Plain(index, texts), index
    for _ in range(2):  # what was kept can be kept again
        kept = pickle.loads(pickle.dumps(kept))  # noqa: S301 # our own
    for number in range(10):
        place = draw.randrange(4)
        read = [reading(feature, sorted(index.words), draw) for feature in features(texts[number][place])]
        cosines = {at: plain.cosine(read, entry) for at, entry in enumerate(plain.entries)}
        known = sorted((at for at, cosine in cosines.items() if cosine), key=lambda at: -cosines[at])
        best = known[: len(index.compare([*map(index.clue, read)]))]
        assert len(best) == len(known) or len(best) > 12
        for without in (None, (number, place)):
            fits = index.compare([*map(index.clue, read)], without)
            assert kept.compare([*map(kept.clue, read)], without) == fits
            assert fits.keys() | {number} == set(best)
            wholes: dict[bool, list[float]] = {True: [], False: []}
            for entry in best:
                fit, nearest = fits.get(entry, (0, []))
                hidden = place if without and entry == number else None
                assert fit == pytest.approx(plain.fit(read, entry, hidden, close=bool(nearest)), rel=1e-3)
                wholes[bool(nearest)].append(plain.fit(read, entry, hidden, close=False))
                near = [plain.cosine(read, phrasing) for phrasing in plain.phrasings[entry]]
                assert [near[at] for at in nearest] == pytest.approx(sorted((near[at] for at in nearest), reverse=True))
                assert hidden not in nearest
                assert all(near[at] for at in nearest)
            assert 0 < len(wholes[True]) <= 6
            assert min(wholes[True]) > max(wholes[False])


def test_a_word_weighs_the_more_the_fewer_entries_it_points_to() -> None:
    index = Index([[("open", "late"), ("open", "today")], [("open", "card")], [("late", "card")]])
    assert list(index.words) == ["open", "late", "today", "card"]
    assert index.weight("today") == index.most == math.log(4)
    assert index.weight("open") == pytest.approx(math.log(4) - math.log(2))  # in all phrasings of two entries
    assert index.weight("open") < index.weight("late") < index.most  # in half of one entry, and all of another
    assert index.weight("open today") == pytest.approx(PAIR_WEIGHT * index.most)
    assert index.weight("elsewhere") == 0


def test_what_an_entry_does_not_cover_is_told() -> None:
    index = Index([[("open", "door")], [("shut",)]])

    def read_as(typed: str, content: float, *, thing: bool = False, **similar: float) -> Reading:
        likeness = tuple(Likeness(word, strength, "spelling") for word, strength in similar.items())
        return Reading(typed, 1.0, content, thing, likeness)

    opens, opening = read_as("opens", 1.0, open=0.5, shut=0.3), read_as("opening", 0.9, thing=True, open=0.8)
    read = [opens, read_as("zoo", 0.6, thing=True), opening]
    assert index.share_of_content(read, 0) == pytest.approx((0.5 + 0.9 * 0.8) / 2.5)
    assert index.share_of_content(read, 1) == pytest.approx(0.3 / 2.5)
    assert index.worst_thing(read, 0) == pytest.approx(0.6)
    assert index.worst_thing([opens, opening], 0) == pytest.approx(0.9 * (1 - 0.8**2))
    assert index.worst_thing(read, 1) == pytest.approx(0.9)
    assert index.worst_thing([opens], 0) == 0


def test_in_a_large_base_the_words_that_tell_most_decide_which_entries_are_looked_at() -> None:
    names = [f"z{number}" for number in range(700)]
    asked = {name: [f"common usual {name}"] for name in names} | {"most": ["common ground", "common sense"]}
    entries = (Entry(name, tuple(map(Phrasing, texts)), "Yes.") for name, texts in asked.items())
    matcher = Matcher(Knowledge(tuple(entries)))
    assert matcher.rank("z698 usual common")[0].entry.id == "z698"
    ranked = [match.entry.id for match in matcher.rank("common")]
    assert ranked == ["most", *names][: len(ranked)]  # equal ones in the order of the base
    assert len(ranked) > 12
