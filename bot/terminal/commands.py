"""What a line typed in the chat gives: a reply, or what a /command does. No screen is needed here."""

import difflib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..authoring.explain import explain
from ..chat import Answer, FaqBot, Reply, Urgent
from ..conversation import Conversation
from ..errors import KnowledgeError
from ..loading import version
from ..loading.writing import expanded, replace
from ..render import Block, blocks, cite, listing, printable, to_markdown
from ..text import words

GREETING_LINES: Final = 3
MOST_CHARACTERS: Final = 1_000  # of a question that are read, if there is no danger in the rest
FEWEST_CHARACTERS: Final = 3  # typed before whole questions are proposed
MOST_PROPOSED: Final = 6
_CLEAR: Final = 3  # words of an urgent question that are typed before it is proposed

# What people type for a command without knowing its name.
_ALSO_COMMANDS: Final = {
    **dict.fromkeys(("quit", "exit", "/exit", "q", ":q", "/q"), "/quit"),
    **dict.fromkeys(("help", "?"), "/help"),
}
_YES: Final = frozenset(("y", "yes", "sure"))


class Chat:
    """One person's chat.

    Args:
        bot: Who answers.
        folder: Where its knowledge comes from; read again when a file of it changes. Without it, nothing is.

    Attributes:
        left: Whether the person has left.
    """

    def __init__(self, bot: FaqBot, folder: str | Path | None = None) -> None:
        self.left = False
        self._bot = bot
        self._folder = folder
        self._seen = version(folder) if folder else None
        self._conversation = Conversation(bot)
        self._said: list[tuple[str, Reply]] = []
        self._overwrite: Path | None = None  # asked for, and not yet agreed to

    @property
    def greeting(self) -> str:
        """What to show first, at most three lines."""
        lines = self._bot.knowledge.settings.greeting.splitlines()
        return printable("\n".join([line for line in lines if line.strip()][:GREETING_LINES]))

    def respond(self, line: str) -> tuple[Block, ...]:
        """Return what to show for a line, or for a paste of several; nothing for a blank one."""
        text = " ".join(line.split())
        text = _ALSO_COMMANDS.get(text.casefold(), text)
        if not text:
            return ()
        if self._overwrite:
            path, self._overwrite = self._overwrite, None
            if _YES.intersection(words(text)[:1]):
                return (_notice(self._write(path)),)
            return (_notice(f"Kept {path} as it was."), *(() if text.casefold() in ("n", "no") else self.respond(line)))
        news = tuple(map(_notice, self._news()))
        if text.startswith("/"):
            name, _, argument = text.partition(" ")
            return (*news, Block("chat", printable(self._command(name.casefold(), argument.strip()))))
        return (*news, *self._answer(text))

    def propose(self, typed: str, *, wanted: bool = False) -> list[str]:
        """Return what could be meant by the beginning of a line: commands, or at most six whole questions.

        Args:
            typed: The line so far.
            wanted: Whether the person asks for them; then one character is enough, and none gives all questions.
        """
        if (name := typed.strip().casefold()).startswith("/"):
            names = [command.name for command in COMMANDS]
            return [each for each in names if each.startswith(name)] or difflib.get_close_matches(name, names)
        # Nobody is to be frightened by a menu: questions of people in danger need more of their words.
        clear = len(words(typed)) >= _CLEAR
        known = (entry for entry in self._bot.knowledge.entries if not entry.out_of_scope)
        asked = [entry.question for entry in known if clear or not entry.urgent]
        if len(typed.strip()) < FEWEST_CHARACTERS and not (wanted and typed.strip()):
            return asked if wanted else []
        begun = [question for question in asked if _begins(words(typed), words(question))]
        policy = self._bot.policy
        near = [
            match.entry.question
            for match in self._bot.matcher.rank(typed)
            if not match.entry.out_of_scope
            and match.score >= (policy.urgent_from if match.entry.urgent else policy.suggest_from)
        ]
        found = [printable(question) for question in dict.fromkeys([*begun, *near])]
        return [question for question in found if question != typed][:MOST_PROPOSED]

    def _answer(self, text: str) -> Iterator[Block]:
        """Yield the reply to a question; of a very long one only the beginning is answered, if it holds no danger."""
        if len(text) > MOST_CHARACTERS and not isinstance(self._bot.ask(text), Urgent):
            text = text[:MOST_CHARACTERS]
            yield _notice(f"That is long. I read the first {MOST_CHARACTERS:,} characters.")
        reply = self._conversation.send(text)
        self._said.append((self._conversation.asked if isinstance(reply, Answer | Urgent) else text, reply))
        yield from blocks(reply)

    def _command(self, name: str, argument: str) -> str:
        for command in COMMANDS:
            if command.name == name:
                return command.run(self, argument)
        near = difflib.get_close_matches(name, [command.name for command in COMMANDS], n=1)
        cure = f"Did you mean {near[0]}?" if near else "Type /help for the commands."
        return f"Unknown command {name}. {cure}"

    def help(self, _: str) -> str:
        """Return the commands, and how to ask."""
        width = max(len(command.usage) for command in COMMANDS)
        rows = [f"{command.usage:{width}}  {command.help}" for command in COMMANDS]
        danger = any(entry.urgent for entry in self._bot.knowledge.entries)
        first = ["If somebody is in danger, call your local emergency number first."] * danger
        return "\n".join([*first, "Type a question in your own words, or the number of a question on offer.", *rows])

    def topics(self, _: str) -> str:
        """Return the questions that can be asked."""
        return listing(self._bot.knowledge)

    def why(self, _: str) -> str:
        """Return how the last reply came about."""
        asked = self._conversation.asked
        return explain(self._bot, asked) if asked else "Ask something first."

    def sources(self, _: str) -> str:
        """Return the sources of the last answer with their addresses."""
        given_last = (reply for _, reply in reversed(self._said) if isinstance(reply, Answer | Urgent))
        match next(given_last, None):
            case Answer(match=given) | Urgent(match=given) if given.entry.sources:
                return "\n".join(f"- {cite(source, addresses=True)}" for source in given.entry.sources)
            case Answer() | Urgent():
                return "The last answer names no source."
            case None:
                return "There is no answer yet whose sources could be shown."

    def save(self, argument: str) -> str:
        """Write the talk to a file, or ask first where there is one."""
        if not argument:
            return "Name a file, as in /save talk.md"
        if not self._said:
            return "There is nothing to save yet. Ask something first."
        path = Path(argument.strip("\"'"))
        with suppress(OSError):  # of which the writer will tell
            path = expanded(path)
            if path.is_file():
                self._overwrite = path
                return f"{path} exists. Write over it? yes or no"
        return self._write(path)

    def reload(self, _: str) -> str:
        """Read the knowledge again."""
        if self._folder is None:
            return "This chat reads its knowledge from no folder."
        return "\n".join(self._read_again())

    def leave(self, _: str) -> str:
        """End the chat."""
        self.left = True
        return "Goodbye."

    def _write(self, path: Path) -> str:
        text = to_markdown(self._said, self._bot.knowledge.settings)
        try:
            replace(path, text.encode(errors="replace"), mode=0o600)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            return f"Cannot write {path} ({getattr(error, 'strerror', error)}). Name another file."
        return f"Saved to {path.absolute()}."

    def _news(self) -> list[str]:
        """Take up knowledge that has changed, and say so; say nothing where none has."""
        if self._folder is None or version(self._folder) == self._seen:
            return []
        return self._read_again()

    def _read_again(self) -> list[str]:
        """Read the knowledge again; where it is broken, say why and go on with what there is."""
        assert self._folder is not None  # noqa: S101 # both callers see to it
        self._seen = version(self._folder)
        try:
            bot = FaqBot.load(self._folder)
        except KnowledgeError as error:
            return [str(error), "The knowledge has problems. I go on with what I read before."]
        bot.unanswered = self._bot.unanswered
        self._bot = self._conversation.bot = bot
        known = sum(not entry.out_of_scope for entry in self._bot.knowledge.entries)
        return [f"I have read the knowledge again: {known} answers."]


@dataclass(frozen=True, slots=True)
class Command:
    """What can be typed beside questions."""

    usage: str
    help: str
    run: Callable[[Chat, str], str]

    @property
    def name(self) -> str:
        """The command without what follows it."""
        return self.usage.split()[0]


COMMANDS: Final = (
    Command("/help", "shows this", Chat.help),
    Command("/topics", "lists the questions that I can answer, by file", Chat.topics),
    Command("/sources", "shows where the last answer comes from, with addresses", Chat.sources),
    Command("/why", "explains how the last reply was found", Chat.why),
    Command("/save FILE", "writes this talk to a Markdown file, with its sources", Chat.save),
    Command("/reload", "reads the knowledge again (a change is also seen by itself)", Chat.reload),
    Command("/quit", "leaves the chat (so do quit, exit and Ctrl-D)", Chat.leave),
)


def _notice(text: str) -> Block:
    return Block("notice", printable(text))


def _begins(typed: tuple[str, ...], asked: tuple[str, ...]) -> bool:
    """Return whether each word typed begins a word of a question."""
    return bool(typed) and all(any(word.startswith(begun) for word in asked) for begun in typed)
