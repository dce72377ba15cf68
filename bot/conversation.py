"""One person's talk with a bot: what "2", "the second one", "yes", "more" or "and for children?" mean after a reply."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from .chat import MAX_SUGGESTIONS, SCHEMA_VERSION, Answer, FaqBot, NoAnswer, Reply, Suggestions, Urgent, give, offered
from .knowledge import Entry
from .matching import Match
from .text import words

_NO: Final = "All right. You can ask in other words, or about something else."
_WHICH: Final = "Which one?"
_MORE: Final = "More that you can ask:"
_NO_MORE: Final = "I have nothing more that comes near. You can ask in other words."

_Meant: TypeAlias = int | Literal["last", "middle", "yes", "no", "more", "other"]

_NUMBERS: Final = {
    name: number
    for number, names in enumerate(("1 one first", "2 two second", "3 three third", "4 four fourth", "5 five fifth"), 1)
    for name in names.split()
}
_BESIDE: Final = frozenset(
    words(
        "the number nr no option question answer one please i mean want take id like st nd rd th choose pick show me "
        "go with lets yes ok and what about for"
    )
)
# What else can be meant: words of which one is said, and words that may stand beside it.
_CHOICES: Final[list[tuple[Literal["last", "middle", "yes", "no", "more"], frozenset[str], frozenset[str]]]] = [
    ("last", frozenset(["last"]), _BESIDE),
    ("middle", frozenset(["middle"]), _BESIDE),
    (
        "yes",
        frozenset(words("yes yeah yep yup y sure ok okay correct right exactly")),
        frozenset(words("please it is that thats one this")),
    ),
    (
        "no",
        frozenset(words("no nope nah n none neither")),
        frozenset(words("of these them those that thats not it thanks thank you any")),
    ),
    (
        "more",
        frozenset(words("more next other others else")),
        frozenset(words("tell me show give please some any anything something options questions ones")),
    ),
]
# How a question begins that goes on from the one before.
_GOING_ON: Final = [
    words(start) for start in ("and", "but", "or", "also", "what about", "how about", "what if", "same")
]


class Conversation:
    """One person's talk with a bot: remembers what was offered last. Make one for each person.

    Attributes:
        bot: Who answers; another may take over between two messages.
        last: The last reply; None before the first, and after `restore`.
        asked: The question that the last reply is to; for a pick, the one that was picked.
    """

    def __init__(self, bot: FaqBot) -> None:
        self.bot = bot
        self.last: Reply | None = None
        self.asked = ""
        self._offer: tuple[str, ...] = ()  # ids of what can be picked
        self._answered = ""  # id of the entry that the last reply gave
        self._shown: dict[str, None] = {}  # ids given or offered since the last question of its own

    def state(self) -> dict[str, object]:
        """Return what is remembered as JSON-safe values, for a host to keep until `restore`."""
        return {
            "schema_version": SCHEMA_VERSION,
            "asked": self.asked,
            "offer": list(self._offer),
            "answered": self._answered,
            "shown": list(self._shown),
        }

    @classmethod
    def restore(cls, bot: FaqBot, state: Mapping[str, object]) -> "Conversation":
        """Return a conversation that goes on from a state; what the bot does not know any more is left out.

        Raises:
            ValueError: It is no state, or one of another version.
        """
        conversation = cls(bot)
        match state:
            case {
                "schema_version": 1,
                "asked": str(asked),
                "offer": [*offer],
                "answered": str(answered),
                "shown": [*shown],
            } if all(isinstance(name, str) for name in [*offer, *shown]):
                conversation.asked, conversation._answered = asked, answered
                conversation._offer = tuple(map(str, offer))
                conversation._shown = dict.fromkeys(map(str, shown))
            case _:
                raise ValueError("this is no state of a conversation")
        return conversation

    def send(self, message: str) -> Reply:
        """Return the reply to a message; after one that offers questions, it may pick among them.

        "2", "the second one" and "the last" pick one, "yes" the only one, "no" none, and "more" asks for others.
        All else is a question; one that begins as in "and for children?" is also read together with the last.
        """
        choices = self._known(self._offer)
        reply = self._picked(message, choices) if choices else None
        if reply is None:
            self._shown.clear()
            reply, self.asked = self._ask(message), message
        elif isinstance(reply, Answer | Urgent):
            self.asked = reply.match.entry.question
        self.last = reply
        if isinstance(reply, NoAnswer) and reply.message.startswith(_WHICH):  # the offer stands
            return reply
        given = reply.match.entry.id if isinstance(reply, Answer) else ""
        self._offer, self._answered = tuple(entry.id for entry in offered(reply)), given
        self._shown |= dict.fromkeys([*self._offer, *([given] if given else [])])
        return reply

    def _known(self, ids: Iterable[str]) -> tuple[Entry, ...]:
        entries = {entry.id: entry for entry in self.bot.knowledge.entries}
        return tuple(entries[name] for name in ids if name in entries)

    def _picked(self, message: str, choices: Sequence[Entry]) -> Reply | None:
        """Return what a pick among the questions of the last reply gives; None where the message is none."""
        match _meant(message):
            case None:
                return None
            case "no":
                return self._none(message, _NO)
            case "more":
                return self._more(message, choices)
            case meant:
                number = {"last": len(choices), "middle": (len(choices) + 1) // 2, "yes": 1 // len(choices)}.get(
                    str(meant), meant
                )
        if isinstance(number, int) and 0 < number <= len(choices):
            return self._give(message, choices[number - 1])
        return self._which(message, len(choices))

    def _give(self, message: str, entry: Entry) -> Reply:
        match = Match(entry, 100.0, entry.phrasings[0])
        return give(message, match, (match,), self.bot.knowledge)

    def _none(self, message: str, text: str) -> NoAnswer:
        disclaimer = self.bot.knowledge.settings.disclaimer
        return NoAnswer(question=message, disclaimer=disclaimer, matches=(), message=text)

    def _which(self, message: str, most: int) -> NoAnswer:
        return self._none(message, f"{_WHICH} Type its number, {f'from 1 to {most}' if most > 1 else '1'}.")

    def _more(self, message: str, choices: Sequence[Entry]) -> Reply:
        """Return entries that come near and were not shown yet."""
        ranked = {match.entry.id: match for match in self.bot.matcher.rank(self.asked)}
        near = {name: match for name, match in ranked.items() if match.score >= self.bot.policy.suggest_from}
        for entry in (entry for choice in choices for entry in self.bot.knowledge.related(choice)):
            near[entry.id] = ranked.get(entry.id, Match(entry, 0.0, entry.phrasings[0]))
        new = [
            match
            for name, match in near.items()
            if not (match.entry.urgent or match.entry.out_of_scope or name in self._shown)
        ]
        if not new:
            return self._none(message, _NO_MORE)
        suggestions, disclaimer = tuple(new[:MAX_SUGGESTIONS]), self.bot.knowledge.settings.disclaimer
        return Suggestions(question=message, disclaimer=disclaimer, matches=(), suggestions=suggestions, opening=_MORE)

    def _ask(self, message: str) -> Reply:
        """Return the reply to a question; one that goes on from the last answer is also read together with that.

        If both readings are nearest to the same entry, beside the one answered last, that is the answer.
        """
        reply, last = self.bot.ask(message), next(iter(self._known([self._answered])), None)
        if not isinstance(reply, Suggestions) or last is None or not _goes_on(message):
            return reply
        joined = self.bot.matcher.rank(f"{message} {last.question}")
        near = (match.entry for match in joined if not (match.entry.urgent or match.entry.out_of_scope))
        nearest = next((entry for entry in near if entry != last), None)
        first = reply.suggestions[0]
        return give(message, first, reply.matches, self.bot.knowledge) if nearest == first.entry else reply


def _meant(message: str) -> _Meant | None:
    """Return which choice a message makes; None where it is a question of its own."""
    said = set(words(message))
    if not message.isascii() or "-" in message:
        return None
    numbers = {_NUMBERS[word] for word in said if word in _NUMBERS}
    if message.strip(" .)#").isdigit() and message.strip(" .)#") not in _NUMBERS:
        return "other"
    if len(numbers) > 1 and "1" not in said:
        numbers.discard(1)  # as in "the second one"
    if numbers and said <= _BESIDE | _NUMBERS.keys():
        return numbers.pop() if len(numbers) == 1 else "other"
    return next((meant for meant, names, beside in _CHOICES if said & names and said <= names | beside), None)


def _goes_on(message: str) -> bool:
    said = words(message)
    return any(said[: len(start)] == start for start in _GOING_ON)
