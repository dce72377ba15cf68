"""All that is wrong or doubtful in knowledge folders and files, and how it is printed."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from ..chat import FaqBot
from ..errors import KnowledgeError, Problem, shown_path
from ..knowledge import Knowledge, LabelledQuestion
from ..loading import paths, source_lines
from ..loading.folder import is_file
from ..loading.reading import check_knowledge
from .lint import Lines, lint

Format: TypeAlias = Literal["concise", "full", "github", "json"]
FORMATS: Final = get_args(Format)
_ALLOWED: Final = re.compile(r"#.*\ballow((?: KB\d{3},?)+)")

_SHOWN_BESIDE: Final = 100  # characters of a line before and after the place of a problem

Watch: TypeAlias = Callable[[int, int], None]


@dataclass(slots=True)
class Checked:
    """What was looked at and found.

    Attributes:
        files: How many.
        entries: How many; 0 where the knowledge cannot be used.
        phrasings: How many.
        problems: Sorted by place.
    """

    files: int = 0
    entries: int = 0
    phrasings: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """What was found in one line."""
        errors = sum(not problem.is_warning for problem in self.problems)
        warnings = len(self.problems) - errors
        counted = [_count(errors, "error")] * bool(errors) + [_count(warnings, "warning")] * bool(warnings)
        if counted:
            return f"Found {', '.join(counted)} in {_count(self.files, 'file')}."
        sizes = _count(self.files, "file"), _count(self.entries, "entry", "entries"), _count(self.phrasings, "phrasing")
        return f"{', '.join(sizes)}: no problems."


def check(
    places: Iterable[str | Path],
    *,
    questions: Sequence[LabelledQuestion] | None = None,
    quick: bool = False,
    watch: Watch | None = None,
) -> Checked:
    """Return what is wrong in folders and files; a file is read together with the others of its folder.

    Args:
        places: Folders, or files of one; of a file's folder all errors are kept, but only the file's warnings.
        questions: Labelled questions that should ask for each entry.
        quick: Whether to leave out the warnings for which each phrasing is matched.
        watch: Told how many phrasings of how many have been looked at.
    """
    checked, wanted = Checked(), _wanted(places)
    for file in (file for files in wanted.values() for file in files if file.suffix != ".yaml"):
        checked.problems.append(Problem(str(file), 1, 1, "KB001", "only files whose names end in .yaml are read"))
    for folder, files in wanted.items():
        try:
            read = paths(folder)
            knowledge, problems = check_knowledge(folder)
        except KnowledgeError as error:
            checked.problems += error.problems
            continue
        checked.files += len(files or read)
        found = list(problems)
        if knowledge:
            checked.entries += len(knowledge.entries)
            checked.phrasings += sum(len(entry.phrasings) for entry in knowledge.entries)
            found += [] if quick else _doubts(knowledge, files, questions, watch)
        # What keeps the folder from being loaded concerns each of its files.
        checked.problems += [
            problem for problem in found if not files or Path(problem.path) in files or not problem.is_warning
        ]
    lines = _remembered(source_lines)
    checked.problems = sorted(problem for problem in set(checked.problems) if not _is_allowed(problem, lines))
    return checked


def shown(checked: Checked, form: Format) -> str:
    """Return the problems in a format, with the summary where people read it."""
    match form:
        case "json":
            keys = ("path", "line", "column", "code", "message")
            rows = [
                {**dict(zip(keys, problem, strict=True)), "severity": _severity(problem)}
                for problem in checked.problems
            ]
            return json.dumps(rows, indent=1)
        case "github":
            return "\n".join([*map(_for_github, checked.problems), checked.summary])
        case "full":
            lines = _remembered(source_lines)
            return "\n".join([*(_with_line(problem, lines) for problem in checked.problems), checked.summary])
        case "concise":
            return "\n".join([*map(str, checked.problems), checked.summary])


def _wanted(places: Iterable[str | Path]) -> dict[Path, set[Path]]:
    """Return the folders to read, each with the files asked for; none means all."""
    wanted: dict[Path, set[Path]] = {}
    whole = set()
    for place in map(Path, places):
        folder = place.parent if is_file(place) else place
        files = wanted.setdefault(folder, set())
        if folder == place:
            whole.add(folder)
        files.add(place)
    return {folder: set() if folder in whole else files for folder, files in wanted.items()}


def _doubts(
    knowledge: Knowledge, files: set[Path], questions: Sequence[LabelledQuestion] | None, watch: Watch | None
) -> list[Problem]:
    entries = [entry for entry in knowledge.entries if not files or Path(entry.file) in files]
    size = sum(len(entry.phrasings) for entry in entries)
    found = []
    for number, problem in enumerate(lint(FaqBot(knowledge), entries, _remembered(source_lines), questions), start=1):
        if problem:
            found.append(problem)
        if watch:
            watch(min(number, size), size)
    return found


def _is_allowed(problem: Problem, lines: Lines) -> bool:
    """Return whether the author allows a warning in a comment on its line, or on the line above."""
    here = lines(problem.path)[max(0, problem.line - 2) : problem.line]
    return problem.is_warning and any(found and problem.code in found[1] for found in map(_ALLOWED.search, here))


def _with_line(problem: Problem, lines: Lines) -> str:
    there = lines(problem.path)
    if not 0 < problem.line <= len(there):
        return f"{problem}\n"
    number, before = str(problem.line), min(problem.column - 1, _SHOWN_BESIDE)
    line = there[problem.line - 1][problem.column - 1 - before : problem.column - 1 + _SHOWN_BESIDE].replace("\t", " ")
    return f"{problem}\n  {number} | {line}\n  {' ' * len(number)} | {' ' * before}^\n"


def _for_github(problem: Problem) -> str:
    """Return a workflow command, see https://docs.github.com/actions/reference/workflow-commands."""
    place = f"file={_escaped(problem.path)},line={problem.line},col={problem.column},title={problem.code}"
    message = problem.message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{_severity(problem)} {place}::{message}"


def _escaped(path: str) -> str:
    return shown_path(path).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


def _severity(problem: Problem) -> str:
    return "warning" if problem.is_warning else "error"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _remembered(read: Callable[[str], tuple[str, ...]]) -> Lines:
    known: dict[str, tuple[str, ...]] = {}

    def lines(path: str) -> Sequence[str]:
        if path not in known:
            known[path] = read(path)
        return known[path]

    return lines
