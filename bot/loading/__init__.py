"""Reads files: a folder of YAML becomes a Knowledge, or every problem in it at its line."""

from pathlib import Path

from ..errors import KnowledgeError
from ..knowledge import Knowledge
from .cache import kept
from .english import English
from .folder import paths, shipped_folder, source_lines, version

__all__ = ["English", "kept", "load_knowledge", "paths", "shipped_folder", "source_lines", "version"]


def parse_knowledge(text: str, name: str = "knowledge.yaml") -> Knowledge:
    """Return the knowledge in a YAML text.

    Args:
        text: As it would stand in a file.
        name: What problems and entries call the file.

    Raises:
        KnowledgeError: With all problems, each at its place.
    """
    from .reading import parse_knowledge

    return parse_knowledge(text, name)


def load_knowledge(folder: str | Path) -> Knowledge:
    """Return the knowledge in a folder of `*.yaml` files (or in one such file).

    Entries keep the order of the files by name, and within a file that of the author.

    Raises:
        KnowledgeError: With all problems of all files, each at its place.
    """
    from .reading import check_knowledge  # only here: what is kept needs no YAML, whose parser is slow to import

    knowledge, problems = check_knowledge(folder)
    if knowledge is None:
        raise KnowledgeError(problem for problem in problems if not problem.is_warning)
    return knowledge
