"""A file of questions, kept only for who asks for it."""

import os
from pathlib import Path
from typing import Final

MOST_KEPT: Final = 1_000
_TITLE: Final = "# Questions typed in magbot. Delete this file to forget them."


class Questions:
    """The questions in a file, the oldest first, one a line; at most a thousand.

    Only its owner may read the file. A question that repeats the one before it is not added.

    Args:
        path: The file; made where there is none.

    Raises:
        OSError: It cannot be read and written.
        ValueError: It is a file of another kind, which is left alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.all: list[str] = []
        if path.exists():
            title, *self.all = path.read_text(encoding="utf-8", errors="replace").splitlines() or [_TITLE]
            if title != _TITLE:
                raise ValueError(f"{path} holds something else than questions; name another file")
        self._write(self.all[-MOST_KEPT:])

    def add(self, question: str) -> None:
        """Keep a question; where the file cannot be written any more, forget it at the end."""
        line = " ".join(question.split())
        if line and line != next(reversed(self.all), None):
            try:
                self._write([*self.all, line][-MOST_KEPT:])
            except OSError:
                self.all.append(line)

    def _write(self, questions: list[str]) -> None:
        """Replace the file, whole or not at all."""
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write("\n".join([_TITLE, *questions, ""]))
        new.replace(self._path)
        self.all = questions
