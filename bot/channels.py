"""A reply as messages for the places where bots live: escaped, without pings, and never too long.

What is cut is cut between paragraphs, else sentences, else words; the disclaimer stays whole and comes last.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from .chat import Reply
from .render import Block, blocks

_INVISIBLE: Final = "\u200b"  # a space of no width, which parts a sign from what it would act on
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>#|~])")
_CUTS: Final = (re.compile(r"(?<=\n)\n*"), re.compile(r"(?<=[.!?:;])\s+|\n"), re.compile(r"\s+"))


@dataclass(frozen=True, slots=True)
class Channel:
    """What a place for messages allows.

    Attributes:
        limit: The longest message, at least 40.
        escape: Makes a text mean only itself there.
        bold: What stands before and after a heading.
        size: How long an escaped text is, in the unit of the limit.
        one_line: Whether a message is one line.
    """

    limit: int
    escape: Callable[[str], str] = str
    bold: tuple[str, str] = ("", "")
    size: Callable[[str], int] = len
    one_line: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for a limit under which no sentence fits."""
        if self.limit < 40:
            raise ValueError("a channel needs room for 40 characters")


def _without_pings(text: str) -> str:
    return text.replace("@", f"@{_INVISIBLE}")


def _for_markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _for_slack(text: str) -> str:
    # Slack has no escape for its own signs; see https://docs.slack.dev/messaging/formatting-message-text
    plain = html.escape(_without_pings(text), quote=False)
    return re.sub(r"([*_~`])", rf"\1{_INVISIBLE}", plain)


def _in_bytes(text: str) -> int:
    return len(text.encode())


PLAIN: Final = Channel(limit=1_000_000)
MARKDOWN: Final = Channel(limit=1_000_000, escape=_for_markdown, bold=("**", "**"))
DISCORD: Final = Channel(limit=2_000, escape=lambda text: _for_markdown(_without_pings(text)), bold=("**", "**"))
TELEGRAM: Final = Channel(  # to be sent with the parse mode "HTML"
    limit=4_096, escape=lambda text: html.escape(_without_pings(text), quote=False), bold=("<b>", "</b>")
)
SLACK: Final = Channel(limit=3_000, escape=_for_slack, bold=("*", "*"))
IRC: Final = Channel(limit=400, size=_in_bytes, one_line=True)  # of 512 bytes, some are the sender's name


def messages(reply: Reply, channel: Channel) -> list[str]:
    """Return a reply as the messages to be sent, in order; the last one holds the whole disclaimer, if any can."""
    *parts, disclaimer = blocks(reply, addresses=True)
    pieces = [piece for part in parts for piece in _pieces(part, channel)]
    last = list(_fitting(" ".join(disclaimer.text.split()) if channel.one_line else disclaimer.text, channel))
    if channel.one_line:
        return [*pieces, *last]
    joined = list(_joined(pieces, channel))
    if len(last) == 1 and joined and channel.size(f"{joined[-1]}\n\n{last[0]}") <= channel.limit:
        joined[-1] += f"\n\n{last.pop()}"
    return [*joined, *last]


def _pieces(part: Block, channel: Channel) -> Iterator[str]:
    """Yield a part of a reply in escaped pieces that fit."""
    for text in part.text.splitlines() if channel.one_line else [part.text]:
        before, after = channel.bold if part.role in ("understood", "urgent") else ("", "")
        heading = f"{before}{channel.escape(text)}{after}"
        if channel.size(heading) <= channel.limit:
            yield from [heading] if text.strip() else []
        else:
            yield from _fitting(text, channel)


def _fitting(text: str, channel: Channel, cuts: tuple[re.Pattern[str], ...] = _CUTS) -> Iterator[str]:
    """Yield a text, escaped, in pieces that fit, cut where it does least harm."""
    escaped = channel.escape(text)
    if channel.size(escaped) <= channel.limit:
        yield from [escaped.strip("\n")] if text.strip() else []
    elif cuts:
        rest, held = "", 0
        for part in _parted(text, cuts[0]):
            size = channel.size(channel.escape(part))
            if rest and held + size > channel.limit:
                yield from _fitting(rest.strip(), channel, cuts[1:])
                rest, held = "", 0
            rest += part
            held += size
        yield from _fitting(rest.strip(), channel, cuts[1:])
    else:
        half = len(text) // 2  # a word that is too long
        yield from _fitting(text[:half], channel, ())
        yield from _fitting(text[half:], channel, ())


def _parted(text: str, cut: re.Pattern[str]) -> Iterator[str]:
    """Yield the parts of a text, each with what it was cut at."""
    start = 0
    for found in cut.finditer(text):
        yield text[start : found.end()]
        start = found.end()
    yield text[start:]


def _joined(pieces: Iterable[str], channel: Channel) -> Iterator[str]:
    """Yield the pieces, as many together as fit, with a blank line between them."""
    message = ""
    for piece in pieces:
        longer = f"{message}\n\n{piece}" if message else piece
        if channel.size(longer) > channel.limit:
            yield message
            longer = piece
        message = longer
    if message:
        yield message
