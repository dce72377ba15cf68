"""YAML's own errors in an author's words, with the cure."""

import re
from typing import Final, NamedTuple

from .folder import split_lines


class _Case(NamedTuple):
    """What can be wrong, told by the line, what the parser said, and the line before; "" fits all."""

    line: str
    said: str
    cure: str
    begun: bool = False  # whether the place to look at is where the parser began to read what it could not end
    before: str = ""  # if it is this line that is wrong


_AFTER_KEY: Final = r"^\s*+(?:- ++)*+(?:[\w-]+:\s++)?+"  # where a value begins
_COMMENT: Final = re.compile(r"\s+#")
_CASES: Final = (
    _Case(r"^ *\t", "", "this line is indented with a tab; use spaces"),
    _Case("", "end of stream", "the quotes that open here are never closed; close them, or remove them", begun=True),
    _Case("", "unknown escape", "inside double quotes a backslash begins a code; write two, or use no quotes"),
    _Case(
        "",
        r"^expected ',' or",
        "the bracket that opens here is never closed, or a comma is missing in the list",
        begun=True,
    ),
    _Case(
        "",
        r"find expected ':'",
        "a key needs a colon and a space after it; text that goes on is indented more than its key",
        begun=True,
    ),
    _Case(
        _AFTER_KEY + r"'[^']*'\S", "", "the text goes on after its single quotes end; put all of it in double quotes"
    ),
    _Case(
        _AFTER_KEY + r'"[^"]*"\s*[^\s#]',
        "",
        "the text goes on after its double quotes end; put all of it in single quotes",
    ),
    _Case(
        _AFTER_KEY + r"(?P<mark>[@`%*&!|>\[\]{}#?,]|- )", "", 'text that begins with "{mark}" needs quotes around it'
    ),
    _Case(r":\s.*:(?:\s|$)", "mapping values", "text that holds a colon and a space needs quotes around all of it"),
    _Case("", "mapping values", "a key needs a space after its colon", before=r"^\s*(?:- +)?[\w-]+:\S"),
    _Case(
        "",
        "mapping values",
        "this line is indented more than its key, or a colon in the text before it needs quotes around the text",
    ),
    _Case(
        "",
        "expected <block end>|did not find expected",
        "this line is indented by another number of spaces than the lines that it belongs to",
    ),
)


def advice(text: str, line: int, problem: str, begun: int | None = None) -> tuple[int, str]:
    """Return the line to look at and what to do about a YAML error.

    Args:
        text: The whole file.
        line: The 1-based line where the parser stopped.
        problem: What the parser said.
        begun: The 1-based line where what it was reading began.
    """
    lines = ["", *split_lines(text), ""]
    for case in _CASES:
        here = re.search(case.line, lines[line])
        if here and re.search(case.said, problem) and re.search(case.before, lines[line - 1]):
            place = (begun or line) if case.begun else line - bool(case.before)
            return place, case.cure.format(**here.groupdict())
    return line, f"not valid YAML: {problem}"


def is_comment(line: str, at: int) -> bool:
    """Return whether YAML takes what follows on a line from a place on for a comment."""
    return bool(_COMMENT.match(line, at))
