"""The nodes of the files of a folder become a Knowledge, or every problem in it at its line."""

import datetime
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ..errors import KnowledgeError, Problem, shown_path
from ..knowledge import NOTHING, Entry, Knowledge, LabelledQuestion, Phrasing, Settings, Source
from ..text import words
from .files import START, File, List, Node, Table, Text
from .folder import paths

# What `magbot new` puts where the author has to write.
PLACEHOLDER: Final = "Write the answer here"
EXAMPLE_PHRASING: Final = "another way in which people ask this"
_UNREADABLE: Final = ("KB001", "KB002")
_MISSING: Final = ("KB010", "KB011")

_YEAR: Final = 365  # days after which a source is to be read again

_BULLET: Final = re.compile(r"[-\u2013]\S|[\u2013\u2022*]\s|\d+[.)]\s+\D")  # YAML takes it for a part of the text
BOT_KEYS: Final = ("name", "greeting", "disclaimer", "no_answer", "only_english")
SOURCE_KEYS: Final = ("title", "publisher", "year", "url", "checked")
ENTRY_KEYS: Final = (
    "question",
    "answer",
    "id",
    "also",
    "note",
    "source",
    "related",
    "urgent",
    "signs",
    "harmless",
    "out_of_scope",
)


def check_knowledge(
    folder: str | Path, today: datetime.date | None = None, *, unwritten: bool = False
) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    """Return the knowledge, or None where it cannot be used, and all problems and warnings, sorted by place.

    Args:
        folder: As for `load_knowledge`.
        today: What the age of a source is counted from; the date of the computer if left out.
        unwritten: Whether entries whose answer is still to be written are among the knowledge.

    Raises:
        KnowledgeError: There is nothing to check, as the folder cannot be read.
    """
    problems: list[Problem] = []
    files = [File(path, problems) for path in paths(folder)]
    return _checked(files, problems, str(folder), _Base(today or datetime.date.today(), unwritten=unwritten))


def parse_knowledge(text: str, name: str) -> Knowledge:
    """Return the knowledge in a YAML text, as `bot.parse_knowledge` promises."""
    problems: list[Problem] = []
    knowledge, found = _checked([File(Path(name), problems, text)], problems, name, _Base(datetime.date.today()))
    if knowledge is None:
        raise KnowledgeError(problem for problem in found if not problem.is_warning)
    return knowledge


def _checked(
    files: Sequence[File], problems: list[Problem], place: str, base: "_Base"
) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    sections = [(file, file.sections()) for file in files]
    for file, found in sections:
        base.take_sources(file, found.get("sources"))
        base.take_settings(file, found.get("bot"))
        base.take_words(file, found.get("words"))
        base.take_ids(file, found.get("entries"))
    entries = [entry for draft in base.drafts if (entry := base.entry(draft))]
    if not base.drafts and all(problem.is_warning for problem in problems):
        problems.append(Problem(place, 1, 1, "KB007", 'no entries here; add a file with the section "entries"'))
    if any(problem.code in _UNREADABLE for problem in problems):
        # What a file that cannot be read holds is unknown, so nothing can be said to be missing.
        problems = [problem for problem in problems if problem.code not in _MISSING]
    usable = all(problem.is_warning for problem in problems)
    known = {entry.id for entry in entries}
    entries = [replace(entry, related=tuple(name for name in entry.related if name in known)) for entry in entries]
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
    file = File(Path(path), problems, pipe=True)
    rows = file.json_questions() if Path(path).suffix == ".jsonl" else file.yaml_questions()
    questions = []
    for place, question in rows:
        questions.append(question)
        for name in question.expected:
            if labels is not None and name not in labels:
                file.report_unknown(place, "KB011", "id", name, labels)
    if not questions and not problems:
        file.report(START, "KB007", "no questions here")
    if problems:
        raise KnowledgeError(problems)
    return tuple(questions)


@dataclass(frozen=True, slots=True)
class _Draft:
    """An entry whose id is known and whose references are still to be resolved."""

    id: str
    file: File
    values: dict[str, Node]
    question: list[Text]  # of one, or none where it is missing


class _Base:
    """What the files say together."""

    def __init__(self, today: datetime.date, *, unwritten: bool = False) -> None:
        self._today = today
        self._unwritten = unwritten
        self.settings = Settings()
        self.words: list[tuple[str, ...]] = []
        self.drafts: list[_Draft] = []
        self._sources: dict[str, Source] = {}
        self._ids: dict[str, None] = {}
        self._asked: dict[str, tuple[_Draft, Text]] = {}  # who asks what first
        self._named: dict[tuple[str, str], tuple[File, Node]] = {}  # what is named where first

    def take_settings(self, file: File, node: Node | None) -> None:
        if node is None:
            return
        self._name_once(file, node, "section", "bot")
        found = file.table(node, BOT_KEYS)
        self.settings = Settings(**{key: text for key, value in found.items() if (text := file.text(value))})

    def take_words(self, file: File, node: Node | None) -> None:
        for row in file.items(node, "- [leg cramp, charley horse]"):
            group = file.texts(row)
            if len(group) < 2:
                file.report(row, "KB008", "a row of words needs at least two, as in [leg cramp, charley horse]")
            for text in group:
                if not words(text.value):
                    file.report(text, "KB008", "expected a word or phrase")
                else:
                    self._name_once(file, text, "phrase", " ".join(words(text.value)))
            self.words.append(tuple(text.value for text in group))

    def take_sources(self, file: File, node: Node | None) -> None:
        if node is None:
            return
        if not isinstance(node, Table):
            file.report(node, "KB005", 'expected keys with a colon, as in "article: {title: ...}"')
            return
        for name, (key, value) in node.rows.items():
            found = file.table(value, SOURCE_KEYS, required=["title"])
            texts = {field: file.text(item) for field, item in found.items()}
            checked = texts.get("checked", "")
            if checked and not _is_date(checked):
                file.report(found["checked"], "KB008", "expected a date, as in 2026-11-22")
            elif checked and datetime.date.fromisoformat(checked) > self._today:
                file.report(found["checked"], "KB008", "this date is in the future; put the day of the last check")
            elif checked and (age := (self._today - datetime.date.fromisoformat(checked)).days) > _YEAR:
                file.report(
                    found["checked"],
                    "KB101",
                    f"the source was checked {age} days ago; read it again and put the date here",
                )
            self._name_once(file, key, "source", name)
            self._sources[name] = Source(**{**texts, "title": texts.get("title") or "untitled"})

    def take_ids(self, file: File, node: Node | None) -> None:
        for item in file.items(node, "- question: ..."):
            values = file.table(item, ENTRY_KEYS, required=["question", "answer"])
            question, named = values.get("question"), values.get("id")
            asked = file.text(question)
            name = file.text(named) if named else "-".join(words(asked))
            if name.split() != [name] and named:
                file.report(named, "KB008", 'an id is one word, as in "upper-limit"')
            if name:
                self._name_once(file, named or question or item, "id", name)
            first = [Text(asked, question.line, question.column)] if question and asked else []
            self.drafts.append(_Draft(name, file, values, first))
            self._ids[name] = None

    def entry(self, draft: _Draft) -> Entry | None:
        """Return the entry, having reported what is wrong with its values; None where it is unusable."""
        file, values = draft.file, draft.values
        phrasings = self._phrasings(draft)
        answer = file.text(values.get("answer"))
        if PLACEHOLDER in answer:
            file.report(values["answer"], "KB109", "this answer is still to be written; until then nobody gets it")
            if not self._unwritten:
                return None
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
            harmless=self._harmless(file, values.get("harmless"), urgent=urgent),
            out_of_scope=out_of_scope,
            file=file.path,
        )

    def _known(self, file: File, node: Node | None, what: str, known: Collection[str]) -> Iterable[str]:
        """Return the names that exist, having reported the others and those given twice."""
        found: dict[str, None] = {}
        for name in file.texts(node):
            if name.value not in known:
                file.report_unknown(name, "KB010" if what == "source" else "KB011", what, name.value, known)
            elif name.value in found:
                file.report(name, "KB009", f'{what} "{name.value}" stands here twice; remove one')
            else:
                found[name.value] = None
        return found

    def _signs(self, file: File, node: Node | None, *, urgent: bool) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return the rows of signs; a cell holds pieces with strokes between them."""
        if node and not urgent:
            file.report(node, "KB008", 'only an urgent entry has signs; add "urgent: true" or remove them')
        rows = []
        for row in file.items(node, "- [one leg / one calf, swollen / red]"):
            if not isinstance(row, List):
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

    def _harmless(self, file: File, node: Node | None, *, urgent: bool) -> tuple[str, ...]:
        """Return the phrases in which nothing is a sign."""
        if node and not urgent:
            file.report(node, "KB008", 'only an urgent entry has harmless phrases; add "urgent: true" or remove them')
        phrases = file.texts(node)
        for text in phrases:
            if not words(text.value):
                file.report(text, "KB008", "a harmless phrase needs at least one word")
        return tuple(text.value for text in phrases if words(text.value))

    def _phrasings(self, draft: _Draft) -> list[Phrasing]:
        """Return the ways of asking for an entry, having reported what is none."""
        file, values = draft.file, draft.values
        phrasings = []
        for text in draft.question + file.texts(values.get("also")):
            if EXAMPLE_PHRASING in text.value:
                if PLACEHOLDER not in file.peek(values.get("answer")):
                    file.report(text, "KB109", "this phrasing is still the example; write your own, or remove it")
            elif _BULLET.match(text.value):
                file.report(text, "KB008", 'a list needs a dash and a space before each text, as in "- opening hours"')
            elif asked := " ".join(words(text.value)):
                phrasings.append(Phrasing(" ".join(text.value.split()), text.line))
                self._ask_once(draft, text, asked)
            else:
                file.report(text, "KB008", "a question needs at least one word")
        return phrasings

    def _ask_once(self, draft: _Draft, text: Text, asked: str) -> None:
        """Report a question that was asked for already: for another entry, only one of them could answer it."""
        owner, first = self._asked.setdefault(asked, (draft, text))
        place = f"{shown_path(owner.file.path)}:{first.line}"
        if owner.id != draft.id:  # which would be reported, too
            draft.file.report(text, "KB012", f'"{owner.id}" asks the same at {place}; remove it from one of the two')
        elif owner is draft and first is not text:
            draft.file.report(text, "KB103", f"the same question stands at {place}; remove one")

    def _flag(self, file: File, node: Node | None) -> bool:
        text = file.text(node)
        if node and text not in ("", "true", "false"):
            file.report(node, "KB008", "expected true or false, in small letters")
        return text == "true"

    def _name_once(self, file: File, node: Node, what: str, name: str) -> None:
        """Report a name that was used already."""
        there, first = self._named.setdefault((what, name), (file, node))
        if first is not node:
            file.report(node, "KB009", f'{what} "{name}" is already used at {shown_path(there.path)}:{first.line}')


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text  # other forms of ISO 8601 are read, too
    except ValueError:
        return False
