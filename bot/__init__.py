"""magbot: answers questions from a YAML base by fuzzy matching.

The names below are the public interface. Importing them reads no file and loads neither
the terminal chat nor its packages.

>>> from bot import FaqBot
>>> FaqBot.load().ask("how much shoud i take?").kind
'answer'
"""

TYPE_CHECKING = False  # type checkers take it for true; importing it would take longer than all that stands here
if TYPE_CHECKING:
    from .chat import Answer, FaqBot, NoAnswer, Policy, Reply, Suggestions, Urgent
    from .conversation import Conversation
    from .errors import BotError, KnowledgeError, Problem
    from .knowledge import Entry, Knowledge, Phrasing, Settings, Source
    from .loading import load_knowledge, parse_knowledge
    from .matching import Match, Matcher
    from .render import to_text
else:

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used, so that the command line can catch a Ctrl-C meanwhile."""
        from importlib import import_module

        for module in ("chat", "conversation", "errors", "loading", "render") if name in __all__ else ():
            if hasattr(found := import_module(f".{module}", __name__), name):
                return globals().setdefault(name, getattr(found, name))
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = [
    "Answer",
    "BotError",
    "Conversation",
    "Entry",
    "FaqBot",
    "Knowledge",
    "KnowledgeError",
    "Match",
    "Matcher",
    "NoAnswer",
    "Phrasing",
    "Policy",
    "Problem",
    "Reply",
    "Settings",
    "Source",
    "Suggestions",
    "Urgent",
    "load_knowledge",
    "parse_knowledge",
    "to_text",
]
