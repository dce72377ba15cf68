"""A file of questions, kept only for who asks for it."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

MOST_KEPT: Final = 1_000
_FEWEST_CHARACTERS: Final = 4  # of a question
_TITLE: Final = "# Questions typed in magbot. Delete this file to forget them."


class Questions:
    """The questions in a file, the oldest first, one a line; at most a thousand when a chat begins.

    Only its owner may read the file. A question that repeats the one before it is not added.

    Args:
        path: The file; made where there is none.

    Raises:
        OSError: It cannot be read and written.
        ValueError: It is a file of another kind, which is left alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self.all: list[str] = []
        if path.exists():
            if not path.is_file():
                raise ValueError("it is no file; name another one")
            title, *self.all = path.read_text(encoding="utf-8", errors="replace").splitlines() or [_TITLE]
            if title != _TITLE:
                raise ValueError("it holds something else; name another file")
        self._write(self.all[-MOST_KEPT:])

    def add(self, line: str) -> None:
        """Keep a question beside those of other chats, but no command or pick; a full disk does no harm."""
        question = " ".join(line.split())
        if len(question) < _FEWEST_CHARACTERS or question.startswith("/") or question in self.all[-1:]:
            return
        self.all.append(question)
        with suppress(OSError):
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND)
            try:
                os.write(file, f"{question}\n".encode(errors="replace"))
            finally:
                os.close(file)

    def _write(self, questions: list[str]) -> None:
        """Replace the file, whole or not at all."""
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write("\n".join([_TITLE, *questions, ""]))
        new.replace(self._path)
        self.all = questions
