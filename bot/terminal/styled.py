"""The chat in a capable terminal: a menu while typing, ghost text, keys, colours."""

import os
import shutil
import sys
from collections.abc import Iterable
from typing import Final

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import completion_is_selected, has_completions
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from ..render import Block, printable, recalled, wrap
from .commands import Chat
from .history import Questions
from .loop import converse

PROMPT: Final = "> "
_MENU_LINES: Final = 6  # the line that is typed, and those of the menu below it
# Only the terminal's own sixteen colours, which its user chose to be readable, and only those that are so on
# light and on dark. What matters is said in words, too.
STYLE: Final = Style.from_dict(
    {
        "understood": "bold",
        "urgent": "bold ansired",
        "note": "ansimagenta",
        "sources": "dim",
        "notice": "dim",
        "disclaimer": "dim",
        "auto-suggestion": "default dim",
        "exiting": "default",
        "completion-menu": "bg:default default",
        "completion-menu.completion": "bg:default default",
        "completion-menu.completion.current": "bg:default default reverse",
        "scrollbar.background": "bg:default default",
        "scrollbar.button": "bg:default default reverse",
        "scrollbar.start": "bg:default default nounderline",
        "scrollbar.end": "bg:default default nounderline",
    }
)


def chat(talk: Chat, questions: Questions | None = None, *, menu: bool = True, color: bool = True) -> int:
    """Chat until the person leaves; return the exit code.

    Args:
        talk: What replies.
        questions: Where to keep what is asked; this chat's memory where it is left out.
        menu: Whether to propose questions while typing, and the rest of an earlier one.
        color: Whether colours may be used.
    """
    # Some terminals do not answer the question where the cursor is, and then a warning
    # appears in the middle of the chat. Nothing here needs the answer.
    os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
    history = _Kept(questions) if questions else InMemoryHistory()
    session = make_session(talk, history, menu=menu, color=color)
    codes: list[int] = []

    def read_or_leave() -> str:
        line = read(session)
        if codes:
            sys.exit(codes[0])
        return line

    def leave(code: int) -> None:
        """Leave between two steps of what reads the line: one cut in two would not give the terminal back."""
        codes.append(code)
        if not (session.app.is_running and session.app.loop):
            sys.exit(code)
        session.app.loop.call_soon_threadsafe(_stop, session)

    return converse(talk, read_or_leave, show_styled if color else show_without_colour, leave)


def _stop(session: "PromptSession[str]") -> None:
    if session.app.is_running and not session.app.is_done:
        session.app.exit(result="")


def read(session: "PromptSession[str]") -> str:
    """Return the next line."""
    if isinstance(session.completer, _Menu):
        session.completer.closed = False
    return session.prompt(PROMPT, reserve_space_for_menu=0)


def make_session(
    talk: Chat, history: History, *, menu: bool, color: bool = True, **places: object
) -> "PromptSession[str]":
    """Return what reads a line.

    Args:
        talk: What proposes questions.
        history: What was asked before.
        menu: As for `chat`.
        color: As for `chat`.
        **places: Where it reads and writes, for tests: `input` and `output`.
    """
    proposals = _Menu(talk) if menu else None
    session: PromptSession[str] = PromptSession(
        completer=proposals,
        complete_while_typing=menu,
        auto_suggest=AutoSuggestFromHistory() if menu else None,
        history=history,
        key_bindings=_keys(proposals),
        reserve_space_for_menu=0,
        enable_suspend=True,
        style=STYLE,
        color_depth=None if color else ColorDepth.MONOCHROME,
        **places,  # type: ignore[arg-type]  # mypy: an input and an output
    )

    def make_room(typed: Buffer) -> None:
        """Keep lines free for the menu only while there may be one: a reply should stay in sight."""
        if (clean := printable(typed.text)) != typed.text:
            typed.document = Document(clean)  # pasted, and not to be sent to the terminal
        session.reserve_space_for_menu = _MENU_LINES if menu and (typed.text or typed.complete_state) else 0

    session.default_buffer.on_text_changed += make_room
    session.default_buffer.on_completions_changed += make_room
    return session


def show_styled(parts: Iterable[Block]) -> None:
    """Print blocks in the style of their role, wrapped to the window."""
    width, height = shutil.get_terminal_size()
    for part in recalled(parts, width, height):
        print_formatted_text(FormattedText([(f"class:{part.role}", wrap(part.text, width)), ("", "\n")]), style=STYLE)


def show_without_colour(parts: Iterable[Block]) -> None:
    """Print blocks, wrapped to the window."""
    width, height = shutil.get_terminal_size()
    for part in recalled(parts, width, height):
        print(wrap(part.text, width), end="\n\n", flush=True)


class _Menu(Completer):
    """Whole questions and commands that the line may become.

    Attributes:
        closed: Whether the person closed it for this line; Tab opens it again.
    """

    def __init__(self, talk: Chat) -> None:
        self.closed = False
        self._talk = talk

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        typed = document.text
        self.closed = self.closed and not complete_event.completion_requested
        # Where the line is full, the menu would cover it.
        fits = len(PROMPT) + len(typed) < shutil.get_terminal_size().columns
        if fits and not self.closed and not document.text_after_cursor:
            for question in self._talk.propose(typed, wanted=complete_event.completion_requested):
                yield Completion(question, start_position=-document.cursor_position)


class _Kept(History):
    """The questions of a file, for the arrow keys and the ghost text."""

    def __init__(self, questions: Questions) -> None:
        super().__init__()
        self._questions = questions

    def load_history_strings(self) -> Iterable[str]:
        return list(reversed(self._questions.all))

    def store_string(self, string: str) -> None:
        self._questions.add(string)


def _keys(menu: _Menu | None) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter", filter=completion_is_selected)
    def take(event: KeyPressEvent) -> None:
        """Fill in the chosen row; another Enter sends it."""
        event.current_buffer.complete_state = None

    @keys.add("escape", filter=has_completions, eager=True)
    def close(event: KeyPressEvent) -> None:
        event.current_buffer.cancel_completion()
        if menu:
            menu.closed = True

    @keys.add("c-c")
    def drop(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt(event.current_buffer.text))

    return keys
