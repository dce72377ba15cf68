"""One person's talk with a bot: what "2", "the second one", "yes", "more" or "and for children?" mean after a reply."""

from dataclasses import replace
from typing import Final, Literal, TypeAlias

from .chat import MAX_SUGGESTIONS, Answer, FaqBot, NoAnswer, Reply, Suggestions, Urgent, give, offered
from .knowledge import Entry
from .matching import Match
from .text import words

_NO: Final = "All right. You can ask in other words, or about something else."
_NO_MORE: Final = "I have nothing more that comes near. You can ask in other words."

_Meant: TypeAlias = int | Literal["last", "yes", "no", "more"]

_MOST_WORDS: Final = 6  # different ones, of a pick
_NUMBERS: Final = {
    name: number
    for number, names in enumerate(("1 one first", "2 two second", "3 three third", "4 four fourth", "5 five fifth"), 1)
    for name in names.split()
}
_BESIDE: Final = frozenset(
    words("the number no option question answer one please i mean want take id like st nd rd th")
)
# What else can be meant: words of which one is said, and words that may stand beside it.
_CHOICES: Final[list[tuple[Literal["last", "yes", "no", "more"], frozenset[str], frozenset[str]]]] = [
    ("last", frozenset(["last"]), _BESIDE),
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
        last: The last reply, or None before the first.
        asked: The question that the last reply is to; for a pick, the one that was picked.
    """

    def __init__(self, bot: FaqBot) -> None:
        self.bot = bot
        self.last: Reply | None = None
        self.asked = ""
        self._shown: set[str] = set()  # ids of entries given or offered since the last question of its own

    def send(self, message: str) -> Reply:
        """Return the reply to a message; after one that offers questions, it may pick among them.

        "2", "the second one" and "the last" pick one, "yes" the only one, "no" none, and "more" asks for others.
        All else is a question; one that begins as in "and for children?" is also read together with the last.
        """
        reply = self._picked(message, self.last) if self.last and offered(self.last) else None
        if reply is None:
            self._shown.clear()
            reply, self.asked = self._ask(message), message
        elif isinstance(reply, Answer | Urgent):
            self.asked = reply.match.entry.question
        self._shown.update(entry.id for entry in offered(reply))
        if isinstance(reply, Answer):
            self._shown.add(reply.match.entry.id)
        self.last = reply
        return reply

    def _picked(self, message: str, last: Reply) -> Reply | None:
        """Return what a pick among the questions of the last reply gives; None where the message is none."""
        choices = offered(last)
        match _meant(message):
            case int(number) if number <= len(choices):
                return self._give(message, choices[number - 1])
            case "last":
                return self._give(message, choices[-1])
            case "yes" if isinstance(last, Suggestions):
                return self._give(message, choices[0]) if len(choices) == 1 else replace(last, question=message)
            case "no":
                return self._none(message, last, _NO)
            case "more":
                return self._more(message, last)
            case _:
                return None

    def _give(self, message: str, entry: Entry) -> Reply:
        match = Match(entry, 100.0, entry.phrasings[0])
        return give(message, match, (match,), self.bot.knowledge)

    def _none(self, message: str, last: Reply, text: str) -> NoAnswer:
        return NoAnswer(question=message, disclaimer=last.disclaimer, matches=last.matches, message=text)

    def _more(self, message: str, last: Reply) -> Reply:
        """Return entries that come near and were not shown yet."""
        knowledge, matches = self.bot.knowledge, last.matches
        near = {match.entry.id: match for match in matches if match.score >= self.bot.policy.suggest_from}
        for entry in [entry for choice in offered(last) for entry in knowledge.related(choice)]:
            near.setdefault(entry.id, Match(entry, 0.0, entry.phrasings[0]))
        new = [
            match
            for match in near.values()
            if not (match.entry.urgent or match.entry.out_of_scope or match.entry.id in self._shown)
        ]
        if not new:
            return self._none(message, last, _NO_MORE)
        suggestions = tuple(new[:MAX_SUGGESTIONS])
        return Suggestions(question=message, disclaimer=last.disclaimer, matches=matches, suggestions=suggestions)

    def _ask(self, message: str) -> Reply:
        """Return the reply to a question; one that goes on from the last answer is also read together with that.

        If both readings are nearest to the same entry, beside the one answered last, that is the answer.
        """
        reply, last = self.bot.ask(message), self.last
        if not isinstance(reply, Suggestions) or not isinstance(last, Answer) or not _goes_on(message):
            return reply
        joined = self.bot.matcher.rank(f"{message} {last.match.entry.question}")
        near = (match.entry for match in joined if not (match.entry.urgent or match.entry.out_of_scope))
        nearest = next((entry for entry in near if entry != last.match.entry), None)
        first = reply.suggestions[0]
        return give(message, first, reply.matches, self.bot.knowledge) if nearest == first.entry else reply


def _meant(message: str) -> _Meant | None:
    """Return which choice a message makes; None where it is a question of its own."""
    said = set(words(message))
    if not said or len(said) > _MOST_WORDS or not message.isascii() or "-" in message:
        return None
    numbers = {_NUMBERS[word] for word in said if word in _NUMBERS}
    if len(numbers) > 1:
        numbers.discard(1)  # as in "the second one"
    if len(numbers) == 1 and said <= _BESIDE | _NUMBERS.keys():
        return numbers.pop()
    return next((meant for meant, names, beside in _CHOICES if said & names and said <= names | beside), None)


def _goes_on(message: str) -> bool:
    said = words(message)
    return any(said[: len(start)] == start for start in _GOING_ON)
