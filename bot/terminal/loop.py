"""The talk itself: a line in, blocks out, until the person leaves."""

import os
import signal
import sys
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Final, TypeAlias

from ..render import Block
from .commands import Chat

LEFT: Final = 0
INTERRUPTED: Final = 130
_BY_SIGNAL: Final = 128  # and its number, as shells have it

Show: TypeAlias = Callable[[Iterable[Block]], None]


def converse(talk: Chat, read: Callable[[], str], show: Show) -> int:
    """Greet, then reply to each line that `read` returns; return the exit code.

    KeyboardInterrupt, which is Ctrl-C, drops the line, and with nothing on it leaves at the second time; it may
    hold what was on the line. EOFError, which is Ctrl-D, leaves.
    """
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no second one
        if signal.getsignal(number := getattr(signal, name, signal.SIGTERM)) != signal.SIG_IGN:  # as with nohup
            signal.signal(number, _leave_in_order)
    show([Block("chat", talk.greeting)])
    dropped = False
    while not talk.left:
        try:
            line = read()
        except KeyboardInterrupt as interrupt:
            if dropped and not any(interrupt.args):
                return INTERRUPTED
            if not dropped:
                show([Block("notice", "Press Ctrl-C again to leave, or Ctrl-D.")])
            dropped = True
            continue
        except EOFError:
            break
        dropped = False
        show(talk.respond(line))
    return LEFT


def _leave_in_order(number: int, _frame: FrameType | None) -> None:
    """Let everything that holds the terminal give it back before the process ends."""
    if not sys.stdout.isatty():  # it is gone: nothing can be given back, and what is written fails
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(_BY_SIGNAL + number)
