"""A folder of YAML files becomes a Knowledge, or every problem in it at its line.

YAML is read as events, not as Python values: every scalar stays the text that the author
wrote (`answer: no` is the word no), every node keeps its place, and what YAML would let
pass in silence (a key given twice, an alias) is reported.
"""

import datetime
import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import yaml

from .errors import KnowledgeError, Problem
from .knowledge import NOTHING, Entry, Knowledge, LabelledQuestion, Phrasing, Settings, Source
from .text import words

# libyaml's parser, where PyYAML has it, is about eight times as fast as the one in Python.
_FAST_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH: Final = 8  # the format itself is four levels deep

_UNREADABLE: Final = ("KB001", "KB002")
_MISSING: Final = ("KB010", "KB011")

_SECTIONS: Final = ("bot", "words", "sources", "entries")
_YEAR: Final = 365  # days after which a source is to be read again
_LATIN: Final = re.compile(r"[a-z\u00df-\u024f]")
_FREQUENT: Final = 5.2  # Zipf frequency of an English word that is in no list of another language

_BOT_KEYS: Final = ("name", "greeting", "disclaimer", "no_answer", "only_english")
_SOURCE_KEYS: Final = ("title", "publisher", "year", "url", "checked")
_QUESTION_KEYS: Final = ("expect", "ask", "kind")
_ENTRY_KEYS: Final = (
    "question",
    "answer",
    "id",
    "also",
    "note",
    "source",
    "related",
    "urgent",
    "signs",
    "out_of_scope",
)


def shipped_folder() -> Path:
    """Return the folder of the base that comes with magbot, installed or in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "shipped"
    return installed if installed.is_dir() else package.parent / "knowledge"


def load_knowledge(folder: str | Path) -> Knowledge:
    """Return the knowledge in a folder of `*.yaml` files (or in one such file).

    Entries keep the order of the files by name, and within a file that of the author.

    Raises:
        KnowledgeError: With all problems of all files, each at its place.
    """
    knowledge, problems = check_knowledge(folder)
    if knowledge is None:
        raise KnowledgeError(problem for problem in problems if not problem.is_warning)
    return knowledge


def check_knowledge(
    folder: str | Path, today: datetime.date | None = None
) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    """Return the knowledge, or None where it cannot be used, and all problems and warnings, sorted by place.

    Args:
        folder: As for `load_knowledge`.
        today: What the age of a source is counted from; the date of the computer if left out.

    Raises:
        KnowledgeError: There is nothing to check, as the folder cannot be read.
    """
    problems: list[Problem] = []
    files = [_File(path, problems) for path in _paths(folder)]
    sections = [(file, file.sections()) for file in files]
    base = _Base(today or datetime.date.today())
    for file, found in sections:
        base.take_sources(file, found.get("sources"))
        base.take_settings(file, found.get("bot"))
        base.take_words(file, found.get("words"))
        base.take_ids(file, found.get("entries"))
    entries = [entry for draft in base.drafts if (entry := base.entry(draft))]
    if not base.drafts and all(problem.is_warning for problem in problems):
        problems.append(Problem(str(folder), 1, 1, "KB007", 'no entries here; add a file with the section "entries"'))
    if any(problem.code in _UNREADABLE for problem in problems):
        # What a file that cannot be read holds is unknown, so nothing can be said to be missing.
        problems = [problem for problem in problems if problem.code not in _MISSING]
    usable = all(problem.is_warning for problem in problems)
    knowledge = Knowledge(tuple(entries), tuple(base.words), base.settings) if usable else None
    return knowledge, tuple(sorted(problems))


def load_questions(path: str | Path, *, ids: Sequence[str] | None = None) -> tuple[LabelledQuestion, ...]:
    """Return the labelled questions of a file, in its order.

    A `*.jsonl` file holds an object a line: {"q": question, "ok": [ids], "kind": word}. Any other
    is YAML: a list of rows with `expect` (an id or a list of them), `ask` (questions) and `kind`.

    Args:
        path: The file.
        ids: The ids that a label may name, beside "none"; without them any is taken.

    Raises:
        KnowledgeError: With all problems of the file, each at its place.
    """
    problems: list[Problem] = []
    labels = None if ids is None else dict.fromkeys([*ids, NOTHING])
    file = _File(Path(path), problems)
    rows = file.json_questions() if Path(path).suffix == ".jsonl" else file.yaml_questions()
    questions = []
    for place, question in rows:
        questions.append(question)
        for name in question.expected:
            if labels is not None and name not in labels:
                file.report(place, "KB011", _unknown("id", name, list(labels)))
    if not questions and not problems:
        file.report(_START, "KB007", "no questions here")
    if problems:
        raise KnowledgeError(problems)
    return tuple(questions)


def _paths(folder: str | Path) -> list[Path]:
    """Return the files to read, by name; raise KnowledgeError where there is none."""
    if not str(folder):  # which would be read as the current folder
        raise _unusable("(no name)", "the folder has no name; name a folder of YAML files")
    place = Path(folder)
    try:
        if place.is_file():
            return [place]
        # Names that begin with a dot are editors' own, and come and go.
        paths = sorted(path for path in place.iterdir() if path.suffix == ".yaml" and path.name[0] != ".")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", error)
        raise _unusable(folder, f"cannot be read ({reason}); name a folder of YAML files") from error
    if not paths:
        raise _unusable(folder, "no *.yaml file in this folder (files that end in .yml are not read)")
    return paths


def _unusable(folder: str | Path, message: str) -> KnowledgeError:
    return KnowledgeError([Problem(str(folder), 1, 1, "KB001", message)])


class English:
    """What is known of English words, from a sorted file of text lines.

    A line is a word, its frequency on the Zipf scale in tenths (van Heuven et al. 2014: 70 is one
    word in a hundred, 30 one in a million), and the words near in meaning, the nearest first,
    each followed by the two digits of a cosine: "calf 33* calves81 cow67". A star marks a word that
    first of all names a thing. The file is read at the first look-up and searched as it is, as
    parsing it would take longer than an answer.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or Path(__file__).with_name("english.txt")

    def frequency(self, word: str) -> float:
        """Return the Zipf frequency of a word, from 0 to 8; 0 for a word not listed."""
        line = self._line(word)
        return int(line[1].rstrip(b"*")) / 10 if line else 0.0

    def related(self, word: str) -> tuple[tuple[str, float], ...]:
        """Return the words near in meaning with their cosines, from 0.4 to 0.99; empty for a word not listed."""
        return tuple((near[:-2].decode(), int(near[-2:]) / 100) for near in self._line(word)[2:])

    def names_a_thing(self, word: str) -> bool:
        """Return whether a word names what one can touch: an animal, a food, a part of the body, ..."""
        line = self._line(word)
        return bool(line) and line[1].endswith(b"*")

    def is_foreign(self, text: str) -> bool:
        """Return whether a text is in another language, by its letters or by the frequent words of languages.

        One word, or a text with as many frequent English words, tells nothing.
        """
        typed = [word for word in words(text) if len(word) > 1]
        letters = "".join(filter(str.isalpha, "".join(typed)))
        if len(letters) > 2 * len(_LATIN.findall(letters)):
            return True
        own = sum(self.frequency(word) >= _FREQUENT for word in typed)
        return any(len(known.intersection(typed)) > max(1, own) for known in self._languages)

    @cached_property
    def _languages(self) -> list[frozenset[str]]:
        text = self._path.with_name("languages.txt").read_text(encoding="utf-8")
        return [frozenset(line.split()[1:]) for line in text.splitlines()]

    def _line(self, word: str) -> list[bytes]:
        sought, lines = word.encode(errors="replace"), self._lines
        low, high = 0, len(lines)
        while low < high:
            start = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = lines.find(b"\n", start)
            line = lines[start:end].split()
            if line[0] == sought:
                return line
            low, high = (end + 1, high) if line[0] < sought else (low, start)
        return []

    @cached_property
    def _lines(self) -> bytes:
        return self._path.read_bytes()


class _Text(NamedTuple):
    """A scalar, always as text. Places are 1-based."""

    value: str
    line: int
    column: int


class _List(NamedTuple):
    items: "list[_Node]"
    line: int
    column: int


class _Table(NamedTuple):
    """A mapping; each value comes with its key, for its place."""

    rows: "dict[str, tuple[_Text, _Node]]"
    line: int
    column: int


_Node: TypeAlias = _Text | _List | _Table
_START: Final = _Text("", 1, 1)


class _File:
    """One YAML file: its nodes, and the problems found in them."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path = str(path)
        self._file = path
        self._problems = problems

    def report(self, node: _Node, code: str, message: str) -> None:
        """Keep a problem; its message becomes one line."""
        self._problems.append(Problem(self.path, node.line, node.column, code, " ".join(message.split())))

    def sections(self) -> dict[str, _Node]:
        """Return the top-level sections; empty where the file holds none or cannot be read."""
        root = self._root()
        return {} if root is None else self.table(root, _SECTIONS)

    def yaml_questions(self) -> Iterator[tuple["_Node", LabelledQuestion]]:
        """Yield the questions of a YAML file, each with the place of its label, having reported what is wrong."""
        for row in self.items(self._root(), "- {expect: dosage, ask: [how much]}"):
            values = self.table(row, _QUESTION_KEYS, required=["expect", "ask"])
            expected = tuple(text.value for text in self.texts(values.get("expect")))
            kind = self.text(values.get("kind"))
            if "expect" in values and not expected:
                self.report(values["expect"], "KB007", 'expected an id, or "none"')
            for text in self.texts(values.get("ask")) if expected else []:
                yield values["expect"], LabelledQuestion(text.value, expected, kind)

    def json_questions(self) -> Iterator[tuple["_Node", LabelledQuestion]]:
        """Yield the questions of a file with an object a line, each with its place, having reported what is wrong."""
        for line, text in enumerate((self._read() or "").split("\n"), start=1):
            place = _Text("", line, 1)
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

    def table(self, node: _Node, known: Sequence[str], required: Sequence[str] = ()) -> dict[str, _Node]:
        """Return the values of a mapping by key, having reported unknown and missing keys."""
        if not isinstance(node, _Table):
            self.report(node, "KB005", f"expected {', '.join(known)}, each with a colon and its value")
            return {}
        for name, (key, _) in node.rows.items():
            if name not in known:
                self.report(key, "KB006", _unknown("key", name, known))
        for name in required:
            if name not in node.rows:
                self.report(node, "KB007", f'the key "{name}" is missing')
        return {name: value for name, (_, value) in node.rows.items() if name in known}

    def text(self, node: _Node | None) -> str:
        """Return a scalar's text; "" where there is none, which is reported unless the key is absent."""
        if node is None:
            return ""
        if not isinstance(node, _Text):
            self.report(node, "KB005", "expected text, not a list or keys; quote the text if it holds a colon")
            return ""
        if not node.value:
            self.report(node, "KB007", "expected text, found nothing; write it or remove the key")
        return node.value

    def texts(self, node: _Node | None) -> list[_Text]:
        """Return the scalars of a list; a single scalar is a list of one."""
        items = node.items if isinstance(node, _List) else [node] if node else []
        return [item for item in items if self.text(item) and isinstance(item, _Text)]

    def items(self, node: _Node | None, example: str) -> list[_Node]:
        """Return the rows of a list, which is reported where it is none."""
        if node is None or isinstance(node, _List):
            return node.items if node else []
        self.report(node, "KB005", f'expected a list, each row begun with "- ", as in "{example}"')
        return []

    def _root(self) -> _Node | None:
        """Return the file's only document, or None where it is empty or broken."""
        text = self._read()
        if text is None:
            return None
        try:
            return self._document(yaml.parse(text, Loader=_FAST_LOADER))
        except yaml.YAMLError as error:
            self._report_syntax(text, error)
        except _TooDeepError as error:
            self.report(error.place, "KB002", "lists or keys within each other too deeply")
        return None

    def _read(self) -> str | None:
        """Return the file's text, or None where it cannot be read, which is reported."""
        try:
            return self._file.read_bytes().decode("utf-8-sig")
        except OSError as error:
            self.report(_START, "KB001", f"cannot be read ({error.strerror})")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            self.report(_Text("", line, 1), "KB001", "is not UTF-8 text; save the file as UTF-8")
        return None

    def _report_syntax(self, text: str, error: yaml.YAMLError) -> None:
        """Report a YAML error in the words of the parser in Python, whichever parser found it."""
        try:
            for _ in yaml.parse(text, Loader=yaml.SafeLoader):
                pass
        except yaml.YAMLError as plain_error:
            error = plain_error
        place, message = _START, str(error)
        if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
            place, message = _at(error.problem_mark), str(error.problem)
        elif isinstance(error, yaml.reader.ReaderError):
            before = text[: error.position]
            column = error.position - (before.rfind("\n") + 1) + 1
            place = _Text("", before.count("\n") + 1, column)
            message = f"the character U+{ord(text[error.position]):04X} is not allowed; remove it"
        self.report(place, "KB002", f"not valid YAML: {message}")

    def _document(self, events: Iterator[yaml.Event]) -> _Node | None:
        root = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                message = 'a second document begins here; remove the line "---"'
                self.report(_at(event.start_mark), "KB002", message)
                break
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, 1)
        empty = isinstance(root, _Text) and not root.value
        return None if empty else root

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> _Node:
        mark: Any = event.start_mark  # Any: the two parsers have a class of marks each
        line, column = mark.line + 1, mark.column + 1
        if depth > _MAX_DEPTH:
            raise _TooDeepError(_Text("", line, column))
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            message = "anchors (&), aliases (*) and tags (!) are not used here; write the text out, in quotes"
            self.report(_Text("", line, column), "KB004", message)
        if isinstance(event, yaml.ScalarEvent):
            return _Text(_as_written(event), line, column)
        if isinstance(event, yaml.SequenceStartEvent):
            return _List(list(self._nodes(events, depth)), line, column)
        if isinstance(event, yaml.MappingStartEvent):
            return _Table(self._rows(events, depth), line, column)
        return _Text("*", line, column)  # an alias, reported above

    def _nodes(self, events: Iterator[yaml.Event], depth: int) -> Iterator[_Node]:
        """Yield the nodes up to the end of the collection that was begun."""
        for event in events:
            if isinstance(event, yaml.CollectionEndEvent):
                return
            yield self._node(event, events, depth + 1)

    def _rows(self, events: Iterator[yaml.Event], depth: int) -> dict[str, tuple[_Text, _Node]]:
        rows: dict[str, tuple[_Text, _Node]] = {}
        nodes = self._nodes(events, depth)
        for key, value in zip(nodes, nodes, strict=True):
            if not isinstance(key, _Text):
                self.report(key, "KB005", "a key must be a word")
            elif key.value in rows:
                first = rows[key.value][0].line
                self.report(key, "KB003", f'duplicate key "{key.value}" (first on line {first})')
            else:
                rows[key.value] = key, value
        return rows


class _TooDeepError(Exception):
    """The file nests deeper than any knowledge does, perhaps to exhaust memory."""

    def __init__(self, place: _Text) -> None:
        super().__init__()
        self.place = place


@dataclass(frozen=True, slots=True)
class _Draft:
    """An entry whose id is known and whose references are still to be resolved."""

    id: str
    file: _File
    values: dict[str, _Node]
    question: list[_Text]  # of one, or none where it is missing


class _Base:
    """What the files say together."""

    def __init__(self, today: datetime.date) -> None:
        self._today = today
        self.settings = Settings()
        self.words: list[tuple[str, ...]] = []
        self.drafts: list[_Draft] = []
        self._sources: dict[str, Source] = {}
        self._ids: dict[str, None] = {}
        self._places: dict[tuple[str, str], str] = {}  # what is named where, for finding it twice

    def take_settings(self, file: _File, node: _Node | None) -> None:
        if node is None or not self._first(file, node, "section", "bot"):
            return
        found = file.table(node, _BOT_KEYS)
        self.settings = Settings(**{key: text for key, value in found.items() if (text := file.text(value))})

    def take_words(self, file: _File, node: _Node | None) -> None:
        for row in file.items(node, "- [leg cramp, charley horse]"):
            group = file.texts(row)
            if len(group) < 2:
                file.report(row, "KB008", "a row of words needs at least two, as in [leg cramp, charley horse]")
            for text in group:
                if not words(text.value):
                    file.report(text, "KB008", "expected a word or phrase")
                else:
                    self._first(file, text, "phrase", " ".join(words(text.value)))
            self.words.append(tuple(text.value for text in group))

    def take_sources(self, file: _File, node: _Node | None) -> None:
        if node is None:
            return
        if not isinstance(node, _Table):
            file.report(node, "KB005", 'expected keys with a colon, as in "article: {title: ...}"')
            return
        for name, (key, value) in node.rows.items():
            found = file.table(value, _SOURCE_KEYS, required=["title"])
            texts = {field: file.text(item) for field, item in found.items()}
            checked = texts.get("checked", "")
            if checked and not _is_date(checked):
                file.report(found["checked"], "KB008", "expected a date, as in 2026-11-22")
            elif checked and (age := (self._today - datetime.date.fromisoformat(checked)).days) > _YEAR:
                file.report(
                    found["checked"],
                    "KB101",
                    f"the source was checked {age} days ago; read it again and put the date here",
                )
            if self._first(file, key, "source", name):
                self._sources[name] = Source(**{**texts, "title": texts.get("title") or "untitled"})

    def take_ids(self, file: _File, node: _Node | None) -> None:
        for item in file.items(node, "- question: ..."):
            values = file.table(item, _ENTRY_KEYS, required=["question", "answer"])
            question, named = values.get("question"), values.get("id")
            asked = file.text(question)
            name = file.text(named) if named else "-".join(words(asked))
            if name.split() != [name] and named:
                file.report(named, "KB008", 'an id is one word, as in "upper-limit"')
            if name:
                self._first(file, named or question or item, "id", name)
            first = [_Text(asked, question.line, question.column)] if question and asked else []
            self.drafts.append(_Draft(name, file, values, first))
            self._ids[name] = None

    def entry(self, draft: _Draft) -> Entry | None:
        """Return the entry, having reported what is wrong with its values; None where it is unusable."""
        file, values = draft.file, draft.values
        phrasings = []
        for text in draft.question + file.texts(values.get("also")):
            try:
                phrasings.append(Phrasing(" ".join(text.value.split()), text.line))
            except ValueError:
                file.report(text, "KB008", "a question needs at least one word")
        answer = file.text(values.get("answer"))
        sources = [self._sources[name] for name in self._known(file, values.get("source"), "source", self._sources)]
        related = self._known(file, values.get("related"), "id", self._ids)
        note, urgent = file.text(values.get("note")), self._flag(file, values.get("urgent"))
        out_of_scope = self._flag(file, values.get("out_of_scope"))
        if urgent and out_of_scope:
            file.report(values["out_of_scope"], "KB008", "an entry is urgent or out of scope, not both; remove one")
            return None
        if draft.id in related:
            file.report(values["related"], "KB008", "an entry is not related to itself; remove its own id")
        if not phrasings or not answer:
            return None
        return Entry(
            id=draft.id,
            phrasings=tuple(phrasings),
            answer=answer,
            note=note,
            sources=tuple(sources),
            related=tuple(related),
            urgent=urgent,
            signs=self._signs(file, values.get("signs"), urgent=urgent),
            out_of_scope=out_of_scope,
            file=file.path,
        )

    def _known(self, file: _File, node: _Node | None, what: str, known: Mapping[str, object]) -> list[str]:
        """Return the names that exist, having reported the others and those given twice."""
        found: list[str] = []
        for name in file.texts(node):
            if name.value not in known:
                file.report(name, "KB010" if what == "source" else "KB011", _unknown(what, name.value, list(known)))
            elif name.value in found:
                file.report(name, "KB009", f'{what} "{name.value}" stands here twice; remove one')
            else:
                found.append(name.value)
        return found

    def _signs(self, file: _File, node: _Node | None, *, urgent: bool) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return the rows of signs; a cell holds pieces with strokes between them."""
        if node and not urgent:
            file.report(node, "KB008", 'only an urgent entry has signs; add "urgent: true" or remove them')
        rows = []
        for row in file.items(node, "- [one leg / one calf, swollen / red]"):
            if not isinstance(row, _List):
                file.report(row, "KB005", "expected a row in brackets, as in [one leg / one calf, swollen / red]")
                continue
            cells = [
                (text, tuple(" ".join(piece.split()) for piece in text.value.split("/"))) for text in file.texts(row)
            ]
            empty = [text for text, cell in cells if not all(map(words, cell))]
            for text in empty:
                file.report(text, "KB008", "a piece of a sign needs at least one word")
            if cells and not empty:
                rows.append(tuple(cell for _, cell in cells))
        return tuple(rows)

    def _flag(self, file: _File, node: _Node | None) -> bool:
        text = file.text(node)
        if node and text not in ("", "true", "false"):
            file.report(node, "KB008", "expected true or false, in small letters")
        return text == "true"

    def _first(self, file: _File, node: _Node, what: str, name: str) -> bool:
        """Return whether this name is new; report it where it is not."""
        there = self._places.get((what, name))
        if there is not None:
            file.report(node, "KB009", f'{what} "{name}" is already used at {there}')
            return False
        self._places[what, name] = f"{file.path}:{node.line}"
        return True


def _at(mark: Any) -> _Text:  # Any: the two parsers have a class of marks each
    return _Text("", mark.line + 1, mark.column + 1)


def _as_written(event: yaml.ScalarEvent) -> str:
    """Return a scalar's text with its paragraphs parted by blank lines.

    YAML folds a blank line into one line break, except in a literal block (`|`), where
    single line breaks are the author's own.
    """
    value: str = event.value.strip()
    return value if event.style == "|" or "\n" not in value else re.sub(r"\n+", "\n\n", value)


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    all_known = f"known: {', '.join(known)}" if 0 < len(known) < 10 else f"there are {len(known)}, none like it"
    cure = f'did you mean "{near[0]}"?' if near else all_known
    return f'unknown {what} "{name}"; {cure}'


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text  # other forms of ISO 8601 are read, too
    except ValueError:
        return False
