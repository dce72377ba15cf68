"""The command line: arguments, exit codes, and the front ends that are no terminal."""

import argparse
import gc
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from .chat import Answer, FaqBot, Reply, Urgent
from .conversation import Conversation
from .errors import KnowledgeError, Problem
from .loading import shipped_folder
from .render import listing, printable, to_text

if TYPE_CHECKING:
    from .authoring.evaluate import Result

# What few commands need is imported by them: an answer should not wait for it.

ANSWERED: Final = 0
NOT_ANSWERED: Final = 1
BAD_KNOWLEDGE: Final = 3
INTERRUPTED: Final = 130

_PROGRESS_STEP: Final = 100

_EXAMPLES: Final = """\
examples:
  magbot                                    chat
  magbot ask "how much should I take?"      one answer
  magbot ask --json < questions.txt         one JSON object a line
  magbot why "cramps at night dose"         how an answer is found
  magbot check my-answers                   what is wrong in a folder of YAML files

exit codes:
  0 answered or clean   1 not answered or findings   2 wrong usage   3 the knowledge cannot be loaded   130 Ctrl-C
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; return the exit code."""
    no_color = bool(os.environ.get("NO_COLOR"))
    unset = argparse.Namespace(knowledge=None, plain=False, no_color=no_color, json=False, top=None, run=_chat)
    parser = _parser()
    arguments = parser.parse_args(argv, unset)
    if arguments.top and not arguments.json:
        parser.error("--top goes with --json")
    _never_fail_to_print()
    try:
        code: int = arguments.run(arguments)
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


def _parser() -> argparse.ArgumentParser:
    # Each option may stand before or after the command, so neither place may set a default.
    options = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    options.add_argument(
        "--knowledge", metavar="DIR", help="a folder of YAML files instead of the base that comes with magbot"
    )
    options.add_argument("--plain", action="store_true", help="chat in plain lines, without colours or cursor movement")
    options.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    options.add_argument("--no-color", action="store_true", help="no colours (as with the variable NO_COLOR)")

    parser = argparse.ArgumentParser(
        prog="magbot",
        description="Answers questions about magnesium glycinate and leg cramps. Without a command it chats.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[options],
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=summary, description=summary, parents=[options], allow_abbrev=False)
        command.set_defaults(run=run)
        return command

    add("chat", _chat, "chat; where input or output is no terminal, one question a line")
    ask = add("ask", _ask, "answer one question, or one a line from standard input")
    ask.add_argument("question", nargs="*", help="the question; without it, standard input is read")
    ask.add_argument("--json", action="store_true", help="one JSON object a question")
    ask.add_argument("--top", type=_count, metavar="N", help="with --json, add the N best entries as the key matches")
    add("list", _list, "list the questions that can be answered, by file")
    measure = add("eval", _eval, "measure how well questions with known answers are answered")
    measure.add_argument(
        "files", nargs="+", metavar="FILE", help='lines of {"q", "ok", "kind"}, or YAML rows of expect and ask'
    )
    measure.add_argument(
        "--min-right", type=float, metavar="PERCENT", help="exit code 1 if fewer are treated as labelled"
    )
    check = add("check", _check, "print every problem of knowledge folders or files, with its place")
    check.add_argument("paths", nargs="*", metavar="PATH", help="without it, the base in use")
    why = add("why", _why, "explain how the reply to a question is found")
    why.add_argument("question", nargs="+")
    return parser


class _Version(argparse.Action):
    """Prints the version, which is looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib import metadata

        try:
            number = metadata.version("magbot")
        except metadata.PackageNotFoundError:
            number = "(a checkout that is not installed)"
        print(f"magbot {number}")
        parser.exit()


def _chat(arguments: argparse.Namespace) -> int:
    bot = _load(arguments)
    if not (_is_terminal(sys.stdin) and _is_terminal(sys.stdout)):
        conversation = Conversation(bot)
        replies = (conversation.send(line) for line in _lines() if line.strip())
        return _print_replies(replies, _to_plain)
    from . import terminal

    capable = os.environ.get("TERM", "") not in ("", "dumb", "unknown") or os.name == "nt"
    if arguments.plain or not capable:
        return terminal.chat(bot, terminal.read_plain, terminal.write_plain)
    return terminal.run(bot, write=terminal.write_plain if arguments.no_color else None)


def _ask(arguments: argparse.Namespace) -> int:
    import json

    bot = _load(arguments)
    questions = [" ".join(arguments.question)] if arguments.question else _lines()

    def to_json(reply: Reply) -> str:
        return json.dumps(reply.to_dict(top=arguments.top))

    return _print_replies(map(bot.ask, questions), to_json if arguments.json else _to_plain)


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


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, got {text!r}")
    return int(text)
