"""The talk itself: a line in, blocks out, until the person leaves."""

import os
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from ..render import Block
from .commands import Chat

LEFT: Final = 0
INTERRUPTED: Final = 130
_BY_SIGNAL: Final = 128  # and its number, as shells have it

Show: TypeAlias = Callable[[Iterable[Block]], None]


def converse(talk: Chat, read: Callable[[], str], show: Show, leave: Callable[[int], object] = sys.exit) -> int:
    """Greet, then reply to each line that `read` returns; return the exit code.

    KeyboardInterrupt, which is Ctrl-C, drops the line, and with nothing on it leaves at the second time; it may
    hold what was on the line. EOFError, which is Ctrl-D, leaves. At SIGTERM and SIGHUP, `leave` is called with the
    exit code, so that whatever holds the terminal can give it back before the process ends.
    """
    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]  # one on Windows
    before = {number: handler for number in signals if (handler := signal.getsignal(number)) != signal.SIG_IGN}
    for number in before:  # all but those ignored, as with nohup
        signal.signal(number, lambda number, _: _end(number, leave))
    try:
        return _talk(talk, read, show)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _talk(talk: Chat, read: Callable[[], str], show: Show) -> int:
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


def _end(number: int, leave: Callable[[int], object]) -> None:
    if not sys.stdout.isatty():  # it is gone: nothing can be given back, and what is written fails
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    leave(_BY_SIGNAL + number)
