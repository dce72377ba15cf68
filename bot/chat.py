"""What the bot replies: the kinds of reply, the policy that picks one, and `FaqBot`, which answers single questions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, TypeAlias

from .danger import Danger, Lookout
from .knowledge import Entry, Knowledge, Phrasing, Source
from .loading import English, kept, load_knowledge, shipped_folder
from .loading.unanswered import UnansweredLog
from .matching import Match, Matcher
from .text import words

SCHEMA_VERSION: Final = 1
MAX_SUGGESTIONS: Final = 3
_EVIDENCE: Final = "What the evidence says: "
_ASK_AGAIN: Final = "You can ask your question again when help is there."


@dataclass(frozen=True, slots=True)
class Policy:
    """From which score the bot does what. All are points from 0 to 100.

    The defaults were measured on the shipped base with labelled questions that are not in it:
    with a higher `answer_from` good answers become suggestions, with a lower one questions that
    nothing here answers get an answer.

    Attributes:
        answer_from: The best entry is answered from this score on.
        suggest_from: Below that, entries are offered as suggestions from this score on.
        urgent_from: The urgent entry comes before all others from this score on, if none scores higher;
            with its signs in the question it does at any score.
    """

    answer_from: float = 60.0
    suggest_from: float = 20.0
    urgent_from: float = 58.0

    def __post_init__(self) -> None:
        """Raise ValueError where the thresholds are out of range or out of order."""
        if not 0 <= self.suggest_from <= self.answer_from <= 100:
            raise ValueError("suggest_from and answer_from must be in this order, between 0 and 100")
        if not 0 <= self.urgent_from <= 100:
            raise ValueError("urgent_from must be between 0 and 100")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    """What every reply has.

    Attributes:
        question: What was asked, as it was typed.
        disclaimer: The knowledge's disclaimer; to be shown with every reply.
        matches: The entries that share anything with the question, best first; at most thirty.
    """

    kind: ClassVar[Literal["answer", "urgent", "suggestions", "none"]]
    question: str
    disclaimer: str
    matches: tuple[Match, ...]

    @property
    def text(self) -> str:
        """The reply as a person should read it, without the disclaimer."""
        raise NotImplementedError

    def to_dict(self, *, top: int | None = None) -> dict[str, object]:
        """Return the reply as JSON-safe values; the README lists the keys.

        Args:
            top: With a number, the key "matches" holds that many of the best entries that answer anything.
        """
        given = self.match if isinstance(self, Answer | Urgent) else None
        related = self.related if isinstance(self, Answer) else ()
        suggestions = self.suggestions if isinstance(self, Suggestions) else ()
        reply: dict[str, object] = {
            "schema_version": SCHEMA_VERSION,
            "question": self.question,
            "kind": self.kind,
            "id": given.entry.id if given else None,
            "matched": given.phrasing.text if given else None,
            "score": _rounded(given) if given else None,
            "text": self.text,
            "note": (given.entry.note or None) if given else None,
            "disclaimer": self.disclaimer,
            "sources": [_cited(source) for source in given.entry.sources] if given else [],
            "suggestions": [{**_brief(match.entry), "score": _rounded(match)} for match in suggestions],
            "related": [_brief(entry) for entry in related],
        }
        if top is not None:
            known = [match for match in self.matches if not match.entry.out_of_scope]
            reply["matches"] = [{"id": match.entry.id, "score": _rounded(match)} for match in known[:top]]
        return reply

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "Reply":  # Any: JSON
        """Return the reply of which `to_dict` made this; its entries hold only what stands there.

        Raises:
            ValueError: It is none, or of another version.
        """
        try:
            return _revived(data)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("this is no reply") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(_Reply):
    """An entry answers the question.

    Attributes:
        match: The entry, its score and the phrasing that matched.
        related: Entries that people ask for next.
    """

    kind: ClassVar[Literal["answer"]] = "answer"
    match: Match
    related: tuple[Entry, ...] = ()

    @property
    def text(self) -> str:
        """The answer and, where there is a note, what the evidence says."""
        return _with_note(self.match.entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent(_Reply):
    """Somebody may be in danger: what to do first. Nothing else is offered.

    Attributes:
        match: The urgent entry, its score and the phrasing that matched.
        asks: Whether the message would have got an answer, too, which can wait.
    """

    kind: ClassVar[Literal["urgent"]] = "urgent"
    match: Match
    asks: bool = False

    @property
    def text(self) -> str:
        """What to do, the first thing first."""
        return f"{_with_note(self.match.entry)}\n\n{_ASK_AGAIN}" if self.asks else _with_note(self.match.entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions(_Reply):
    """No entry fits well enough to answer; a few are near enough to ask back.

    Attributes:
        suggestions: One to three, best first.
        opening: What is said before them.
    """

    kind: ClassVar[Literal["suggestions"]] = "suggestions"
    suggestions: tuple[Match, ...]
    opening: str = ""

    @property
    def text(self) -> str:
        """The suggestions as numbered questions."""
        rows = [f"{number}. {match.entry.question}" for number, match in enumerate(self.suggestions, start=1)]
        which = "this? (yes or no)" if len(rows) == 1 else "one of these?"
        return "\n".join([self.opening or f"I am not sure what you are asking. Is it {which}", *rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer(_Reply):
    """The bot does not know.

    Attributes:
        message: Says so, and what the bot does know.
    """

    kind: ClassVar[Literal["none"]] = "none"
    message: str

    @property
    def text(self) -> str:
        """The message."""
        return self.message


Reply: TypeAlias = Answer | Urgent | Suggestions | NoAnswer


def decide(
    question: str, matches: tuple[Match, ...], danger: Danger | None, knowledge: Knowledge, policy: Policy
) -> Reply:
    """Return the reply that the signs and scores carry: urgent first, then answer, suggestions, none.

    Args:
        question: What was typed.
        matches: As `Matcher.rank` returns them, best first.
        danger: As `Lookout.watch` returns it.
        knowledge: Where they come from.
        policy: The thresholds.
    """
    disclaimer = knowledge.settings.disclaimer
    calm = [match for match in matches if not match.entry.urgent]
    best = calm[0].score if calm else 0.0
    if danger and (danger.signs or danger.match.score >= max(policy.urgent_from, best)):
        asks = any(match.score >= policy.answer_from and not match.entry.out_of_scope for match in calm)
        return Urgent(question=question, disclaimer=disclaimer, matches=matches, match=danger.match, asks=asks)
    outside = calm[0].entry if calm and calm[0].entry.out_of_scope else None
    known = [match for match in calm if not match.entry.out_of_scope]
    if known and not outside and best >= policy.answer_from:
        return give(question, known[0], matches, knowledge)
    # Where something out of scope is nearest, only what could have been the answer is offered; and
    # what would be urgent, had the message not denied it, rather than nothing.
    near = [match for match in matches[:1] if match.entry.urgent and match.score >= policy.answer_from]
    near += [match for match in known if match.score >= (policy.answer_from if outside else policy.suggest_from)]
    if near:
        suggestions = tuple(near[:MAX_SUGGESTIONS])
        return Suggestions(question=question, disclaimer=disclaimer, matches=matches, suggestions=suggestions)
    message = outside.answer if outside and best >= policy.answer_from else knowledge.settings.no_answer
    return NoAnswer(question=question, disclaimer=disclaimer, matches=matches, message=message)


class FaqBot:
    """Answers single questions from a knowledge base.

    It does not change once made, so one can be shared between users and threads.

    Args:
        knowledge: What it knows.
        policy: From which score it does what.
        unanswered: Where to keep the questions that it cannot answer; nowhere if left out.
    """

    def __init__(
        self, knowledge: Knowledge, policy: Policy | None = None, *, unanswered: UnansweredLog | None = None
    ) -> None:
        self.knowledge = knowledge
        self.policy = policy or Policy()
        self._language = English()
        self.matcher = Matcher(knowledge, self._language)
        self.lookout = Lookout(knowledge, self.matcher)
        self.unanswered = unanswered

    @classmethod
    def load(cls, folder: str | Path | None = None, *, unanswered: str | Path | None = None) -> "FaqBot":
        """Return a bot on the knowledge of a folder; without one, on the base that comes with magbot.

        Args:
            folder: Of YAML files.
            unanswered: A file in which to keep the questions that it cannot answer; none are kept if left out.

        Raises:
            KnowledgeError: The folder cannot be used; the error lists every problem.
        """
        place = shipped_folder() if folder is None else folder
        bot = kept(place, lambda: cls(load_knowledge(place)))
        bot.unanswered = UnansweredLog(unanswered) if unanswered else None
        return bot

    def ask(self, question: str) -> Reply:
        """Return the reply to a question. Any str is accepted, and nothing is raised.

        However long the question is, the cost is bounded: MOST_READ characters of it are read, which are 6,667 words
        at most ("1a 1a"). Signs of danger are sought in all of them; the first 400 are ranked, again where some are
        not present. A word that is not remembered is compared with those words of the base that begin or end with
        the same letter. So the cost grows with the words read times the words of the base, and no faster;
        `tests/benchmarks/worst.py` searches for what costs most.
        """
        reply = self._reply(question)
        if self.unanswered and words(question) and not isinstance(reply, Answer | Urgent):
            best = [(match.entry.id, match.score) for match in reply.matches]
            self.unanswered.add(question, reply.kind, best)
        return reply

    def _reply(self, question: str) -> Reply:
        matches = self.matcher.rank(question)
        danger = self.lookout.watch(question, matches)
        reply = decide(question, matches, danger, self.knowledge, self.policy)
        settings = self.knowledge.settings
        if isinstance(reply, Urgent) or not settings.only_english or not self._language.is_foreign(question):
            return reply
        message = f"{settings.only_english}\n\n{settings.no_answer}"
        return NoAnswer(question=question, disclaimer=settings.disclaimer, matches=matches, message=message)


def offered(reply: Reply) -> tuple[Entry, ...]:
    """Return the entries that a reply offers to be picked by number, in that order."""
    match reply:
        case Answer():
            return reply.related
        case Suggestions():
            return tuple(match.entry for match in reply.suggestions)
        case Urgent() | NoAnswer():
            return ()


def give(question: str, match: Match, matches: tuple[Match, ...], knowledge: Knowledge) -> Answer | Urgent:
    """Return an entry as the reply."""
    disclaimer = knowledge.settings.disclaimer
    if match.entry.urgent:
        return Urgent(question=question, disclaimer=disclaimer, matches=matches, match=match)
    related = knowledge.related(match.entry)
    return Answer(question=question, disclaimer=disclaimer, matches=matches, match=match, related=related)


def _revived(data: Mapping[str, Any]) -> "Reply":
    if data["schema_version"] != SCHEMA_VERSION:
        raise ValueError(f"this is no reply of version {SCHEMA_VERSION}")
    matches = tuple(_revived_match(row["id"], row["id"], row["score"]) for row in data.get("matches", ()))
    question, disclaimer, text = _text(data["question"]), _text(data["disclaimer"]), _text(data["text"])
    if not disclaimer.strip():
        raise ValueError("a reply needs a disclaimer")
    common: dict[str, Any] = {"question": question, "disclaimer": disclaimer, "matches": matches}
    match data["kind"]:
        case "none":
            return NoAnswer(**common, message=text)
        case "suggestions":
            rows = data["suggestions"]
            near = tuple(_revived_match(row["id"], row["question"], row["score"]) for row in rows)
            return Suggestions(**common, suggestions=near, opening=text.split("\n")[0])
        case "urgent" | "answer" as kind:
            asks = kind == "urgent" and text.endswith(_ASK_AGAIN)
            given = _revived_match(data["id"], data["matched"], data["score"])
            sources = tuple(Source(**{key: _text(value) for key, value in row.items()}) for row in data["sources"])
            note = _text(data["note"] or "")
            answer = (text.removesuffix(f"\n\n{_ASK_AGAIN}") if asks else text).removesuffix(f"\n\n{_EVIDENCE}{note}")
            entry = replace(given.entry, answer=answer, note=note, sources=sources, urgent=kind == "urgent")
            match = given._replace(entry=entry)
            related = tuple(_revived_match(row["id"], row["question"], 0.0).entry for row in data["related"])
            return (
                Urgent(**common, match=match, asks=asks)
                if kind == "urgent"
                else Answer(**common, match=match, related=related)
            )
        case kind:
            raise ValueError(f"there is no kind of reply {kind!r}")


def _revived_match(name: str, question: str, score: float) -> Match:
    entry = Entry(_text(name), (Phrasing(_text(question)),), question)
    if not 0 <= score <= 100:
        raise ValueError("a score is from 0 to 100")
    return Match(entry, score, entry.phrasings[0])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is a str")
    return value


def _with_note(entry: Entry) -> str:
    return f"{entry.answer}\n\n{_EVIDENCE}{entry.note}" if entry.note else entry.answer


def _rounded(match: Match) -> float:
    return round(float(match.score), 1)


def _brief(entry: Entry) -> dict[str, object]:
    return {"id": entry.id, "question": entry.question}


def _cited(source: Source) -> dict[str, object]:
    return {"title": source.title, "publisher": source.publisher, "year": source.year, "url": source.url}
