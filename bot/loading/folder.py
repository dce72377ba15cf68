"""Which files hold the knowledge."""

import re
from pathlib import Path

from ..errors import KnowledgeError, Problem


def shipped_folder() -> Path:
    """Return the folder of the base that comes with magbot, installed or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "shipped"
    return installed if installed.is_dir() else package.parent / "knowledge"


def paths(folder: str | Path) -> list[Path]:
    """Return the files to read, by name; raise KnowledgeError where there is none."""
    if not str(folder):  # which would be read as the current folder
        raise _unusable("(no name)", "the folder has no name; name a folder of YAML files")
    place = Path(folder)
    try:
        if place.is_file():
            return [place]
        # Names that begin with a dot are editors' own, and come and go.
        paths = sorted(path for path in place.iterdir() if path.suffix == ".yaml" and path.name[0] != ".")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", error)
        raise _unusable(folder, f"cannot be read ({reason}); name a folder of YAML files") from error
    if not paths:
        raise _unusable(folder, "no *.yaml file in this folder (files that end in .yml are not read)")
    return paths


def _unusable(folder: str | Path, message: str) -> KnowledgeError:
    return KnowledgeError([Problem(str(folder), 1, 1, "KB001", message)])


def split_lines(text: str) -> list[str]:
    """Return the lines of a text as YAML counts them."""
    return re.split("\r\n|[\n\r\x85\u2028\u2029]", text)


def source_lines(path: str) -> tuple[str, ...]:
    """Return the lines of a file, for showing them; () where it cannot be read."""
    try:
        return tuple(split_lines(Path(path).read_bytes().decode("utf-8-sig", errors="replace")))
    except (OSError, ValueError):
        return ()


def version(folder: str | Path) -> tuple[tuple[str, int, int, int], ...]:
    """Return what is another as soon as a file of the folder is; () where none can be read."""
    try:
        files = [(str(path), path.stat()) for path in paths(folder)]
    except (KnowledgeError, OSError):
        return ()
    return tuple((path, status.st_ino, status.st_size, status.st_mtime_ns) for path, status in files)


def is_knowledge(folder: Path) -> bool:
    """Return whether a folder holds any file that would be read."""
    try:
        return bool(paths(folder))
    except KnowledgeError:
        return False
