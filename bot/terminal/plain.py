"""The chat as labelled lines, for screen readers and for terminals that can do no more."""

import select
import shutil
import sys
from collections.abc import Iterable
from typing import Final

from ..render import Block, labelled, recalled, wrap
from .commands import Chat
from .history import Questions
from .loop import converse

PROMPT: Final = "Question: "
_PASTED_WITHIN: Final = 0.05  # seconds in which the next line of a paste is there


def chat(talk: Chat, questions: Questions | None = None) -> int:
    """Chat until the person leaves; return the exit code.

    Args:
        talk: What replies.
        questions: Where to keep what is asked.
    """

    def read() -> str:
        line = _read()
        if questions:
            questions.add(line)
        return line

    return converse(talk, read, show)


def show(parts: Iterable[Block]) -> None:
    """Print blocks as labelled lines, wrapped to the window."""
    width, height = shutil.get_terminal_size()
    for part in recalled(parts, width, height):
        print(wrap(labelled(part), width), end="\n\n", flush=True)


def _read() -> str:
    """Return a line, or all lines of a paste, which Enter ends; Ctrl-C and Ctrl-D end the line on the screen, too."""
    try:
        print(PROMPT, end="", flush=True)  # input() would write it to the standard error
        lines = [input()]
        while _more_is_there():
            lines.append(input())
        if len(lines) > 1:
            lines.append(input())  # what a paste holds after its last line break comes only with Enter
    except EOFError:
        print()
        raise
    except KeyboardInterrupt:
        print()
        raise
    return "\n".join(lines)


def _more_is_there() -> bool:
    try:
        return bool(select.select([sys.stdin], [], [], _PASTED_WITHIN)[0])
    except (OSError, ValueError):  # Windows knows this for sockets only
        return False
