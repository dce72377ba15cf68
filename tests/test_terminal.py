import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot import FaqBot, Knowledge
from bot.loading import shipped_folder
from bot.render import Block
from bot.terminal import styled
from bot.terminal.commands import MOST_CHARACTERS, Chat
from bot.terminal.history import MOST_KEPT, Questions
from bot.terminal.loop import converse

WORST_SECONDS = 30  # no figure for speed: a chat that hangs must not hang the tests
ENTRY = "entries:\n  - question: Is it open?\n    answer: {answer}\n"


def typed(bot: FaqBot, keys: str, *, code: int = 0) -> list[list[Block]]:
    """Return what a chat shows for these keys: first the greeting, then a list a line."""
    shown: list[list[Block]] = []

    def show(parts: Iterable[Block]) -> None:
        shown.append(list(parts))

    talk = Chat(bot)
    with create_pipe_input() as keyboard:
        keyboard.send_text(keys)
        session = styled.make_session(talk, InMemoryHistory(), menu=True, input=keyboard, output=DummyOutput())
        assert converse(talk, lambda: styled.read(session), show) == code
    return shown


def texts(shown: Iterable[Iterable[Block]]) -> str:
    return "\n".join(part.text for parts in shown for part in parts)


@pytest.fixture(scope="module")
def bot(library: Knowledge) -> FaqBot:
    return FaqBot(library)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "Yes.")
    return tmp_path


def write(folder: Path, answer: str) -> None:
    (folder / "a.yaml").write_text(ENTRY.format(answer=answer), encoding="utf-8")


def test_the_greeting_is_at_most_three_lines(bot: FaqBot) -> None:
    assert typed(bot, "\x04") == [[Block("chat", "Hello.\nAsk.\nBriefly.")]]


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
    for command in ("/help", "/topics", "/sources", "/why", "/save FILE", "/reload", "/quit"):
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


def test_ctrl_c_twice_leaves_and_once_does_not(bot: FaqBot) -> None:
    assert "Ctrl-C again" in texts(typed(bot, "\x03\x03", code=130))
    shown = typed(bot, "join\x03opening hours\x03\x04")
    assert len(shown) == 2  # the greeting and the hint, which comes once
    assert "From 9 to 17." in texts(typed(bot, "\x03opening hours\r\x03\x04"))


def test_words_pick_what_was_offered(bot: FaqBot) -> None:
    assert "At the desk." in texts(typed(bot, "opening hours\rthe first one\r\x04"))


def test_whole_questions_are_proposed_from_three_characters_on(bot: FaqBot) -> None:
    talk = Chat(bot)
    assert talk.propose("li") == []
    assert talk.propose("lib") == ["When is the library open?", "How do I get a library card?"]
    assert talk.propose("library c")[0] == "How do I get a library card?"
    assert talk.propose("a libary crad")[0] == "How do I get a library card?"
    assert "When is the library open?" not in talk.propose("When is the library open?")
    assert talk.propose("c", wanted=True) == ["How do I get a library card?", "What does a late book cost?"]
    assert len(talk.propose("", wanted=True)) == 3  # nobody is frightened by a menu
    assert talk.propose("there is a fi") == ["There is a fire!"]
    assert talk.propose(" /he") == talk.propose("/hlep") == ["/help"]
    assert talk.propose("/s") == ["/sources", "/save"]
    assert talk.propose("/x") == []


def test_a_very_long_question_is_cut_with_a_notice_unless_it_holds_danger(bot: FaqBot) -> None:
    talk = Chat(bot)
    long = "opening hours " * MOST_CHARACTERS
    notice, *reply = talk.respond(long)
    assert (notice.role, notice.text) == ("notice", "That is long. I read the first 1,000 characters.")
    assert "From 9 to 17." in texts([reply])
    assert "Leave now." in texts([talk.respond(f"{long} there is a fire")])
    assert all(part.role != "notice" for part in talk.respond("opening hours"))


def test_a_talk_is_saved_with_its_sources_and_never_over_a_file_unasked(bot: FaqBot, tmp_path: Path) -> None:
    talk, file = Chat(bot), tmp_path / "talk.md"
    assert "nothing to save" in texts([talk.respond(f"/save {file}")])
    talk.respond("fine for over*due* books")
    talk.respond("join the library")
    assert texts([talk.respond("/save")]) == "Name a file, as in /save talk.md"
    assert texts([talk.respond(f"/save {file}")]) == f"Saved to {file}."
    saved = file.read_text(encoding="utf-8")
    assert saved.startswith("# deskbot\n\n## fine for over\\*due\\* books\n")
    assert "> What the evidence says: Since 2024." in saved
    assert "https://library.example/rules" in saved
    assert saved.endswith("*Ask the desk.*\n")
    file.write_text("precious", encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    for no in ("no", "opening hours", "n"):
        assert "Write over it?" in texts([talk.respond(f"/save {file}")])
        assert f"Kept {file}" in texts([talk.respond(no)])
    assert file.read_text(encoding="utf-8") == "precious"
    talk.respond(f"/save {file}")
    assert texts([talk.respond("Yes.")]) == f"Saved to {file}."
    os.mkfifo(tmp_path / "pipe")
    assert texts([talk.respond(f"/save {tmp_path / 'pipe'}")]) == (
        f"Cannot write {tmp_path / 'pipe'} (it is no file). Name another file."
    )
    assert "Cannot write" in texts([talk.respond(f"/save {tmp_path}")])
    assert "Cannot write" in texts([talk.respond(f"/save {tmp_path / 'no' / 'talk.md'}")])


def test_an_edit_is_taken_up_at_the_next_question(folder: Path) -> None:
    talk = Chat(FaqBot.load(folder), folder)
    assert "Yes." in texts([talk.respond("is it open")])
    write(folder, "Not today.")
    shown = talk.respond("is it open")
    assert shown[0] == Block("notice", "I have read the knowledge again: 1 answers.")
    assert "Not today." in texts([shown])
    assert "read the knowledge" not in texts([talk.respond("is it open")])


def test_of_a_broken_edit_the_problems_are_shown_once_and_the_old_answers_stay(folder: Path) -> None:
    talk = Chat(FaqBot.load(folder), folder)
    (folder / "a.yaml").write_text("entries: [\n", encoding="utf-8")
    shown = talk.respond("is it open")
    assert f"{folder / 'a.yaml'}:2:1: KB002" in shown[0].text
    assert "I go on with what I read before." in shown[1].text
    assert "Yes." in texts([shown])
    assert "KB002" not in texts([talk.respond("is it open")])
    assert "KB002" in texts([talk.respond("/reload")])
    write(folder, "Again.")
    assert "Again." in texts([talk.respond("is it open")])
    assert "1 answers" in texts([talk.respond("/reload")])


def test_reload_without_a_folder_says_so(bot: FaqBot) -> None:
    assert "from no folder" in texts([Chat(bot).respond("/reload")])


def test_questions_are_kept_for_their_owner_only_and_not_for_ever(tmp_path: Path) -> None:
    file = tmp_path / "questions"
    questions = Questions(file)
    other_chat = Questions(file)
    for question in ("two\nlines", "two lines", " ", "/why", "yes", *(f"question {at}" for at in range(MOST_KEPT))):
        questions.add(question)
    other_chat.add("from elsewhere")
    assert file.stat().st_mode & 0o777 == 0o600
    kept = Questions(file).all
    assert kept == [*(f"question {at}" for at in range(1, MOST_KEPT)), "from elsewhere"]
    (tmp_path / "link").symlink_to(file)
    assert Questions(tmp_path / "link").all == kept
    assert (tmp_path / "link").is_symlink()
    (tmp_path / "other").write_text("precious\n", encoding="utf-8")
    with pytest.raises(ValueError, match="something else"):
        Questions(tmp_path / "other")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="no file"):
        Questions(tmp_path / "pipe")
    assert (tmp_path / "other").read_text(encoding="utf-8") == "precious\n"
    with pytest.raises(OSError, match="No such file"):
        Questions(tmp_path / "no" / "file")


class Screen:
    """A real terminal with magbot in it."""

    def __init__(self, columns: int, *arguments: str, rows: int = 200, **environment: str) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        settings: Any = {**os.environ, "TERM": "xterm", "NO_COLOR": "", **environment}
        command = ["-m", "bot", *arguments]
        # Any: the stubs say that it reads str, though it reads bytes without an encoding.
        self.process: Any = pexpect.spawn(
            sys.executable, command, env=settings, dimensions=(rows, columns), timeout=WORST_SECONDS
        )
        self.bytes = b""

    def wait(self, text: str) -> None:
        """Read until the screen shows a text."""
        self.wait_for(lambda shown: text in shown)

    def wait_for(self, holds: Callable[[str], bool]) -> None:
        """Read until something holds of what the screen shows."""
        while not holds(self.text):
            self._read(self.process.read_nonblocking(4096, WORST_SECONDS))

    def type(self, keys: str) -> None:
        self.process.send(keys)

    def leave(self) -> int:
        """Type Ctrl-D at the next prompt and return the exit code."""
        self.wait_for(lambda shown: shown.rstrip().split("\n")[-1].strip() in (">", "Question:"))
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

    def open_one(columns: int, *arguments: str, rows: int = 200, **environment: str) -> Screen:
        opened.append(Screen(columns, *arguments, rows=rows, **environment))
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
    screen.wait("\nQuestion:")
    screen.type("what are leg cramps\n")
    screen.wait("any medicine, ask a doctor or pharmacist.")
    assert "Answer: A leg cramp is" in screen.text
    assert screen.leave() == 0
    assert b"\x1b" not in screen.bytes


@pytest.mark.parametrize(("arguments", "environment"), [(["--plain"], {}), ([], {"ACCESSIBLE": "1"})])
def test_plain_lines_say_what_they_are(
    open_screen: Callable[..., Screen], arguments: list[str], environment: dict[str, str]
) -> None:
    screen = open_screen(80, *arguments, **environment)
    screen.wait("\nQuestion:")
    screen.type("what\nare\nleg cramps")  # a paste, as most have no line break at their end
    screen.wait("leg cramps")
    time.sleep(1)  # nobody presses Enter so soon after a paste that it could belong to it
    assert "Answer:" not in screen.text
    screen.type("\n")
    screen.wait("any medicine, ask a doctor or pharmacist.")
    for label in (
        "Answer: A leg cramp is",
        "Sources: Web article, author not named; NHS",
        "Please note: This is general",
    ):
        assert label in screen.text
    assert screen.text.count("Answer:") == 1
    screen.type("abc\x03")
    screen.wait("Press Ctrl-C again to leave")
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
    assert screen.ended() == 143
    assert screen.bytes.endswith(b"\x1b[?2004l") or b"\x1b[?2004l" in screen.bytes  # bracketed paste is off again


def test_ctrl_c_twice_leaves_a_real_chat(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(80)
    screen.wait("\n>")
    screen.type("abc\x03")
    screen.wait("Press Ctrl-C again to leave")
    screen.type("\x03")
    assert screen.ended() == 130


def test_the_menu_shows_while_typing_and_one_key_closes_it(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(80)
    screen.wait("\n>")
    screen.type("leg cram")
    screen.wait("What causes leg cramps?")
    screen.type("\x1b")
    screen.wait_for(lambda text: "What causes leg cramps?" not in text)
    screen.type("ps a")
    screen.wait("leg cramps a")
    assert "What causes leg cramps?" not in screen.text
    screen.type("\x03")
    screen.wait("Press Ctrl-C again")
    screen.type("leg cram")
    screen.wait("What causes leg cramps?")  # on the next line it is there again
    screen.type("\x03")
    assert screen.leave() == 0


def test_tab_on_an_empty_line_shows_all_questions(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(80)
    screen.wait("\n>")
    screen.type("\t")
    screen.wait("When do leg cramps happen?")
    screen.type("\x03")
    assert screen.leave() == 0


def test_the_menu_gives_way_where_it_would_cover_the_line(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(20)
    screen.wait("\n>")
    screen.type("what are leg cramps and")
    screen.wait("cramps and")
    assert "What causes" not in screen.text
    screen.type("\x03")
    assert screen.leave() == 0


def test_what_would_hide_in_the_line_is_taken_out(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(80)
    screen.wait("\n>")
    screen.type("is it\u202e safe\u2066")
    screen.wait("is it safe")
    screen.type("\x03")
    assert screen.leave() == 0
    assert "\u202e".encode() not in screen.bytes
    assert "\u2066".encode() not in screen.bytes


@pytest.mark.parametrize("arguments", [[], ["--plain"]])
def test_in_a_small_window_the_first_step_stands_at_the_end_again(
    open_screen: Callable[..., Screen], arguments: list[str]
) -> None:
    screen = open_screen(40, *arguments, rows=24)
    screen.wait(">" if not arguments else "Question:")
    screen.type("i took the whole bottle\r")
    screen.wait("pharmacist.")
    *_, reminder = "\n".join(screen.lines).split("URGENT: ")
    assert " ".join(reminder.split()).startswith("Call your local emergency number now if it was taken on purpose")


def test_only_the_sixteen_colours_are_used_and_none_without_them(open_screen: Callable[..., Screen]) -> None:
    for arguments in ([], ["--no-color"]):
        screen = open_screen(80, *arguments)
        screen.wait("\n>")
        screen.type("how much")
        screen.wait("How much magnesium is too much?")
        screen.type("\x03")
        screen.wait("Press Ctrl-C again")
        screen.type("what are leg cramps\r")
        screen.wait("ask a doctor or pharmacist.")
        screen.type("what are")  # ghost text
        screen.wait("> what are leg")
        screen.type("\x03")
        assert screen.leave() == 0
        codes = re.findall(rb"\x1b\[([\d;]*)m", screen.bytes)
        assert not [code for code in codes if b"38;" in code or b"48;" in code]
        if arguments:
            assert not [code for code in codes for part in code.split(b";") if 30 <= int(part or 0) <= 107]


def test_a_row_of_the_menu_is_filled_in_and_then_sent(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(80)
    screen.wait("\n>")
    screen.type("leg cram")
    screen.wait("What causes leg cramps?")
    screen.type("\x1b[B\r")  # Down, Enter
    screen.wait("> What are leg cramps?")
    assert "Answer" not in screen.text
    assert "A leg cramp is" not in screen.text
    screen.type("\r")
    screen.wait("A leg cramp is")
    assert screen.leave() == 0


def test_without_a_menu_nothing_is_proposed(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(80, "--no-menu")
    screen.wait("\n>")
    screen.type("leg cramps")
    screen.wait("> leg cramps")
    screen.type("\r")
    screen.wait("any medicine, ask a doctor or pharmacist.")
    assert screen.leave() == 0


def test_the_window_may_shrink_to_one_column(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(80)
    screen.wait("\n>")
    screen.process.setwinsize(24, 1)
    screen.type("what are leg cramps\r")
    screen.wait("pharmacist.")
    assert screen.leave() == 0


def test_questions_are_kept_only_where_asked_for(open_screen: Callable[..., Screen], tmp_path: Path) -> None:
    for _ in range(2):
        screen = open_screen(80, "--history", str(tmp_path / "asked"), HOME=str(tmp_path))
        screen.wait("\n>")
        screen.type("what are leg cramps\r")
        screen.wait("any medicine, ask a doctor or pharmacist.")
        assert screen.leave() == 0
    assert Questions(tmp_path / "asked").all == ["what are leg cramps"]
    screen = open_screen(80, HOME=str(tmp_path))
    screen.wait("\n>")
    screen.type("a secret question\r")
    screen.wait("ask a doctor or pharmacist.")
    assert screen.leave() == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".base"]
    assert files == [tmp_path / "asked"]


def test_a_history_that_cannot_be_kept_is_said_and_does_no_harm(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(80, "--history", "/no/such/folder/asked")
    screen.wait("your questions are not kept")
    screen.wait("\n>")
    assert screen.leave() == 0


def test_control_characters_reach_no_terminal(open_screen: Callable[..., Screen], tmp_path: Path) -> None:
    name = tmp_path / "a\x1b]0;stolen\x07.yaml"
    name.write_text(ENTRY.format(answer='"Yes.\\e[31m\\u202e red"'), encoding="utf-8")
    screen = open_screen(80, "--plain", "--knowledge", str(tmp_path))
    screen.wait("Question:")
    screen.type("is it open\n")
    screen.wait("Answer: Yes.")
    screen.type("/topics\n")
    screen.wait(r"a\x1b]0;stolen\x07.yaml")
    assert screen.leave() == 0
    assert b"\x1b" not in screen.bytes
    assert "\u202e".encode() not in screen.bytes


def test_the_chat_knows_the_shipped_folder() -> None:
    assert Chat(FaqBot.load(), shipped_folder()).respond("/reload")[0].text.endswith("answers.")
