"""A reply as text for people: blocks in reading order, wrapped, free of control characters."""

import re
import textwrap
from collections.abc import Iterable
from itertools import groupby
from pathlib import PurePath
from typing import Final, Literal, NamedTuple, TypeAlias

from .chat import Answer, NoAnswer, Reply, Suggestions, Urgent, offered
from .errors import shown_path
from .knowledge import Entry, Knowledge, Settings, Source
from .text import MOST_READ, normalize

MAX_WIDTH: Final = 88  # columns; longer lines are hard to read

# What a block is, for front ends that set them apart by style.
Role: TypeAlias = Literal["understood", "urgent", "body", "note", "sources", "choices", "disclaimer", "chat", "notice"]
# What stands before a block for who hears it read and sees no style.
_LABELS: Final[dict[Role, str]] = {
    "body": "Answer: ",
    "disclaimer": "Please note: ",
}

# Terminals obey control characters; bidirectional overrides make text read as what it is not; half of a
# character that takes two, which JSON can hold, cannot be written at all.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TOO_LONG: Final = f"That was long: only its first and last {MOST_READ // 2:,} characters were read."
_INDENT: Final = re.compile(r" *(?:(?:[-*]|\d+\.) +)?")


class Block(NamedTuple):
    """A part of a reply that is shown as one piece, with a blank line after it."""

    role: Role
    text: str


def blocks(reply: Reply, *, addresses: bool = False) -> tuple[Block, ...]:
    """Return the parts of a reply in reading order; the disclaimer is always the last.

    Args:
        reply: Any reply.
        addresses: Whether sources are given with their addresses.
    """
    match reply:
        case Urgent():
            parts = [Block("urgent", "URGENT"), Block("body", reply.text)]
        case Answer():
            parts = _answer(reply, addresses=addresses)
        case Suggestions() | NoAnswer():
            parts = [Block("body", reply.text)]
    if len(reply.question) > MOST_READ:
        parts.append(Block("notice", _TOO_LONG))
    parts.append(Block("disclaimer", reply.disclaimer))
    return tuple(part._replace(text=printable(part.text)) for part in parts)


def to_text(reply: Reply, *, width: int | None = None, addresses: bool = False) -> str:
    """Return a reply as plain text without a final line break.

    Args:
        reply: Any reply.
        width: Columns to wrap to, at word ends; None leaves lines as they are.
        addresses: Whether sources are given with their addresses.
    """
    texts = [part.text for part in blocks(reply, addresses=addresses)]
    return "\n\n".join(texts if width is None else [wrap(text, width) for text in texts])


def labelled(part: Block) -> str:
    """Return a block as lines that say what they are, as in "Answer: ...", "Source: ..."."""
    if part.role == "sources":
        first, *rest = part.text.split("\n- ")
        return "\n".join(f"Source: {source}" for source in rest) or first
    return _LABELS.get(part.role, "") + part.text


def to_markdown(talk: Iterable[tuple[str, Reply]], settings: Settings) -> str:
    """Return questions and their replies as a Markdown document with sources and disclaimer."""
    parts = [f"# {_escaped(settings.name)}"]
    for question, reply in talk:
        parts.append(f"## {_escaped(question)}")
        parts_of = [part for part in blocks(reply, addresses=True)[:-1] if part.text != f"Answering: {question}"]
        if isinstance(reply, Urgent) and reply.match.entry.sources:
            parts_of.append(_sources(reply.match.entry, addresses=True))
        for part in parts_of:
            match part.role:
                case "understood" | "urgent":
                    parts.append(f"**{_escaped(part.text)}**")
                case "note":
                    parts.append("> " + part.text.replace("\n", "\n> "))
                case _:
                    # A list needs a blank line before it.
                    parts.append(re.sub(r"(?m)^(?!- |\d+\. )(.+)\n(?=- |\d+\. )", r"\1\n\n", part.text))
    parts += ["---", f"*{printable(settings.disclaimer).strip()}*"]
    return "\n\n".join(parts) + "\n"


def recalled(parts: Iterable[Block], width: int, height: int) -> list[Block]:
    """Return blocks for a window; the first step of an urgent reply that is taller stands again at its end."""
    shown = list(parts)
    lines = sum(wrap(part.text, width).count("\n") + 2 for part in shown)
    if len(shown) > 1 and shown[0].role == "urgent" and lines > height:
        first = re.split(r"(?<=[.!?])\s", shown[1].text, maxsplit=1)[0]
        shown.insert(-1, Block("urgent", f"{shown[0].text}: {first}"))
    return shown


def cite(source: Source, *, addresses: bool) -> str:
    """Return a source in one line, as in "Leg cramps. NHS, undated."."""
    made = ", ".join(part for part in (source.publisher, source.year) if part)
    title = source.title if source.title[-1:] in ("?", "!", ".") else f"{source.title}."
    line = f"{title} {made}." if made else title
    return f"{line} {source.url}" if addresses and source.url else line


def listing(knowledge: Knowledge) -> str:
    """Return the questions that the bot can answer, by file, as plain text."""
    answered = [entry for entry in knowledge.entries if not entry.out_of_scope]
    files = groupby(answered, key=lambda entry: entry.file)
    parts = [
        [shown_path(PurePath(file).name), *(f"  {entry.question}" for entry in entries)] for file, entries in files
    ]
    return printable("\n\n".join("\n".join(part) for part in parts))


def _escaped(text: str) -> str:
    """Return a text so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(printable(text).split()))


def printable(text: str) -> str:
    """Return the text without characters that a terminal obeys instead of showing, or cannot; line breaks stay."""
    return _CONTROL.sub("", text)


def wrap(text: str, width: int) -> str:
    """Return the text with its lines broken at word ends; a word longer than a line (an address) stays whole."""
    return "\n".join(_wrapped(line, max(1, min(width, MAX_WIDTH))) for line in text.split("\n"))


def _wrapped(line: str, width: int) -> str:
    mark = _INDENT.match(line)
    indent = " " * (mark.end() if mark and mark.end() < width // 2 else 0)
    return textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _answer(reply: Answer, *, addresses: bool) -> list[Block]:
    entry = reply.match.entry
    parts = [Block("body", entry.answer)]
    if normalize(reply.question) != normalize(entry.question):
        parts.insert(0, Block("understood", f"Answering: {entry.question}"))
    if entry.note:
        parts.append(Block("note", reply.text.removeprefix(entry.answer).strip()))
    if entry.sources:
        parts.append(_sources(entry, addresses=addresses))
    if reply.related:
        parts.append(Block("choices", "\n".join(["You can also ask:", *_numbered(offered(reply))])))
    return parts


def _sources(entry: Entry, *, addresses: bool) -> Block:
    cited = [cite(source, addresses=addresses) for source in entry.sources]
    if len(cited) == 1:
        return Block("sources", f"Source: {cited[0]}")
    if addresses:
        return Block("sources", "\n- ".join(["Sources:", *cited]))
    # Who says so is what a reader wants to know at once, in few lines.
    return Block("sources", f"Sources: {'; '.join(dict.fromkeys(map(_who, entry.sources)))}")


def _who(source: Source) -> str:
    dated = source.year.isdigit() and source.publisher
    return f"{source.publisher}, {source.year}" if dated else source.publisher or source.title


def _numbered(entries: Iterable[Entry]) -> list[str]:
    return [f"{number}. {entry.question}" for number, entry in enumerate(entries, start=1)]
