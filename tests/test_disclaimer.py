"""The disclaimer is in every reply, of every kind, in every format and front end."""

import io
import json
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prompt_toolkit.application import create_app_session
from prompt_toolkit.output.plain_text import PlainTextOutput

from bot import Conversation, FaqBot
from bot.cli import main
from bot.loading import shipped_folder
from bot.render import blocks, labelled, printable, to_markdown, to_text
from bot.terminal import plain, styled
from bot.terminal.commands import Chat
from bot.terminal.loop import Show

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
    "suggestions": "night and tablets",
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
        assert labelled(blocks(reply)[-1]) == f"Please note: {DISCLAIMER}"
        assert to_markdown([(question, reply)], SHIPPED.knowledge.settings).endswith(f"*{DISCLAIMER}*\n")
        for text in (to_text(reply), to_text(reply, width=width), to_text(reply, width=width, addresses=True)):
            assert " ".join(text.split()).endswith(" ".join(printable(DISCLAIMER).split()))


@given(QUESTIONS, st.sampled_from(["1", "the last one", "yes", "no", "more", "and for children?"]))
@example(ONE_OF_EACH_KIND["answer"], "more")
@example(ONE_OF_EACH_KIND["suggestions"], "no")
def test_every_reply_in_the_chat_has_it(question: str, then: str) -> None:
    talk = Chat(SHIPPED)
    for line in (question, then):
        shown = talk.respond(f"x{line}" if line.lstrip().startswith("/") else line)
        if shown and shown[-1].role != "chat":  # which is what a command says
            assert shown[-1].text == DISCLAIMER


@pytest.mark.parametrize("question", ONE_OF_EACH_KIND.values())
@pytest.mark.parametrize("show", [plain.show, styled.show_without_colour, styled.show_styled])
def test_every_front_end_of_the_chat_shows_it(question: str, show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    screen = io.StringIO()
    with create_app_session(output=PlainTextOutput(screen)):
        show(blocks(SHIPPED.ask(question)))
    shown = screen.getvalue() + capsys.readouterr().out
    assert " ".join(shown.split()).endswith(DISCLAIMER)


@pytest.mark.parametrize("question", ONE_OF_EACH_KIND.values())
@pytest.mark.parametrize("options", [[], ["--json"], ["--plain"]])
def test_every_format_of_ask_prints_it(question: str, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["ask", *options, question])
    assert DISCLAIMER in capsys.readouterr().out
