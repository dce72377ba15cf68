import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pexpect
import pyte
import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot import FaqBot, Knowledge
from bot.render import Block
from bot.terminal import Chat, run

WORST_SECONDS = 30  # no figure for speed: a chat that hangs must not hang the tests


def typed(bot: FaqBot, keys: str) -> list[list[Block]]:
    """Return what a chat shows for these keys: first the greeting, then a list a line."""
    shown: list[list[Block]] = []

    def write(parts: Iterable[Block]) -> None:
        shown.append(list(parts))

    with create_pipe_input() as keyboard:
        keyboard.send_text(keys)
        assert run(bot, session=PromptSession(input=keyboard, output=DummyOutput()), write=write) == 0
    return shown


def texts(shown: Iterable[Iterable[Block]]) -> str:
    return "\n".join(part.text for parts in shown for part in parts)


@pytest.fixture(scope="module")
def bot(library: Knowledge) -> FaqBot:
    return FaqBot(library)


def test_the_greeting_is_at_most_three_lines(bot: FaqBot) -> None:
    assert typed(bot, "\x04") == [[Block("body", "Hello.\nAsk.\nBriefly.")]]


def test_a_question_is_answered_and_ctrl_d_leaves(bot: FaqBot) -> None:
    assert "At the desk." in texts(typed(bot, "join the library\r\x04"))


def test_ctrl_c_drops_the_line(bot: FaqBot) -> None:
    shown = typed(bot, "join the lib\x03opening hours\r\x04")
    assert "At the desk." not in texts(shown)
    assert "From 9 to 17." in texts(shown)


@pytest.mark.parametrize("word", ["/quit", "quit", "EXIT", " exit "])
def test_words_that_leave(bot: FaqBot, word: str) -> None:
    shown = typed(bot, f"{word}\ropening hours\r\x04")
    assert texts(shown[1:]) == "Goodbye."


def test_a_blank_line_says_nothing(bot: FaqBot) -> None:
    assert typed(bot, "  \r\x04")[1:] == [[]]


def test_a_number_picks_what_was_offered(bot: FaqBot) -> None:
    assert "At the desk." in texts(typed(bot, "opening hours\r1\r\x04"))


def test_a_paste_of_several_lines_is_one_question(bot: FaqBot) -> None:
    shown = typed(bot, "\x1b[200~join\nthe library\x1b[201~\r\x04")
    assert len(shown) == 2
    assert "At the desk." in texts(shown)


def test_help_lists_every_command_and_topics_every_question(bot: FaqBot) -> None:
    shown = texts(typed(bot, "/help\r/topics\r\x04"))
    for command in ("/help", "/topics", "/sources", "/why", "/quit"):
        assert command in shown
    assert "When is the library open?" in shown


def test_an_unknown_command_names_the_nearest_and_is_never_a_question(bot: FaqBot) -> None:
    assert texts(typed(bot, "/hlep\r\x04")[1:]) == "Unknown command /hlep. Did you mean /help?"
    assert texts(typed(bot, "/zzz\r\x04")[1:]) == "Unknown command /zzz. Type /help for the commands."


def test_sources_are_shown_with_addresses(bot: FaqBot) -> None:
    chat = Chat(bot)
    assert "no answer yet" in texts([chat.respond("/sources")])
    chat.respond("opening hours")
    assert "names no source" in texts([chat.respond("/sources")])
    chat.respond("join the library")
    assert "https://library.example/rules" in texts([chat.respond("/sources")])


def test_why_explains_the_last_reply(bot: FaqBot) -> None:
    chat = Chat(bot)
    assert texts([chat.respond("/why")]) == "Ask something first."
    chat.respond("opening hours")
    assert "hours scores 100.0" in texts([chat.respond("/why")])
    chat.respond("1")
    assert "cards scores 100.0" in texts([chat.respond("/why")])


class Screen:
    """A real terminal with magbot in it."""

    def __init__(self, columns: int, *arguments: str, **environment: str) -> None:
        self._screen = pyte.Screen(columns, 200)
        self._stream = pyte.ByteStream(self._screen)
        settings: Any = {**os.environ, "TERM": "xterm", "NO_COLOR": "", **environment}
        command = ["-m", "bot", *arguments]
        # Any: the stubs say that it reads str, though it reads bytes without an encoding.
        self.process: Any = pexpect.spawn(
            sys.executable, command, env=settings, dimensions=(200, columns), timeout=WORST_SECONDS
        )
        self.bytes = b""

    def wait(self, text: str) -> None:
        """Read until the screen shows a text."""
        while text not in self.text:
            self._read(self.process.read_nonblocking(4096, WORST_SECONDS))

    def type(self, keys: str) -> None:
        self.process.send(keys)

    def leave(self) -> int:
        """Type Ctrl-D and return the exit code."""
        self.type("\x04")
        return self.ended()

    def ended(self) -> int:
        try:
            while True:
                self._read(self.process.read_nonblocking(4096, WORST_SECONDS))
        except pexpect.EOF:
            self.process.wait()
        status: int = self.process.exitstatus if self.process.exitstatus is not None else -self.process.signalstatus
        return status

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def _read(self, received: bytes) -> None:
        self.bytes += received
        self._stream.feed(received)


@pytest.fixture
def open_screen() -> Iterator[Callable[..., Screen]]:
    """Opens terminals that are closed after the test."""
    opened: list[Screen] = []

    def open_one(columns: int, *arguments: str, **environment: str) -> Screen:
        opened.append(Screen(columns, *arguments, **environment))
        return opened[-1]

    yield open_one
    for screen in opened:
        screen.process.close(force=True)


@pytest.mark.parametrize("columns", [40, 80])
def test_the_real_chat_answers_within_the_window(open_screen: Callable[..., Screen], columns: int) -> None:
    screen = open_screen(columns)
    screen.wait("/quit leaves.")
    screen.type("how much shoud i take a nite\r")
    screen.wait("1. How much magnesium is too much?")
    screen.type("my left calf is swollen red and hot\r")
    screen.wait("URGENT")
    screen.wait("whether it is a clot.")
    assert screen.leave() == 0
    assert all(len(line) <= columns for line in screen.lines)
    assert b"\x1b[6n" not in screen.bytes  # no question that the terminal may not answer
    assert b"\x1b[0;31;1mURGENT" in screen.bytes


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"TERM": ""}, {"TERM": "unknown"}])
def test_a_dumb_terminal_gets_not_one_escape_byte(
    open_screen: Callable[..., Screen], environment: dict[str, str]
) -> None:
    screen = open_screen(80, **environment)
    screen.wait("\n>")
    screen.type("what are leg cramps\n")
    screen.wait("any medicine, ask a doctor or pharmacist.")
    assert screen.leave() == 0
    assert b"\x1b" not in screen.bytes


def test_plain_is_for_every_terminal(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(80, "--plain")
    screen.wait("\n>")
    screen.type("what are leg cramps\n")
    screen.wait("any medicine, ask a doctor or pharmacist.")
    screen.type("abc\x03")
    screen.wait("^C\n>")
    screen.type("quit\n")
    assert screen.ended() == 0
    assert b"\x1b" not in screen.bytes


@pytest.mark.parametrize(("arguments", "environment"), [(["--no-color"], {}), ([], {"NO_COLOR": "1"})])
def test_no_colours_where_none_are_wanted(
    open_screen: Callable[..., Screen], arguments: list[str], environment: dict[str, str]
) -> None:
    screen = open_screen(80, *arguments, **environment)
    screen.wait("\n>")
    screen.type("my left calf is swollen red and hot\r")
    screen.wait("whether it is a clot.")
    assert screen.leave() == 0
    assert b"\x1b[0;31" not in screen.bytes
    assert b"\x1b[31" not in screen.bytes
    assert b";1m" not in screen.bytes


def test_sigterm_ends_the_chat(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(80)
    screen.wait("\n>")
    screen.process.kill(signal.SIGTERM)
    assert screen.ended() == -signal.SIGTERM
