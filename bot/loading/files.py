"""A YAML file, or one of an object a line, as nodes that know their place; and the problems found in it.

YAML is read as events, not as Python values: every scalar stays the text that the author
wrote (`answer: no` is the word no), every node keeps its place, and what YAML would let
pass in silence (a key given twice, an alias) is reported.
"""

import difflib
import json
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import yaml

from ..errors import Problem
from ..knowledge import LabelledQuestion
from .advice import advice, is_comment
from .folder import content, split_lines

# libyaml's parser, where PyYAML has it, is about eight times as fast as the one in Python.
FAST_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH: Final = 8  # the format itself is four levels deep
_MOST_READ_AGAIN: Final = 1_000_000  # characters of a broken file that are read by the parser in Python, too
_MOST_COMPARED: Final = 100_000  # names that are compared with others to find what was meant
_LONGEST_NAME: Final = 100  # that is compared
_LONGEST_PART: Final = 300  # of a message, at its beginning and at its end

# What the two parsers raise; ValueError and OverflowError come from codes of characters that there are not.
_UNREADABLE: Final = (yaml.YAMLError, ValueError, OverflowError)
_NOT_UTF_8: Final = "is not UTF-8 text; save the file as UTF-8"

_SECTIONS: Final = ("bot", "words", "sources", "entries")
_TEXTS: Final = ("question", "answer", "note", "also", "title", "greeting", "disclaimer", "no_answer", "ask")
_QUESTION_KEYS: Final = ("expect", "ask", "kind")


class Text(NamedTuple):
    """A scalar, always as text. Places are 1-based."""

    value: str
    line: int
    column: int


class List(NamedTuple):
    """A sequence of nodes."""

    items: "list[Node]"
    line: int
    column: int


class Table(NamedTuple):
    """A mapping; each value comes with its key, for its place."""

    rows: "dict[str, tuple[Text, Node]]"
    line: int
    column: int


Node: TypeAlias = Text | List | Table
START: Final = Text("", 1, 1)


class File:
    """One YAML file: its nodes, and the problems found in them."""

    def __init__(self, path: Path, problems: list[Problem], text: str | None = None, *, pipe: bool = False) -> None:
        self.path = str(path)
        self._file = path
        self._text = text
        self._pipe = pipe
        self._problems = problems
        self._lines: list[str] = []
        self._cut: set[tuple[int, int]] = set()  # places of texts after which a comment stands

    def report(self, node: Node, code: str, message: str) -> None:
        """Keep a problem; its message becomes one line, and a long one loses its middle."""
        if len(message) > 2 * _LONGEST_PART:
            message = f"{message[:_LONGEST_PART]} ... {message[-_LONGEST_PART:]}"
        self._problems.append(Problem(self.path, node.line, node.column, code, " ".join(message.split())))

    def report_unknown(self, node: Node, code: str, what: str, name: str, known: Collection[str]) -> None:
        """Report a name that is not known, with the one that was probably meant.

        That is looked for while there are few problems, as each search goes through all that is known.
        """
        sought = len(name) <= _LONGEST_NAME and len(known) * len(self._problems) < _MOST_COMPARED
        near = difflib.get_close_matches(name, known, n=1) if sought else []
        none_like_it = ", none like it" if sought else ""
        all_known = f"known: {', '.join(known)}" if 0 < len(known) < 10 else f"there are {len(known)}{none_like_it}"
        cure = f'did you mean "{near[0]}"?' if near else all_known
        self.report(node, code, f'unknown {what} "{name}"; {cure}')

    def sections(self) -> dict[str, Node]:
        """Return the top-level sections; empty where the file holds none or cannot be read."""
        root = self._root()
        return {} if root is None else self.table(root, _SECTIONS)

    def yaml_questions(self) -> Iterator[tuple["Node", LabelledQuestion]]:
        """Yield the questions of a YAML file, each with the place of its label, having reported what is wrong."""
        for row in self.items(self._root(), "- {expect: dosage, ask: [how much]}"):
            values = self.table(row, _QUESTION_KEYS, required=["expect", "ask"])
            expected = tuple(text.value for text in self.texts(values.get("expect")))
            kind = self.text(values.get("kind"))
            if "expect" in values and not expected:
                self.report(values["expect"], "KB007", 'expected an id, or "none"')
            for text in self.texts(values.get("ask")) if expected else []:
                yield values["expect"], LabelledQuestion(text.value, expected, kind)

    def json_questions(self) -> Iterator[tuple["Node", LabelledQuestion]]:
        """Yield the questions of a file with an object a line, each with its place, having reported what is wrong."""
        for line, text in enumerate((self._read() or "").split("\n"), start=1):
            place = Text("", line, 1)
            try:
                row = json.loads(text) if text.strip() else None
            except (ValueError, RecursionError):
                row = text
            match row:
                case None:
                    continue
                case {"q": str(question), "ok": [str(), *_] as expected} if all(
                    isinstance(name, str) for name in expected
                ):
                    yield place, LabelledQuestion(question, tuple(expected), str(row.get("kind", "")))
                case _:
                    cure = 'expected an object as in {"q": "how much", "ok": ["dosage"], "kind": "keyword"}'
                    self.report(place, "KB008", cure)

    def table(self, node: Node, known: Sequence[str], required: Sequence[str] = ()) -> dict[str, Node]:
        """Return the values of a mapping by key, having reported unknown and missing keys."""
        if not isinstance(node, Table):
            self.report(node, "KB005", f"expected {', '.join(known)}, each with a colon and its value")
            return {}
        for name, (key, _) in node.rows.items():
            if name not in known:
                self.report_unknown(key, "KB006", "key", name, known)
        for name in required:
            if name not in node.rows:
                self.report(node, "KB007", f'the key "{name}" is missing')
        return {name: value for name, (_, value) in node.rows.items() if name in known}

    def text(self, node: Node | None) -> str:
        """Return a scalar's text; "" where there is none, which is reported unless the key is absent."""
        if node is None:
            return ""
        if not isinstance(node, Text):
            self.report(node, "KB005", "expected text, not a list or keys; quote the text if it holds a colon")
            return ""
        if not node.value:
            self.report(node, "KB007", "expected text, found nothing; write it or remove the key")
        return node.value

    @staticmethod
    def peek(node: Node | None) -> str:
        """Return a scalar's text without reporting anything."""
        return node.value if isinstance(node, Text) else ""

    def texts(self, node: Node | None) -> list[Text]:
        """Return the scalars of a list; a single scalar is a list of one."""
        items = node.items if isinstance(node, List) else [node]
        return [item for item in items if self.text(item) and isinstance(item, Text)]

    def items(self, node: Node | None, example: str) -> list[Node]:
        """Return the rows of a list, which is reported where it is none."""
        if node is None or isinstance(node, List):
            return node.items if node else []
        self.report(node, "KB005", f'expected a list, each row begun with "- ", as in "{example}"')
        return []

    def _root(self) -> Node | None:
        """Return the file's only document, or None where it is empty or broken."""
        text = self._read()
        if text is None:
            return None
        self._lines = [*split_lines(text), ""]
        try:
            try:
                return self._document(yaml.parse(text, Loader=FAST_LOADER))
            except _UNREADABLE as error:
                self._report_syntax(text, error)
        except _TooDeepError as error:
            self.report(error.place, "KB002", "lists or keys within each other too deeply")
        return None

    def _read(self) -> str | None:
        """Return the file's text, or None where it cannot be read, which is reported."""
        if self._text is not None:
            return self._text
        try:
            text = content(self._file, pipe=self._pipe).decode("utf-8-sig")
        except OSError as error:
            self.report(START, "KB001", f"cannot be read ({error.strerror})")
        except UnicodeDecodeError as error:
            self.report(_end(error.object[: error.start].decode())._replace(column=1), "KB001", _NOT_UTF_8)
        else:
            if "\0" not in text[:4]:  # as in UTF-16 and UTF-32
                return text
            self.report(START, "KB001", _NOT_UTF_8)
        return None

    def _report_syntax(self, text: str, error: Exception) -> None:
        """Report a YAML error in the words of the parser in Python, unless that stops at an earlier line already."""
        found, place, long = _read_again(text)
        # What only the parser in Python stops at, such as the "?" in "{question: Why?, answer: So.}", is no fault.
        error = found if isinstance(found, yaml.YAMLError) and _line(found) >= _line(error) else error
        message = f"not valid YAML: {error}"
        if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
            place = _at(error.problem_mark)
            begun = error.context_mark.line + 1 if error.context_mark else None
            if long and abs(long.end_mark.line + 1 - place.line) <= 1:
                message = f"the quotes that open here are closed on line {long.end_mark.line + 1} only; is that meant?"
                place = _at(long.start_mark)
            else:
                line, message = advice(text, place.line, str(error.problem), begun)
                place = place if line == place.line else Text("", line, 1)
        elif isinstance(error, yaml.reader.ReaderError):
            place = _end(text[: error.position])
            message = f"the character U+{ord(text[error.position]):04X} is not allowed in YAML; remove it"
        self.report(place, "KB002", message)

    def _document(self, events: Iterator[yaml.Event]) -> Node | None:
        root = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                message = 'a second document begins here; remove the line "---"'
                self.report(_at(event.start_mark), "KB002", message)
                break
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, 1)
        empty = isinstance(root, Text) and not root.value
        return None if empty else root

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        mark: Any = event.start_mark  # Any: the two parsers have a class of marks each
        line, column = mark.line + 1, mark.column + 1
        if depth > _MAX_DEPTH:
            raise _TooDeepError(Text("", line, column))
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            message = "anchors (&), aliases (*) and tags (!) are not used here; write the text out, in quotes"
            self.report(Text("", line, column), "KB004", message)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return List(list(self._nodes(events, depth)), line, column)
        if isinstance(event, yaml.MappingStartEvent):
            return Table(self._rows(events, depth), line, column)
        return Text("*", line, column)  # an alias, reported above

    def _scalar(self, event: yaml.ScalarEvent) -> Text:
        start: Any = event.start_mark
        end: Any = event.end_mark
        place = Text(_as_written(event), start.line + 1, start.column + 1)
        if not event.style and is_comment(self._lines[end.line], end.column):
            self._cut.add((place.line, place.column))
        return place

    def _report_cut(self, key: str, value: Node) -> None:
        """Report texts for people that a comment cuts off; after an id or a flag a comment is one."""
        message = '" #" begins a comment, so the text ends before it; quote the text, or give the comment its own line'
        for text in value.items if isinstance(value, List) else [value]:
            if key in _TEXTS and (text.line, text.column) in self._cut:
                self.report(text, "KB102", message)

    def _nodes(self, events: Iterator[yaml.Event], depth: int) -> Iterator[Node]:
        """Yield the nodes up to the end of the collection that was begun."""
        for event in events:
            if isinstance(event, yaml.CollectionEndEvent):
                return
            yield self._node(event, events, depth + 1)

    def _rows(self, events: Iterator[yaml.Event], depth: int) -> dict[str, tuple[Text, Node]]:
        rows: dict[str, tuple[Text, Node]] = {}
        nodes = self._nodes(events, depth)
        for key, value in zip(nodes, nodes, strict=True):
            if not isinstance(key, Text):
                self.report(key, "KB005", "a key must be a word")
            elif key.value in rows:
                first = rows[key.value][0].line
                self.report(key, "KB003", f'duplicate key "{key.value}" (first on line {first})')
            else:
                rows[key.value] = key, value
                self._report_cut(key.value, value)
        return rows


class _TooDeepError(Exception):
    """The file nests deeper than any knowledge does, perhaps to exhaust memory."""

    def __init__(self, place: Text) -> None:
        super().__init__()
        self.place = place


def _read_again(text: str) -> tuple[Exception | None, Text, Any]:  # Any: as for _at
    """Return what the parser in Python says of a broken text, as far as it can be read in a short time.

    Returns:
        The error, if any; the place up to which all was well; and the last text in quotes over several lines,
        which may be there by mistake.

    Raises:
        _TooDeepError: It nests too deeply, and there this parser takes very long.
    """
    place, long, depth = START, None, 0
    try:
        for event in yaml.parse(text if len(text) <= _MOST_READ_AGAIN else "", Loader=yaml.SafeLoader):
            marks: Any = event
            place = _at(marks.end_mark)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                raise _TooDeepError(_at(marks.start_mark))
            if isinstance(event, yaml.ScalarEvent) and event.style in ("'", '"'):
                long = marks if marks.end_mark.line > marks.start_mark.line else long
    except _UNREADABLE as error:
        return error, place, long
    return None, place, long


def _end(text: str) -> Text:
    """Return the place after a text, which holds what is read before it."""
    lines = split_lines(text)
    return Text("", len(lines), len(lines[-1]) + 1)


def _line(error: Exception) -> int:
    """Return the line of a YAML error, 0 where it has none."""
    return error.problem_mark.line if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 0


def _at(mark: Any) -> Text:  # Any: the two parsers have a class of marks each
    return Text("", mark.line + 1, mark.column + 1)


def _as_written(event: yaml.ScalarEvent) -> str:
    """Return a scalar's text with its paragraphs parted by blank lines.

    YAML folds a blank line into one line break, except in a literal block (`|`), where
    single line breaks are the author's own.
    """
    value: str = event.value.strip()
    return value if event.style == "|" or "\n" not in value else re.sub(r"\n+", "\n\n", value)
