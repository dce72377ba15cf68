"""What can be typed after `magbot`: the commands, their options, and the help."""

import argparse
import difflib
import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn, TextIO

from .render import printable

_DESCRIPTION: Final = """\
Answers questions about magnesium glycinate and leg cramps. Without a command it chats.

examples:
  magbot                                    chat
  magbot ask "how much should I take?"      one answer
  magbot ask --json < questions.txt         one JSON object a line
  magbot why "cramps at night dose"         how an answer is found
  magbot check my-answers                   what is wrong in a folder of YAML files
"""
_EXIT_CODES: Final = """\
exit codes:
  0 answered or clean     1 not answered, or findings     2 wrong usage
  3 the knowledge cannot be loaded     129 the terminal was closed     130 Ctrl-C     143 ended by SIGTERM
"""
_UNKNOWN: Final = re.compile(r"unrecognized arguments: (-\S+)|argument COMMAND: invalid choice: '(.*?)'")


def parser() -> argparse.ArgumentParser:
    """Return what reads the arguments; the command's name is then in `command`."""
    options = _options()
    top = _Parser(
        prog="magbot",
        usage="magbot [COMMAND] [OPTIONS]",
        description=_DESCRIPTION,
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[options],
        allow_abbrev=False,
    )
    commands = top.add_subparsers(
        prog="magbot", title="commands", metavar="COMMAND", dest="command", parser_class=_Parser
    )

    def add(name: str, summary: str) -> _Parser:
        return commands.add_parser(name, help=summary, description=summary, parents=[options], allow_abbrev=False)

    chat: argparse.ArgumentParser
    for chat in (top, add("chat", "chat; where input or output is no terminal, one question a line")):
        chat.add_argument(
            "--no-menu", action="store_true", default=argparse.SUPPRESS, help="propose nothing while typing in the chat"
        )
        chat.add_argument(
            "--history",
            metavar="FILE",
            default=argparse.SUPPRESS,
            help="keep what you ask in the chat in this file; without it, it is forgotten",
        )
    ask = add("ask", "answer one question, or one a line from standard input")
    ask.add_argument("question", nargs="*", help="the question; without it, standard input is read")
    ask.add_argument("--json", action="store_true", help="one JSON object a question")
    for asking in (top, chat, ask):
        asking.add_argument(
            "--log-unanswered",
            metavar="FILE",
            default=argparse.SUPPRESS,
            help="keep what could not be answered in this file, for magbot review; without it, nothing is kept",
        )
    ask.add_argument("--top", type=_count, metavar="N", help="with --json, add the N best entries as the key matches")
    add("list", "list the questions that can be answered, by file")
    measure = add("eval", "measure how well questions with known answers are answered")
    measure.add_argument(
        "files", nargs="+", metavar="FILE", help='lines of {"q", "ok", "kind"}, or YAML rows of expect and ask'
    )
    measure.add_argument(
        "--min-right", type=float, metavar="PERCENT", help="exit code 1 if fewer are treated as labelled"
    )
    _add_check_options(add("check", "print what is wrong in knowledge folders or files, with its place"))
    new = add("new", "append an entry to a file, for you to write the answer")
    new.add_argument("question", nargs="+")
    new.add_argument("--to", metavar="FILE", help="without it, new.yaml in the folder that --knowledge names")
    review = add("review", "make phrasings of the questions that could not be answered")
    review.add_argument("file", metavar="FILE", help="that --log-unanswered made")
    why = add("why", "explain how the reply to a question is found")
    why.add_argument("question", nargs="+")
    owners = {name: frozenset[str]() for name in commands.choices}
    for command, each in commands.choices.items():
        for name in each._option_string_actions:
            owners[name] = owners.get(name, frozenset()) | {command}
    top.names = owners
    return top


def complain(text: str) -> None:
    """Print a line for people to standard error; where that cannot be, to nowhere."""
    try:
        print(printable(text), file=sys.stderr)
    except OSError:
        write_no_more(sys.stderr)


def write_no_more(stream: TextIO) -> None:
    """Let what is left to write go nowhere, or Python would complain at exit, too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _options() -> "_Parser":
    """Return the options of every command."""
    # Each option may stand before or after the command, so neither place may set a default.
    options = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options.add_argument(
        "--knowledge", metavar="DIR", help="a folder of YAML files instead of the base that comes with magbot"
    )
    options.add_argument(
        "--plain", action="store_true", help="labelled lines without cursor movement (as with ACCESSIBLE=1)"
    )
    options.add_argument("--no-color", action="store_true", help="no colours (as with the variable NO_COLOR)")
    options.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    return options


def _add_check_options(check: argparse.ArgumentParser) -> None:
    check.add_argument("paths", nargs="*", metavar="PATH", help="a folder or a file; without it, the base in use")
    check.add_argument(
        "--format",
        choices=("concise", "full", "github", "json"),
        help="full: with the line, as on a terminal; github: as annotations, as in GitHub Actions",
    )
    check.add_argument("--strict", action="store_true", help="exit code 1 for warnings, too")
    check.add_argument("--quick", action="store_true", help="without the warnings that match each phrasing")
    check.add_argument("--questions", nargs="+", metavar="FILE", help="labelled questions that should ask each entry")
    check.add_argument("--schema", action="store_true", help="print the JSON Schema of the format, for editors")
    check.add_argument("--explain", metavar="CODE", help="what a code means, and what to do")


class _Parser(argparse.ArgumentParser):
    """Reports wrong usage in one line that names what was probably meant."""

    names: Mapping[str, frozenset[str]] = {}  # of options, with their commands; and of commands, with none
    typed: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # Any: as argparse has it
        """Remember what was typed, for the message where it is wrong."""
        self.typed = sys.argv[1:] if args is None else args
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        found = _UNKNOWN.search(message)
        if found:
            # A misspelt option may leave its value to be taken for a command.
            options = (word for word in self.typed if word.startswith("--") and word.split("=")[0] not in self.names)
            message = self._unknown(next(options, found[1] or found[2]))
        complain(f"{self.prog}: error: {message}")
        sys.exit(2)

    def _unknown(self, word: str) -> str:
        """Return what to say of an option or a command that is not known here."""
        name = word.split("=")[0]
        if owners := self.names.get(name):
            return f"{name} goes with {' and '.join(sorted(owners))}"
        if near := difflib.get_close_matches(name, self.names, n=1):
            cure = f"did you mean {near[0]}?"
        else:
            cure = "see magbot --help" if name.startswith("-") else 'to ask a question: magbot ask "..."'
        return f"unknown {'option' if name.startswith('-') else 'command'} {word} ({cure})"


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


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, got {text!r}")
    return int(text)
