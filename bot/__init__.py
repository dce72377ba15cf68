"""magbot: answers questions from a YAML base by fuzzy matching.

The names below are the public interface. Importing them reads no file and loads neither
the terminal chat nor its packages.

>>> from bot import FaqBot
>>> FaqBot.load().ask("how much shoud i take?").kind
'answer'
"""

from .chat import Answer, FaqBot, NoAnswer, Policy, Reply, Suggestions, Urgent
from .conversation import Conversation
from .errors import BotError, KnowledgeError, Problem
from .knowledge import Entry, Knowledge, Phrasing, Settings, Source
from .loading import load_knowledge, parse_knowledge
from .matching import Match, Matcher
from .render import to_text

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
