"""Adds to a YAML file without touching what a person wrote: text goes in between, none goes out."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import yaml

from .files import FAST_LOADER

_PLAIN_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# What YAML reads as the same text without quotes.
_PLAIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f][^:#\[\]{},&*!|>'\"%@`\\]*[^\s:#\[\]{},&*!|>'\"%@`\\]")


def with_entry(content: str, lines: Sequence[str]) -> tuple[str, int]:
    """Return a file's text with an entry more at the end of its entries, and the 1-based line where it begins.

    Args:
        content: Of a file that can be read, or "".
        lines: The entry, from "- question: ..." on, with two spaces before its other keys.

    Raises:
        ValueError: The file is written in a way in which nothing can be put in between for certain.
    """
    mark, text = _without_mark(content)
    with _as_value_error():
        after, line = _with_entry(text, lines)
        wanted = _values(text)
        (new,) = _values("\n".join(["entries:", *lines]))["entries"]
        wanted["entries"] = [*(wanted.get("entries") or []), new]
        _compare(after, wanted)
    return mark + after, line


def _with_entry(text: str, lines: Sequence[str]) -> tuple[str, int]:
    key, node = next(((key, value) for key, value in _root(text) if key.value == "entries"), (None, None))
    below = [f"  {line}" for line in lines]
    if key is None or node is None:
        added, first = _inserted(text, len(text), ["", "entries:", *below])
        return added, first + 1
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return _inserted(text, text.find("\n", key.end_mark.index) + 1 or len(text), below)
    if not isinstance(node, yaml.SequenceNode) or node.flow_style:
        raise ValueError('the entries of this file stand in brackets; write them as lines that begin with "- "')
    dash = _dash(text, node.value[-1])
    return _inserted(text, _end(text, node, dash), ["", *(" " * dash + line for line in lines)])


def with_phrasing(content: str, asked: str, phrasing: str) -> str:
    """Return a file's text with a phrasing more for the entry with a question.

    Raises:
        ValueError: There is no such entry, or no place in it where one can be put in for certain.
    """
    mark, text = _without_mark(content)
    with _as_value_error():
        for number, entry in enumerate(_entries(text)):
            keys = {key.value: (key, value) for key, value in entry.value}
            question = keys.get("question")
            if question and " ".join(str(question[1].value).split()) == asked:
                after, wanted = _with_also(text, entry, keys, phrasing), _values(text)
                there = wanted["entries"][number]
                there["also"] = [*(there.get("also") or []), phrasing]
                _compare(after, wanted)
                return mark + after
    raise ValueError(f'no entry here has the question "{asked}"')


@contextmanager
def _as_value_error() -> Iterator[None]:
    try:
        yield
    except (yaml.YAMLError, LookupError, TypeError, AttributeError) as error:
        raise ValueError("this file is written in a way that cannot be added to; add it by hand") from error


def _without_mark(content: str) -> tuple[str, str]:
    """Return the byte order mark, which parsers do not count, and the rest."""
    rest = content.removeprefix("\ufeff")
    return content[: len(content) - len(rest)], rest


def _values(text: str) -> dict[str, Any]:  # Any: YAML
    """Return what a text holds, every scalar as text."""
    return yaml.load(text, Loader=_PLAIN_LOADER) or {}  # noqa: S506 # it makes nothing but text


def _compare(after: str, wanted: dict[str, Any]) -> None:
    """Raise ValueError where a text does not hold what it should."""
    if _values(after) != wanted:
        raise ValueError("this file is written in a way that cannot be added to; add it by hand")


def quoted(text: str) -> str:
    """Return a text as YAML that reads as this text."""
    plain = _PLAIN.fullmatch(text) and not re.fullmatch(r"(?i)null|true|false|yes|no|on|off|y|n", text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _with_also(text: str, entry: yaml.MappingNode, keys: dict[str, tuple[yaml.Node, yaml.Node]], phrasing: str) -> str:
    key, also = keys.get("also", (None, None))
    if key is None or also is None:
        column = entry.start_mark.column
        lines = [" " * column + "also:", " " * column + f"  - {quoted(phrasing)}"]
        return _inserted(text, _end(text, entry, column), lines)[0]
    if not isinstance(also, yaml.SequenceNode):
        raise ValueError('its "also" is a single text; write it as lines that begin with "- "')
    if also.flow_style:
        inside = text[: also.end_mark.index - 1].rstrip()
        comma = "" if inside.endswith(("[", ",")) else ","
        return f"{inside}{comma} {json.dumps(phrasing, ensure_ascii=False)}{text[len(inside) :]}"
    dash = _dash(text, also.value[-1])
    return _inserted(text, _end(text, also, dash), [" " * dash + f"- {quoted(phrasing)}"])[0]


def _root(text: str) -> list[tuple[yaml.Node, yaml.Node]]:
    node = yaml.compose(text, Loader=FAST_LOADER)
    return node.value if isinstance(node, yaml.MappingNode) else []


def _entries(text: str) -> Iterator[yaml.MappingNode]:
    for key, value in _root(text):
        if key.value == "entries" and isinstance(value, yaml.SequenceNode):
            yield from (entry for entry in value.value if isinstance(entry, yaml.MappingNode))


def _dash(text: str, item: yaml.Node) -> int:
    """Return the column of the dash before a row of a list."""
    start = text.rfind("\n", 0, item.start_mark.index) + 1
    before = text[start : item.start_mark.index]
    if "-" not in before:
        raise LookupError("the dash stands on a line of its own")
    return before.rindex("-")


def _end(text: str, node: yaml.Node, column: int) -> int:
    """Return where the lines of a node end, before the blank lines and comments that belong to what follows."""
    end = node.end_mark.index
    lines = text[:end].splitlines(keepends=True)
    while lines and (not lines[-1].strip() or (lines[-1].lstrip()[0] == "#" and _indent(lines[-1]) <= column)):
        end -= len(lines.pop())
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _inserted(text: str, at: int, lines: Sequence[str]) -> tuple[str, int]:
    """Return the text with lines in between, and the number of the first that is not blank."""
    newline = "\r\n" if "\r\n" in text else "\n"
    before, after = text[:at], text[at:]
    if before and not before.endswith("\n"):
        before += newline
    added = [line for line in lines if line or before]
    first = before.count("\n") + 1 + next(number for number, line in enumerate(added) if line)
    return before + newline.join([*added, ""]) + after, first
