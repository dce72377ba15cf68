"""The disclaimer is in every reply, of every kind, in every format and front end."""

import json
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import Conversation, FaqBot
from bot.loading import shipped_folder
from bot.render import blocks, printable, to_text
from bot.terminal import write_plain

SHIPPED = FaqBot.load(shipped_folder())
WORDS = sorted(
    set(
        chain.from_iterable(
            phrasing.text.split() for entry in SHIPPED.knowledge.entries for phrasing in entry.phrasings
        )
    )
)
DISCLAIMER = SHIPPED.knowledge.settings.disclaimer
# Words of the base in any order give replies of every kind; any text at all gives what nobody thought of.
QUESTIONS = st.one_of(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), st.text(max_size=80))
ONE_OF_EACH_KIND = {
    "answer": "is magnesium glycinate safe",
    "urgent": "my left calf is swollen, hot and red",
    "suggestions": "cramps and tablets",
    "none": "how do I reset my router",
}


def test_there_is_one_of_each_kind() -> None:
    assert {kind: SHIPPED.ask(question).kind for kind, question in ONE_OF_EACH_KIND.items()} == {
        kind: kind for kind in ONE_OF_EACH_KIND
    }


@given(QUESTIONS, st.integers(1, 120))
@example(ONE_OF_EACH_KIND["answer"], 40)
@example(ONE_OF_EACH_KIND["urgent"], 40)
@example(ONE_OF_EACH_KIND["suggestions"], 40)
@example(ONE_OF_EACH_KIND["none"], 40)
@example("¿me duelen las piernas por la noche?", 40)
def test_every_format_has_it(question: str, width: int) -> None:
    for reply in (SHIPPED.ask(question), Conversation(SHIPPED).send(question)):
        assert reply.disclaimer == DISCLAIMER
        assert json.loads(json.dumps(reply.to_dict(top=3)))["disclaimer"] == DISCLAIMER
        assert blocks(reply)[-1].text == DISCLAIMER
        for text in (to_text(reply), to_text(reply, width=width), to_text(reply, width=width, addresses=True)):
            assert " ".join(text.split()).endswith(" ".join(printable(DISCLAIMER).split()))


@pytest.mark.parametrize("question", ONE_OF_EACH_KIND.values())
def test_the_chat_shows_it(question: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_plain(blocks(SHIPPED.ask(question)))
    assert DISCLAIMER.split()[-1] in capsys.readouterr().out.split()[-1]
