"""The question-and-answer base as frozen values. Where it came from is `loading`'s matter."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from .text import words

DISCLAIMER: Final = "General information, not medical advice. Ask a doctor or pharmacist about your own case."
NO_ANSWER: Final = "I don't know that one."
NOTHING: Final = "none"  # the label of a question that no entry answers
GREETING: Final = "Hello. Type a question, or /help."


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from.

    Attributes:
        title: Never empty.
        publisher: Who answers for it, or "".
        year: As the source states it, "undated" where it states none, or "".
        url: Its address, or "".
        checked: The day somebody last compared the answer with it (ISO 8601), or "".
    """

    title: str
    publisher: str = ""
    year: str = ""
    url: str = ""
    checked: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a source without a title."""
        if not self.title.strip():
            raise ValueError("a source needs a title")


class Phrasing(NamedTuple):
    """One way of asking for an entry.

    Attributes:
        text: As the author wrote it; holds at least one word, or its entry refuses it.
        line: Its 1-based line in the entry's file, 0 where there is no file.
    """

    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer and the ways of asking for it.

    Attributes:
        id: Unique within a Knowledge.
        phrasings: Never empty. The first is the question as it is shown to people.
        answer: Plain text; paragraphs are separated by blank lines.
        note: What the evidence says where the source is contradicted or overstated, or "".
        sources: In the order in which they are to be named.
        related: Ids of entries that people ask for next.
        urgent: True if this reply comes before every other.
        signs: Rows of cells of pieces; a message is urgent that holds a piece of each cell of a row.
        harmless: Phrases in which nothing is a sign, such as figures of speech.
        out_of_scope: True if nothing here answers this; the answer then says so, and is never offered.
        file: The file it was read from, or "".
    """

    id: str
    phrasings: tuple[Phrasing, ...]
    answer: str
    note: str = ""
    sources: tuple[Source, ...] = ()
    related: tuple[str, ...] = ()
    urgent: bool = False
    signs: tuple[tuple[tuple[str, ...], ...], ...] = ()
    harmless: tuple[str, ...] = ()
    out_of_scope: bool = False
    file: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for an entry that could not be asked for or answered."""
        if not self.phrasings:
            raise ValueError(f"entry {self.id!r} needs a question")
        for phrasing in self.phrasings:
            if not words(phrasing.text):
                raise ValueError(f"a phrasing needs at least one word, got {phrasing.text!r}")
        if not self.answer.strip():
            raise ValueError(f"entry {self.id!r} needs an answer")
        if self.urgent and self.out_of_scope:
            raise ValueError(f"entry {self.id!r} is urgent or out of scope, not both")
        if not all(words(piece) for row in self.signs for cell in row or [()] for piece in cell or [""]):
            raise ValueError(f"entry {self.id!r} has a sign without words")
        if not all(map(words, self.harmless)):
            raise ValueError(f"entry {self.id!r} has a harmless phrase without words")

    @classmethod
    def of(cls, question: str, answer: str, *, also: Iterable[str] = (), id: str = "") -> Self:  # its name
        """Return an entry of plain texts, as from a database; its id is made from the question if left out."""
        texts = [question, *also]
        return cls(id or "-".join(words(question)), tuple(map(Phrasing, texts)), answer)

    @property
    def question(self) -> str:
        """The question as it is shown to people."""
        return self.phrasings[0].text


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question whose answer is known, for measuring.

    Attributes:
        question: As a person typed it.
        expected: Ids of the entries that answer it; never empty, "none" where nothing does.
        kind: What sort of question it is, or "".
    """

    question: str
    expected: tuple[str, ...]
    kind: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a label that names nothing."""
        if not self.expected:
            raise ValueError('a labelled question needs an expected id, or "none"')


@dataclass(frozen=True, slots=True)
class Settings:
    """What a knowledge folder says about the bot itself.

    Attributes:
        name: How the bot calls itself.
        greeting: Shown once when a chat starts; at most three lines are shown.
        disclaimer: Comes with every reply.
        no_answer: What the bot says when it does not know.
        only_english: What it says before that to a question in another language; "" where the
            language of a question does not matter.
    """

    name: str = "magbot"
    greeting: str = GREETING
    disclaimer: str = DISCLAIMER
    no_answer: str = NO_ANSWER
    only_english: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a bot without a disclaimer, or with nothing to say where it does not know."""
        if not self.disclaimer.strip() or not self.no_answer.strip():
            raise ValueError("disclaimer and no_answer need text")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A whole question-and-answer base.

    Attributes:
        entries: In the order of the files; ids are unique.
        words: Rows of words or phrases that mean the same here.
        settings: What the folder says about the bot itself.
    """

    entries: tuple[Entry, ...]
    words: tuple[tuple[str, ...], ...] = ()
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        """Raise ValueError for two entries with one id, related ids that are missing, and rows of no words."""
        if not all(words(phrase) for row in self.words for phrase in row):
            raise ValueError("a row of words holds a phrase without a word")
        ids = {entry.id for entry in self.entries}
        if len(ids) < len(self.entries):
            raise ValueError("two entries have the same id")
        for entry in self.entries:
            if not ids.issuperset(entry.related):
                raise ValueError(f"entry {entry.id!r} is related to an id that is missing")

    def related(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the entries that people ask for after this one, in the author's order."""
        by_id = {other.id: other for other in self.entries}
        return tuple(by_id[name] for name in entry.related)
