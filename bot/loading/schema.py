"""The YAML format as a JSON Schema, for editors; the loader is the judge."""

import json
from typing import Any, Final

from .reading import BOT_KEYS, ENTRY_KEYS, SOURCE_KEYS

# Every scalar is text, also one that looks like a number.
_TEXT: Final[dict[str, Any]] = {"type": ["string", "number", "boolean"]}
_TEXTS: Final[dict[str, Any]] = {"type": ["array", "string", "number", "boolean"], "items": _TEXT}
_LISTS: Final = {"also", "source", "related", "harmless"}
_TOLD: Final = {
    "question": "The question as people see it.",
    "answer": "Plain text; a blank line parts paragraphs.",
    "id": "One word; made from the question where it is left out.",
    "also": "Other ways of asking the same, misspelt ones too.",
    "note": "What the evidence says where the source is contradicted or overstated.",
    "source": "A key of sources, or a list of them.",
    "related": "Ids of entries that people ask for next.",
    "urgent": "true: this reply comes before every other.",
    "signs": "Rows of cells of pieces with strokes between them; a message with a piece of each cell is urgent.",
    "harmless": "Phrases in which nothing is a sign.",
    "out_of_scope": "true: nothing here answers this, and the answer says so.",
}


def schema_text() -> str:
    """Return the JSON Schema as it stands in `schema.json` beside the shipped knowledge."""
    return json.dumps(schema(), indent=2) + "\n"


def schema() -> dict[str, Any]:  # Any: JSON
    """Return the JSON Schema (draft 2020-12) of a knowledge file."""
    flag: dict[str, Any] = {"enum": [True, False, "true", "false"]}
    rows: dict[str, Any] = {"type": "array", "items": {"type": "array", "items": _TEXT}}
    shapes = {"urgent": flag, "out_of_scope": flag, "signs": rows, **dict.fromkeys(_LISTS, _TEXTS)}
    entry = {key: {**shapes.get(key, _TEXT), "description": _TOLD[key]} for key in ENTRY_KEYS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "magbot knowledge",
        **_table(
            {
                "bot": _table(dict.fromkeys(BOT_KEYS, _TEXT)),
                "words": {"type": "array", "items": {"type": "array", "items": _TEXT}},
                "sources": {
                    "type": "object",
                    "additionalProperties": _table(dict.fromkeys(SOURCE_KEYS, _TEXT), "title"),
                },
                "entries": {"type": "array", "items": _table(entry, "question", "answer")},
            }
        ),
    }


def _table(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
    }
