"""A file of questions, kept only for who asks for it."""

from pathlib import Path
from typing import Final

from ..loading.writing import append, replace, turn

MOST_KEPT: Final = 1_000
_FEWEST_CHARACTERS: Final = 4  # of a question
_TITLE: Final = "# Questions typed in magbot. Delete this file to forget them."


class Questions:
    """The questions in a file, the oldest first, one a line; at most a thousand when a chat begins.

    Only its owner may read the file. A question that repeats the one before it is not added.

    Args:
        path: The file; made where there is none.

    Attributes:
        all: The questions.
        error: Why a question could not be kept, the last time; None as long as all were.

    Raises:
        OSError: It cannot be read and written.
        ValueError: It is a file of another kind, which is left alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self.error: OSError | None = None
        with turn(self._path):
            self.all = self._read()[-MOST_KEPT:]
            replace(self._path, "\n".join([_TITLE, *self.all, ""]).encode(errors="replace"), mode=0o600)
            self._path.chmod(0o600)

    def add(self, line: str) -> None:
        """Keep a question beside those of other chats, but no command or pick; a full disk does no harm."""
        question = " ".join(line.split())
        if len(question) < _FEWEST_CHARACTERS or question.startswith("/") or question in self.all[-1:]:
            return
        self.all.append(question)
        try:
            with turn(self._path):  # or it would go to a file that another chat is about to replace
                append(self._path, f"{question}\n".encode(errors="replace"))
        except OSError as error:
            self.error = error

    def _read(self) -> list[str]:
        if not self._path.exists():
            return []
        if not self._path.is_file():
            raise ValueError("it is no file; name another one")
        title, *questions = self._path.read_text(encoding="utf-8", errors="replace").splitlines() or [_TITLE]
        if title != _TITLE:
            raise ValueError("it holds something else; name another file")
        return questions
