"""Which files hold the knowledge, and what is in them."""

import errno
import io
import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..errors import KnowledgeError, Problem

MOST_BYTES: Final = 10_000_000  # of a folder; twenty times the base that comes with magbot


def shipped_folder() -> Path:
    """Return the folder of the base that comes with magbot, installed or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "shipped"
    return installed if installed.is_dir() else package.parent / "knowledge"


def paths(folder: str | Path) -> list[Path]:
    """Return the files to read, by name; raise KnowledgeError where there is none, or far too much."""
    found = _listed(folder)
    sizes = {path: _size(path) for path in found}
    if sum(sizes.values()) > MOST_BYTES:
        largest = max(found, key=lambda path: sizes[path])
        most = f"{MOST_BYTES // 1_000_000} MB"
        raise _unusable(largest, f"the files hold more than {most} together; make this one, the largest, smaller")
    return found


def _listed(folder: str | Path) -> list[Path]:
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


def _size(path: Path) -> int:
    with suppress(OSError):  # which is reported where it is read
        return path.stat().st_size
    return 0


def _unusable(folder: str | Path, message: str) -> KnowledgeError:
    return KnowledgeError([Problem(str(folder), 1, 1, "KB001", message)])


def split_lines(text: str) -> list[str]:
    """Return the lines of a text as YAML counts them."""
    return re.split("\r\n|[\n\r\x85\u2028\u2029]", text)


def content(path: Path, *, pipe: bool = False) -> bytes:
    """Return what a file holds.

    Args:
        path: The file.
        pipe: Whether it may be a pipe or a device, too, and be waited for.

    Raises:
        OSError: It cannot be read, or is too large.
    """
    with io.BufferedReader(io.FileIO(path, opener=None if pipe else _opened_at_once)) as file:
        if not (pipe or stat.S_ISREG(os.fstat(file.fileno()).st_mode)):
            raise OSError(errno.EINVAL, "it is no file; move it away")
        found = file.read(MOST_BYTES + 1) or b""  # None where it would have to be waited for
    if len(found) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES // 1_000_000} MB")
    return found


def _opened_at_once(path: str, flags: int) -> int:
    """Return a file that is open; a pipe that nobody writes to is not waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def source_lines(path: str) -> tuple[str, ...]:
    """Return the lines of a file, for showing them; () where it cannot be read."""
    try:
        return tuple(split_lines(content(Path(path)).decode("utf-8-sig", errors="replace")))
    except (OSError, ValueError):
        return ()


def version(folder: str | Path) -> tuple[tuple[str, int, int, int], ...]:
    """Return what is another as soon as a file of the folder is; () where none can be read."""
    try:
        files = [(str(path), path.stat()) for path in paths(folder)]
    except (KnowledgeError, OSError):
        return ()
    return tuple((path, status.st_ino, status.st_size, status.st_mtime_ns) for path, status in files)


def is_file(path: Path) -> bool:
    """Return whether a path names a file; not where that cannot be known."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_knowledge(folder: Path) -> bool:
    """Return whether a folder holds any file that would be read."""
    try:
        return bool(_listed(folder))
    except KnowledgeError:
        return False
