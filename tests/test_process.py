"""The process as its surroundings see it: streams, signals, the terminal, little memory. No traceback, ever."""

import os
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from bot.cli import main

MAGBOT = f"{sys.executable} -m bot"
WORST_SECONDS = 60  # no figure for speed: what hangs must not hang the tests


def shell(line: str, *, typed: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash; no test may end with a traceback."""
    settings = {**os.environ, **environment}
    done = subprocess.run(
        ["bash", "-c", line], input=typed, capture_output=True, env=settings, check=False, timeout=WORST_SECONDS
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("--help >&-", 0),
        ("--version >&-", 0),
        ("--version <&- >&- 2>&-", 0),
        ("--nonsense 2>&-", 2),
        ("--nonsense 2>/dev/full", 2),
        ("--nonsense <&- >&- 2>&-", 2),
        ("ask x --knowledge /no 2>/dev/full", 3),
        ("ask x --knowledge /no <&- >&- 2>&-", 3),
        ("chat <&-", 0),
    ],
)
def test_closed_and_full_streams_change_no_exit_code(line: str, code: int) -> None:
    done = shell(f"{MAGBOT} {line}")
    assert (done.returncode, done.stdout) == (code, b"")


def test_a_review_without_an_input_ends(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("entries:\n- {question: Is it open?, answer: Yes.}\n", encoding="utf-8")
    (tmp_path / "missed.jsonl").write_text('{"question": "is it open on sunday"}\n', encoding="utf-8")
    done = shell(f"{MAGBOT} review --knowledge {tmp_path} {tmp_path / 'missed.jsonl'} <&-")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"0 accepted.\n")


def test_a_full_output_is_said_for_the_version_too() -> None:
    done = shell(f"{MAGBOT} --version >/dev/full")
    assert (done.returncode, done.stderr) == (1, b"magbot: error: cannot write the answer (No space left on device)\n")


def test_an_input_that_cannot_be_read_is_said() -> None:
    done = shell(f"{MAGBOT} ask 0>/dev/null")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"magbot: error: cannot read the questions (Bad file descriptor)\n"


def test_an_input_that_is_not_in_its_encoding_is_said() -> None:
    done = shell(f"{MAGBOT} ask", typed=b"is it safe\n", PYTHONIOENCODING="utf-16:strict")
    assert done.returncode == 1
    assert "cannot read the questions" in done.stderr.decode("utf-16")


def test_a_line_without_end_is_refused_in_bounded_memory() -> None:
    done = shell(f"ulimit -v 200000; yes | tr -d '\\n' | {MAGBOT} ask; exit ${{PIPESTATUS[2]}}")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"cannot read the questions (a line has 1,000,000 characters or more)" in done.stderr


def test_too_little_memory_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def load(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("bot.cli.FaqBot.load", load)
    assert main(["ask", "is it safe"]) == 1
    assert capsys.readouterr().err == "magbot: error: there is not enough memory\n"


@pytest.mark.parametrize("options", ["-OO", "-X dev -W error -bb"])
def test_no_option_of_python_matters(options: str) -> None:
    done = shell(f"{sys.executable} {options} -m bot ask 'is it safe'")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "surroundings",
    [
        "cd $(mktemp -d); rmdir $PWD;",
        "ulimit -n 6;",
        "ulimit -v 200000;",
        "HOME=/dev/null XDG_CACHE_HOME= LC_ALL=no_NO",
    ],
)
def test_poor_surroundings_do_no_harm(surroundings: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("entries:\n- {question: Is it open?, answer: Yes.}\n", encoding="utf-8")
    done = shell(f"{surroundings} {sys.executable} -I -m bot ask 'is it open' --knowledge {tmp_path}")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"Yes.")


@pytest.mark.parametrize("module", ["bot.cli", "bot.chat", "rapidfuzz", "bot.render"])
def test_ctrl_c_during_the_imports_ends_it_without_a_word(module: str) -> None:
    pressed = f"""
import _thread, sys
class CtrlC:
    def find_spec(self, name, *_):
        if name == {module!r}:
            _thread.interrupt_main()
sys.meta_path.insert(0, CtrlC())
from bot.__main__ import main
sys.exit(main())"""
    done = subprocess.run([sys.executable, "-c", pressed], capture_output=True, check=False, timeout=WORST_SECONDS)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_pipe_without_a_word(number: signal.Signals) -> None:
    with subprocess.Popen(
        [*MAGBOT.split(), "ask"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as bot:
        assert bot.stdin
        assert bot.stdout
        assert bot.stderr
        bot.stdin.write(b"is it safe\n")
        bot.stdin.flush()
        assert bot.stdout.readline()
        bot.send_signal(number)
        assert bot.wait() in (128 + number, -number)  # for a shell it is the same
        assert bot.stderr.read() == b""


@pytest.fixture
def open_terminal() -> Iterator[Callable[..., Any]]:
    """Opens terminals with a chat in them, which are closed after the test."""
    opened: list[Any] = []  # Any: the stubs say that it reads str, though it reads bytes without an encoding

    def open_one(*arguments: str, before: str = "true") -> Any:
        settings: Any = {**os.environ, "TERM": "xterm"}
        line = f"{before}; exec {MAGBOT} {' '.join(arguments)}"
        opened.append(pexpect.spawn("bash", ["-c", line], env=settings, timeout=WORST_SECONDS))
        return opened[-1]

    yield open_one
    for terminal in opened:
        terminal.close(force=True)


def left(terminal: Any) -> int:
    """Return the exit code, having seen that the terminal is as it was: echo on, cursor shown, the usual screen."""
    shown = terminal.read()
    terminal.wait()
    _, _, _, local, *_ = termios.tcgetattr(terminal.child_fd)
    assert local & termios.ECHO
    assert local & termios.ICANON
    assert local & termios.ISIG
    assert shown.rfind(b"\x1b[?25l") <= shown.rfind(b"\x1b[?25h")
    assert shown.rfind(b"\x1b[?2004h") <= shown.rfind(b"\x1b[?2004l")
    assert b"\x1b[?1049h" not in shown
    assert b"Traceback" not in shown
    status: int = terminal.exitstatus if terminal.exitstatus is not None else -terminal.signalstatus
    return status


TITLE = "# Questions typed in magbot. Delete this file to forget them."
FRONTS = pytest.mark.parametrize(("arguments", "prompt"), [([], r"\[0m>"), (["--plain"], "Question: ")])


@FRONTS
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_of_a_line_gives_the_terminal_back(
    open_terminal: Callable[..., Any], arguments: list[str], prompt: str, number: signal.Signals
) -> None:
    terminal = open_terminal(*arguments)
    terminal.expect(prompt)
    terminal.send("how much")
    terminal.expect("how much")
    terminal.kill(number)
    assert left(terminal) == 128 + number


@FRONTS
def test_a_chat_that_was_stopped_goes_on(open_terminal: Callable[..., Any], arguments: list[str], prompt: str) -> None:
    terminal = open_terminal(*arguments)
    terminal.expect(prompt)
    for number in (signal.SIGTSTP, signal.SIGCONT):
        terminal.kill(number)
    terminal.send("what are leg cramps\r")
    terminal.expect("A leg cramp is")
    terminal.expect(prompt)
    terminal.send("\x04")
    assert left(terminal) == 0


def test_who_told_it_to_outlive_the_terminal_is_obeyed(open_terminal: Callable[..., Any]) -> None:
    terminal = open_terminal("--plain", before="trap '' HUP")
    terminal.expect("Question: ")
    terminal.kill(signal.SIGHUP)
    terminal.send("what are leg cramps\r")
    terminal.expect("A leg cramp is")
    terminal.expect("Question: ")
    terminal.send("\x04")
    assert left(terminal) == 0


@FRONTS
def test_a_terminal_that_is_gone_ends_the_chat_without_a_word(
    open_terminal: Callable[..., Any], arguments: list[str], prompt: str, tmp_path: Path
) -> None:
    terminal = open_terminal(*arguments, f"2>{tmp_path / 'said'}")
    terminal.expect(prompt)
    os.dup2(os.open(os.devnull, os.O_RDWR), terminal.child_fd)  # which closes the terminal
    terminal.wait()
    assert terminal.exitstatus == 129
    assert (tmp_path / "said").read_text(encoding="utf-8") == ""


@FRONTS
def test_a_window_that_changes_while_typing_does_no_harm(
    open_terminal: Callable[..., Any], arguments: list[str], prompt: str
) -> None:
    terminal = open_terminal(*arguments)
    terminal.expect(prompt)
    for letter, size in zip("what are leg", [(1, 1), (1, 80), (24, 1), (2, 2), (24, 80), (5, 3)] * 2, strict=True):
        terminal.send(letter)
        terminal.setwinsize(*size)
    terminal.setwinsize(24, 80)
    terminal.send(" cramps\r")
    terminal.expect("A leg cramp is")
    terminal.expect(prompt)
    terminal.send("\x04")
    assert left(terminal) == 0


def test_questions_that_a_full_disk_does_not_take_are_told_of_at_the_end(
    open_terminal: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "asked"
    file.write_text(f"{TITLE}\n" + "a question\n" * 87, encoding="utf-8")
    terminal = open_terminal("--plain", "--history", str(file), before="ulimit -f 1")
    terminal.expect("Question: ")
    terminal.send("what are leg cramps\n")
    terminal.expect("A leg cramp is")
    terminal.expect("Question: ")
    terminal.send("\x04")
    terminal.expect("not all of your questions were kept .*File too large.; name another file")
    assert left(terminal) == 0
    assert file.read_text(encoding="utf-8").endswith("a question\n")
