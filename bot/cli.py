"""The command line: arguments, exit codes, and the front ends that are no terminal."""

import argparse
import gc
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from .arguments import parser
from .chat import Answer, FaqBot, Reply, Urgent
from .conversation import Conversation
from .errors import KnowledgeError, Problem
from .loading import shipped_folder
from .render import blocks, labelled, listing, printable, to_text

if TYPE_CHECKING:
    from .authoring.evaluate import Result
    from .terminal.history import Questions

# What few commands need is imported by them: an answer should not wait for it.

ANSWERED: Final = 0
NOT_ANSWERED: Final = 1
BAD_KNOWLEDGE: Final = 3
INTERRUPTED: Final = 130

_PROGRESS_STEP: Final = 100


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; return the exit code."""
    environment = {name: bool(os.environ.get(name)) for name in ("ACCESSIBLE", "NO_COLOR")}
    unset = argparse.Namespace(
        knowledge=None, plain=environment["ACCESSIBLE"], no_color=environment["NO_COLOR"], no_menu=False, history=None
    )
    reader = parser()
    arguments = reader.parse_args(argv, unset)
    if arguments.command == "ask" and arguments.top and not arguments.json:
        reader.error("--top goes with --json")
    _never_fail_to_print()
    try:
        code = _COMMANDS[arguments.command](arguments)
        sys.stdout.flush()
    except KnowledgeError as error:
        print(printable(str(error)), file=sys.stderr)
        return BAD_KNOWLEDGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        # What is left to write goes nowhere, or Python would complain at exit, too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader has what it wanted (`| head -1`)
            return ANSWERED
        print(f"magbot: error: cannot write the answer ({error.strerror})", file=sys.stderr)
        return NOT_ANSWERED
    return code


def _chat(arguments: argparse.Namespace) -> int:
    bot = _load(arguments)
    if not (_is_terminal(sys.stdin) and _is_terminal(sys.stdout)):
        conversation = Conversation(bot)
        replies = (conversation.send(line) for line in _lines() if line.strip())
        return _print_replies(replies, _labelled if arguments.plain else _to_plain)
    from .terminal.commands import Chat

    talk = Chat(bot, arguments.knowledge or shipped_folder())
    questions = _questions(arguments.history)
    capable = os.environ.get("TERM", "") not in ("", "dumb", "unknown") or os.name == "nt"
    if arguments.plain or not capable:
        from .terminal import plain

        return plain.chat(talk, questions)
    from .terminal import styled

    show = styled.show_without_colour if arguments.no_color else None
    return styled.chat(talk, questions, menu=not arguments.no_menu, show=show)


def _questions(path: str | None) -> "Questions | None":
    """Return the file of questions that was asked for; where it cannot be used, say so and go on without."""
    if path is None:
        return None
    from .terminal.history import Questions

    try:
        return Questions(Path(path).expanduser())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        print(f"magbot: your questions are not kept ({printable(path)}: {reason})", file=sys.stderr)
        return None


def _ask(arguments: argparse.Namespace) -> int:
    import json

    bot = _load(arguments)
    questions = [" ".join(arguments.question)] if arguments.question else _lines()

    def to_json(reply: Reply) -> str:
        return json.dumps(reply.to_dict(top=arguments.top))

    show = to_json if arguments.json else _labelled if arguments.plain else _to_plain
    return _print_replies(map(bot.ask, questions), show)


def _list(arguments: argparse.Namespace) -> int:
    bot = _load(arguments)
    print(listing(bot.knowledge))
    return ANSWERED


def _why(arguments: argparse.Namespace) -> int:
    from .authoring.explain import explain

    bot = _load(arguments)
    print(explain(bot, " ".join(arguments.question)))
    return ANSWERED


def _load(arguments: argparse.Namespace) -> FaqBot:
    gc.disable()  # nothing to collect while the base is read, and much to look through
    bot = FaqBot.load(arguments.knowledge)
    gc.freeze()
    gc.enable()
    return bot


def _check(arguments: argparse.Namespace) -> int:
    """Print the problems and warnings of knowledge folders and files; the exit code is 1 if there are any."""
    from .loading.base import check_knowledge

    problems: list[Problem] = []
    said = []
    for path in arguments.paths or [arguments.knowledge or shipped_folder()]:
        try:
            knowledge, found = check_knowledge(path)
        except KnowledgeError as error:
            knowledge, found = None, error.problems
        problems.extend(found)
        if knowledge and not found:
            phrasings = sum(len(entry.phrasings) for entry in knowledge.entries)
            said.append(f"{path}: {len(knowledge.entries)} entries, {phrasings} phrasings: no problems.")
    print(printable("\n".join([*map(str, problems), *said])), flush=True)
    return NOT_ANSWERED if problems else ANSWERED


def _eval(arguments: argparse.Namespace) -> int:
    from .authoring.evaluate import evaluate, report, share_right
    from .loading.base import load_questions

    bot = _load(arguments)
    code = ANSWERED
    for path in arguments.files:
        questions = load_questions(path, ids=[entry.id for entry in bot.knowledge.entries])
        results = list(_shown(evaluate(bot, questions), len(questions)))
        right = share_right(results)
        print(f"{path}: {len(results)} questions, {right:.1f} % treated as labelled\n\n{report(results)}\n", flush=True)
        if arguments.min_right is not None and right < arguments.min_right:
            code = NOT_ANSWERED
    return code


def _shown(results: "Iterable[Result]", size: int) -> "Iterator[Result]":
    """Yield the results, telling a person at a terminal how far it is."""
    watched = _is_terminal(sys.stderr)
    for number, result in enumerate(results, start=1):
        yield result
        if watched and number % _PROGRESS_STEP == 0:
            print(f"\r{number} of {size}", end="", file=sys.stderr, flush=True)
    if watched and size >= _PROGRESS_STEP:
        print("\r" + " " * 30 + "\r", end="", file=sys.stderr, flush=True)


def _print_replies(replies: Iterable[Reply], show: Callable[[Reply], str]) -> int:
    """Print each reply as it comes; return whether all questions were answered, as an exit code."""
    code = ANSWERED
    for reply in replies:
        print(show(reply), flush=True)
        if not isinstance(reply, Answer | Urgent):
            code = NOT_ANSWERED
    return code


def _to_plain(reply: Reply) -> str:
    width = None
    if _is_terminal(sys.stdout):
        from shutil import get_terminal_size

        width = get_terminal_size().columns
    return f"{to_text(reply, width=width, addresses=True)}\n"


def _labelled(reply: Reply) -> str:
    return "\n".join(map(labelled, blocks(reply, addresses=True))) + "\n"


def _lines() -> Iterator[str]:
    """Yield the lines of standard input as they arrive, without their ends."""
    if _is_terminal(sys.stdin):
        print("Type one question a line; Ctrl-D ends.", file=sys.stderr)
    for line in sys.stdin or ():
        yield line.rstrip("\r\n")


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _never_fail_to_print() -> None:
    """Let what the terminal's encoding lacks through as "?" or an escape; without a screen, print to nowhere."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


_COMMANDS: Final[dict[str | None, Callable[[argparse.Namespace], int]]] = {
    None: _chat,
    "chat": _chat,
    "ask": _ask,
    "list": _list,
    "eval": _eval,
    "check": _check,
    "why": _why,
}
