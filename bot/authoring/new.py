"""A new entry in a file, and what comes nearest to it."""

from pathlib import Path
from typing import Final, NamedTuple

from ..chat import FaqBot
from ..knowledge import Knowledge
from ..loading.edit import quoted, with_entry
from ..loading.folder import is_knowledge
from ..loading.reading import EXAMPLE_PHRASING, PLACEHOLDER, check_knowledge
from ..loading.writing import replace, turn
from ..matching import Match
from ..text import words

_ID_WORDS: Final = 4
_ID_LETTERS: Final = 20  # of each
_COMMON: Final = frozenset(
    words(
        "a an the is are am was do does did can could should would will may i you he she it we they my your for of to "
        "in on at and or with be been have has had what which who how when where why if there that this some any about"
    )
)


class Added(NamedTuple):
    """A new entry.

    Attributes:
        id: Made from its question.
        line: Where it begins, 1-based.
        near: The entries that the question would have got so far, best first.
    """

    id: str
    line: int
    near: tuple[Match, ...]


def add_entry(question: str, file: Path) -> Added:
    """Append an entry to a file, which is made where there is none.

    Raises:
        KnowledgeError: The other files of the folder cannot be read.
        OSError: The file cannot be written.
        ValueError: The question has no word, stands here already, or the file has no place for it.
    """
    if not words(question):
        raise ValueError("a question needs at least one word")
    if file.suffix != ".yaml" or file.name.startswith("."):
        raise ValueError(f"{file}: only files whose names end in .yaml and begin with no dot are read")
    if file.exists() and not file.is_file():
        raise ValueError(f"{file} is no file; name another")
    file.parent.mkdir(parents=True, exist_ok=True)
    with turn(file):
        return _add(question, file)


def _add(question: str, file: Path) -> Added:
    # Another one that is begun counts, too: its id is taken, and its question is asked.
    is_there = is_knowledge(file.parent)
    knowledge, problems = check_knowledge(file.parent, unwritten=True) if is_there else (Knowledge(()), ())
    if knowledge is None and all(problem.is_warning or problem.code == "KB007" for problem in problems):
        knowledge = Knowledge(())  # there are no entries yet
    if knowledge is None:
        raise ValueError(f"{file.parent} has problems; run: magbot check {file.parent}")
    bot = FaqBot(knowledge)
    near = tuple(match for match in bot.matcher.rank(question) if match.score >= bot.policy.suggest_from)
    if near and near[0].score == 100:
        raise ValueError(f'"{near[0].entry.id}" asks this already, at {near[0].entry.file}:{near[0].phrasing.line}')
    name = _fresh(question, {entry.id for entry in knowledge.entries})
    lines = [
        f"- question: {quoted(question)}",
        f"  id: {name}",
        f"  answer: {PLACEHOLDER}.",
        "  also:",
        f"    - {EXAMPLE_PHRASING}",
    ]
    before = file.read_bytes().decode() if file.exists() else ""
    after, line = with_entry(before, lines)
    replace(file, after.encode())
    return Added(name, line, near[:3])


def _fresh(question: str, taken: set[str]) -> str:
    telling = [word for word in words(question) if word not in _COMMON] or list(words(question))
    name = "-".join(word[:_ID_LETTERS] for word in telling[:_ID_WORDS])
    numbered = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbered if each not in taken)
