"""A file of questions that were not answered: where an author finds what is missing."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from .folder import content
from .writing import append, expanded

_MOST_CHARACTERS: Final = 1_000


class Unanswered(NamedTuple):
    """A question that was not answered.

    Attributes:
        time: When it was asked (ISO 8601, UTC).
        question: As it was typed; at most a thousand characters.
        kind: Of the reply: "suggestions" or "none".
        best: The ids of the best three entries, each with its score.
    """

    time: str
    question: str
    kind: str
    best: tuple[tuple[str, float], ...]


class UnansweredLog:
    """Keeps questions that were not answered in a file, one JSON object a line.

    Several processes may write to one file. Only its owner can read it. Nothing is raised: a question that cannot
    be kept is no reason to leave one unanswered.

    Attributes:
        tell: Is told why, the first time that a question cannot be kept.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self.tell: Callable[[Exception], None] | None = None

    def add(self, question: str, kind: str, best: Sequence[tuple[str, float]]) -> None:
        """Keep a question."""
        # Only here: few bots keep what they cannot answer, and all of them start.
        import json
        from datetime import UTC, datetime

        row = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "question": question[:_MOST_CHARACTERS],
            "kind": kind,
            "matches": [{"id": name, "score": round(score, 1)} for name, score in best[:3]],
        }
        line = json.dumps(row).encode() + b"\n"
        try:
            append(expanded(self._path), line)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            if self.tell:
                self.tell(error)
            self.tell = None


def load_unanswered(path: str | Path) -> tuple[list[Unanswered], int]:
    """Return the questions of a file in its order, and the number of lines that are none.

    Raises:
        OSError: The file cannot be read.
    """
    import json

    found, others = [], 0
    for line in content(Path(path), pipe=True).decode(errors="replace").split("\n"):
        try:
            row = json.loads(line)
            best = tuple((str(match["id"]), float(match["score"])) for match in row.get("matches", ()))
            found.append(Unanswered(str(row.get("time", "")), str(row["question"]), str(row.get("kind", "")), best))
        except (ValueError, OverflowError, TypeError, KeyError, AttributeError, RecursionError):
            others += bool(line.strip())
    return found, others
