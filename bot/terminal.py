"""The interactive chat: reads a line, shows a reply, knows the /commands."""

import difflib
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.styles import Style

from .authoring.explain import explain
from .chat import Answer, FaqBot, NoAnswer, Suggestions, Urgent
from .conversation import Conversation
from .render import Block, blocks, cite, listing, printable, wrap

PROMPT: Final = "> "
GREETING_LINES: Final = 3
# Only the terminal's own sixteen colours, which its user chose to be readable.
STYLE: Final = Style.from_dict(
    {"understood": "bold", "urgent": "bold ansired", "note": "ansicyan", "sources": "dim", "disclaimer": "dim"}
)

# What people type for a command without knowing its name.
_ALSO_COMMANDS: Final = {"quit": "/quit", "exit": "/quit", "/exit": "/quit", "help": "/help"}

Write: TypeAlias = Callable[[Iterable[Block]], None]


def run(bot: FaqBot, *, session: "PromptSession[str] | None" = None, write: Write | None = None) -> int:
    """Chat until the person leaves; return the exit code.

    Args:
        bot: Who answers.
        session: Where lines come from; made for the terminal where it is left out.
        write: What shows the blocks of a reply; the terminal, in colour, where it is left out.
    """
    # Some terminals do not answer the question where the cursor is, and then a warning
    # appears in the middle of the chat. Nothing here needs the answer.
    os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
    asking: PromptSession[str] = session or PromptSession(enable_suspend=True, reserve_space_for_menu=0)
    return chat(bot, lambda: asking.prompt(PROMPT), write or write_styled)


def chat(bot: FaqBot, read: Callable[[], str], write: Write) -> int:
    """Greet, then reply to each line that `read` returns until it raises EOFError; return 0.

    KeyboardInterrupt, which is Ctrl-C, drops the line.
    """
    talk = Chat(bot)
    write([Block("body", talk.greeting)])
    while not talk.left:
        try:
            line = read()
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
        write(talk.respond(line))
    return 0


def read_plain() -> str:
    """Return a line typed at a plain prompt; Ctrl-C and Ctrl-D end the line on the screen, too."""
    try:
        return input(PROMPT)
    except (EOFError, KeyboardInterrupt):
        print()
        raise


def write_plain(parts: Iterable[Block]) -> None:
    """Print blocks as plain text, wrapped to the window."""
    width = shutil.get_terminal_size().columns
    for part in parts:
        print(wrap(part.text, width), end="\n\n", flush=True)


def write_styled(parts: Iterable[Block]) -> None:
    """Print blocks in the style of their role, wrapped to the window."""
    width = shutil.get_terminal_size().columns
    for part in parts:
        print_formatted_text(FormattedText([(f"class:{part.role}", wrap(part.text, width)), ("", "\n")]), style=STYLE)


class Chat:
    """One person's chat: every line typed becomes blocks to show.

    Attributes:
        left: Whether the person has left.
    """

    def __init__(self, bot: FaqBot) -> None:
        self.left = False
        self._bot = bot
        self._conversation = Conversation(bot)

    @property
    def greeting(self) -> str:
        """What to show first, at most three lines."""
        lines = self._bot.knowledge.settings.greeting.splitlines()
        return printable("\n".join([line for line in lines if line.strip()][:GREETING_LINES]))

    def respond(self, line: str) -> tuple[Block, ...]:
        """Return what to show for a line; nothing for a blank one."""
        text = line.strip()
        if not text:
            return ()
        text = _ALSO_COMMANDS.get(text.casefold(), text)
        if text.startswith("/"):
            return (Block("body", printable(self._command(text.split()[0].casefold()))),)
        return blocks(self._conversation.send(text))

    def _command(self, name: str) -> str:
        for command in COMMANDS:
            if command.name == name:
                return command.run(self)
        near = difflib.get_close_matches(name, [command.name for command in COMMANDS], n=1)
        cure = f"Did you mean {near[0]}?" if near else "Type /help for the commands."
        return f"Unknown command {name}. {cure}"

    def help(self) -> str:
        """Return the commands, and how to ask."""
        width = max(len(command.name) for command in COMMANDS)
        rows = [f"{command.name:{width}}  {command.help}" for command in COMMANDS]
        return "\n".join(["Type a question in your own words, or the number of a question on offer.", *rows])

    def topics(self) -> str:
        """Return the questions that can be asked."""
        return listing(self._bot.knowledge)

    def why(self) -> str:
        """Return how the last reply came about."""
        asked = self._conversation.asked
        return explain(self._bot, asked) if asked else "Ask something first."

    def sources(self) -> str:
        """Return the sources of the last answer with their addresses."""
        match self._conversation.last:
            case Answer(match=given) | Urgent(match=given) if given.entry.sources:
                return "\n".join(f"- {cite(source, addresses=True)}" for source in given.entry.sources)
            case Answer() | Urgent():
                return "The last answer names no source."
            case Suggestions() | NoAnswer() | None:
                return "There is no answer yet whose sources could be shown."

    def leave(self) -> str:
        """End the chat."""
        self.left = True
        return "Goodbye."


@dataclass(frozen=True, slots=True)
class Command:
    """What can be typed beside questions."""

    name: str
    help: str
    run: Callable[[Chat], str]


COMMANDS: Final = (
    Command("/help", "shows this", Chat.help),
    Command("/topics", "lists the questions that I can answer", Chat.topics),
    Command("/sources", "shows where the last answer comes from, with addresses", Chat.sources),
    Command("/why", "explains how the last reply was found", Chat.why),
    Command("/quit", "leaves the chat (so do quit, exit and Ctrl-D)", Chat.leave),
)
