"""Everything magbot raises on purpose.

    BotError
      KnowledgeError      a knowledge folder that cannot be used; .problems says why

Misuse of a function is a plain ValueError, raised where the value is made.
"""

from collections.abc import Iterable
from typing import NamedTuple


def shown_path(path: str) -> str:
    r"""Return a path as one line of text that no terminal obeys; what cannot be shown is escaped.

    >>> print(shown_path("my answers/tea\n.yaml"))
    my answers/tea\n.yaml
    """
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in path)


class Problem(NamedTuple):
    """One thing wrong with a knowledge file, at its place.

    Attributes:
        path: The file or folder, as the caller named it.
        line: 1-based; 1 where the problem concerns the whole file.
        column: 1-based, in characters.
        code: "KB" and three digits; stable, so that tools can filter by it. From KB101 on it is a
            warning: the knowledge can be used.
        message: What is wrong and what to do about it; no full stop.
    """

    path: str
    line: int
    column: int
    code: str
    message: str

    @property
    def is_warning(self) -> bool:
        """Whether the knowledge can be used all the same."""
        return self.code > "KB100"

    def __str__(self) -> str:
        """Return `path:line:column: CODE message`, the form that editors follow."""
        return f"{shown_path(self.path)}:{self.line}:{self.column}: {self.code} {self.message}"


class BotError(Exception):
    """Base of every error that magbot raises on purpose."""


class KnowledgeError(BotError):
    """The knowledge cannot be loaded; its text is one problem a line.

    Attributes:
        problems: All problems found, sorted by place; never empty.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        if not self.problems:
            raise ValueError("a KnowledgeError needs at least one problem")
        super().__init__(self.problems)  # as it was made, so that it can be copied and pickled

    def __str__(self) -> str:
        """Return the problems, one a line."""
        return "\n".join(str(problem) for problem in self.problems)
