"""The command line: arguments, exit codes, and the front ends that are no terminal."""

import argparse
import gc
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from .arguments import complain, parser, write_no_more
from .chat import Answer, FaqBot, Reply, Urgent
from .conversation import Conversation
from .errors import KnowledgeError, shown_path
from .loading import shipped_folder
from .loading.writing import expanded
from .render import blocks, labelled, listing, printable, to_text

if TYPE_CHECKING:
    from .authoring.evaluate import Result
    from .authoring.review import Wording
    from .terminal.history import Questions

# What few commands need is imported by them: an answer should not wait for it.

ANSWERED: Final = 0
NOT_ANSWERED: Final = 1
WRONG_USAGE: Final = 2
BAD_KNOWLEDGE: Final = 3

_PROGRESS_STEP: Final = 100
_LONGEST_LINE: Final = 1_000_000  # characters; nobody asks as much, and more could fill the memory


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; return the exit code. Only a KeyboardInterrupt goes through."""
    _never_fail_to_print()
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()
    except KnowledgeError as error:
        complain(str(error))
        return BAD_KNOWLEDGE
    except MemoryError:
        complain("magbot: error: there is not enough memory")
        return NOT_ANSWERED
    except OSError as error:
        write_no_more(sys.stdout)
        if isinstance(error, BrokenPipeError):  # the reader has what it wanted (`| head -1`)
            return ANSWERED
        complain(f"magbot: error: cannot write the answer ({error.strerror})")
        return NOT_ANSWERED


def _run(argv: Sequence[str] | None) -> int:
    environment = {name: os.environ.get(name, "") not in ("", "0") for name in ("ACCESSIBLE", "NO_COLOR")}
    unset = argparse.Namespace(
        knowledge=None,
        plain=environment["ACCESSIBLE"],
        no_color=environment["NO_COLOR"],
        no_menu=False,
        history=None,
        log_unanswered=None,
    )
    reader = parser()
    arguments = reader.parse_args(argv, unset)
    if arguments.command == "ask" and arguments.top and not arguments.json:
        reader.error("--top goes with --json")
    return _COMMANDS[arguments.command](arguments)


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

        code = plain.chat(talk, questions)
    else:
        from .terminal import styled

        code = styled.chat(talk, questions, menu=not arguments.no_menu, color=not arguments.no_color)
    if questions and questions.error:
        _tell_not_kept("not all of your questions were kept", arguments.history, questions.error)
    return code


def _questions(path: str | None) -> "Questions | None":
    """Return the file of questions that was asked for; where it cannot be used, say so and go on without."""
    if path is None:
        return None
    from .terminal.history import Questions

    try:
        return Questions(expanded(path))
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: links in a ring
        _tell_not_kept("your questions are not kept", path, error)
        return None


def _tell_not_kept(what: str, place: str | Path, error: Exception) -> None:
    complain(f"magbot: {what} ({place}: {getattr(error, 'strerror', None) or error}); name another file")


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
    bot = FaqBot.load(arguments.knowledge, unanswered=arguments.log_unanswered)
    gc.freeze()
    gc.enable()
    if bot.unanswered:
        bot.unanswered.tell = partial(_tell_not_kept, "unanswered questions are not kept", arguments.log_unanswered)
    return bot


def _check(arguments: argparse.Namespace) -> int:
    """Print what is wrong in knowledge folders and files; the exit code is 1 if there are errors."""
    from .authoring.check import Format, check, shown
    from .authoring.codes import CODES, explain_code
    from .loading.reading import load_questions
    from .loading.schema import schema_text

    if arguments.schema:
        print(schema_text(), end="")
        return ANSWERED
    if arguments.explain:
        meaning = explain_code(arguments.explain)
        print(meaning or f"There is no code {printable(arguments.explain)}; there are {', '.join(CODES)}.")
        return ANSWERED if meaning else NOT_ANSWERED
    gc.disable()
    questions = [question for path in arguments.questions or () for question in load_questions(path)]
    checked = check(
        arguments.paths or [arguments.knowledge or shipped_folder()],
        questions=questions if arguments.questions else None,
        quick=arguments.quick,
        watch=_tell_how_far if _is_terminal(sys.stderr) else None,
    )
    form: Format = "full" if _is_terminal(sys.stdout) else "github" if os.environ.get("GITHUB_ACTIONS") else "concise"
    if not arguments.paths and not arguments.format:
        print(f"{shown_path(str(arguments.knowledge or shipped_folder()))}:")
    print(printable(shown(checked, arguments.format or form)), flush=True)
    errors = any(arguments.strict or not problem.is_warning for problem in checked.problems)
    return NOT_ANSWERED if errors else ANSWERED


def _new(arguments: argparse.Namespace) -> int:
    from shlex import quote

    from .authoring.new import add_entry

    question = " ".join(" ".join(arguments.question).split())
    if not arguments.to and not arguments.knowledge:
        complain('Name a file: magbot new "Your question?" --to my-answers/answers.yaml')
        return WRONG_USAGE
    file = Path(arguments.to or Path(arguments.knowledge) / "new.yaml")
    try:
        file = expanded(file)
        added = add_entry(question, file)
    except (OSError, ValueError) as error:
        reason = f"{file}: {error.strerror}" if isinstance(error, OSError) else error
        complain(f"magbot: nothing was written: {reason}")
        return NOT_ANSWERED
    lines = [f'Added to {file}:{added.line} as "{added.id}".']
    if added.near:
        lines.append("So far this question comes nearest to these; if one answers it, add to its phrasings instead:")
        lines += [f"  {match.score:3.0f}  {match.entry.id}: {match.entry.question}" for match in added.near]
    lines += [
        "Now write the answer there, and under also the other ways in which people ask. Then run:",
        f"  magbot check {quote(str(file))}",
        f"  magbot ask --knowledge {quote(str(file.parent))} {quote(question)}",
    ]
    print(printable("\n".join(lines)))
    return ANSWERED


def _review(arguments: argparse.Namespace) -> int:
    """Go through unanswered questions with the author; the exit code is 1 where the file cannot be read."""
    from .authoring.review import group
    from .loading.unanswered import load_unanswered

    if not arguments.knowledge and shipped_folder().name == "shipped":
        complain("Name your folder with --knowledge; the installed one is replaced at each installation.")
        return WRONG_USAGE
    try:
        questions, others = load_unanswered(arguments.file)
    except OSError as error:
        complain(f"magbot: {arguments.file} cannot be read ({error.strerror})")
        return NOT_ANSWERED
    bot, accepted = _load(arguments), 0
    groups = group(questions, bot, _tell_how_far if _is_terminal(sys.stderr) else None)
    wordings = sum(len(each.wordings) for each in groups)
    print(f"Questions: {len(questions)}; wordings: {wordings}; groups: {len(groups)}; other lines: {others}.")
    for each in groups:
        print(
            f"\n== Asked {each.times} times" + (f", in {len(each.wordings)} wordings" if len(each.wordings) > 1 else "")
        )
        for wording in each.wordings:
            done = _review_one(wording)
            if done is None:
                print(f"{accepted} accepted.")
                return ANSWERED
            accepted += done
    print(f"\n{accepted} accepted." + (" Run magbot check to see what they change." if accepted else ""))
    return ANSWERED


def _review_one(wording: "Wording") -> int | None:
    """Show a question and add it to the entry that the author chooses; return how many were added, None to leave."""
    from .authoring.review import accept

    print(printable(f"\n{wording.text}"))
    for number, match in enumerate(wording.near, start=1):
        print(printable(f"  {number}. {match.entry.question} ({match.entry.id}, {match.score:.0f} points)"))
    choice = _choice(len(wording.near))
    if not choice:
        return choice
    entry = wording.near[choice - 1].entry
    try:
        print(f"Added to {shown_path(accept(wording, entry))}.")
    except (OSError, ValueError) as error:
        place = f"{shown_path(entry.file)}:{entry.phrasings[0].line}"
        print(printable(f"Not added at {place}: {getattr(error, 'strerror', None) or error}"))
        return 0
    return 1


def _choice(most: int) -> int | None:
    """Return the number that a person chooses, 0 to skip, None to leave."""
    while True:
        try:
            typed = input(
                f"Add it to which one? (1 to {most}, Enter to skip, q to leave) "
                if most
                else "Enter to go on, q to leave: "
            )
        except EOFError:
            print()
            return None
        typed = typed.strip().casefold()
        if typed in ("q", "quit"):
            return None
        if typed in ("", "s", "skip"):
            return 0
        if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= most:
            return int(typed)


def _eval(arguments: argparse.Namespace) -> int:
    from .authoring.evaluate import evaluate, report, share_right
    from .loading.reading import load_questions

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
    for number, result in enumerate(results, start=1):
        yield result
        if _is_terminal(sys.stderr):
            _tell_how_far(number, size)


def _tell_how_far(number: int, size: int) -> None:
    """Show the numbers on one line, now and then, and nothing any more at the end."""
    if number == size:
        print("\r" + " " * 30 + "\r", end="", file=sys.stderr, flush=True)
    elif number % _PROGRESS_STEP == 0:
        print(f"\r{number:,} of {size:,}", end="", file=sys.stderr, flush=True)


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
    """Yield the lines of standard input as they arrive, without their ends; leave where they cannot be read."""
    if _is_terminal(sys.stdin):
        complain("Type one question a line; Ctrl-D ends.")
    try:
        while line := sys.stdin.readline(_LONGEST_LINE):
            if len(line) == _LONGEST_LINE:
                raise ValueError(f"a line has {_LONGEST_LINE:,} characters or more")
            yield line.rstrip("\r\n")
    except (OSError, ValueError) as error:  # ValueError: it is not in its encoding, too
        complain(f"magbot: error: cannot read the questions ({getattr(error, 'strerror', error)})")
        sys.exit(NOT_ANSWERED)


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty()


def _never_fail_to_print() -> None:
    """Let what the terminal's encoding lacks through as "?" or an escape; what is closed is empty, or nowhere."""
    sys.stdin = sys.stdin or io.StringIO()
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
    "new": _new,
    "review": _review,
    "why": _why,
}
