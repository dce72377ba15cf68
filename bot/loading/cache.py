"""What takes long to make from a folder of knowledge is kept in the user's own cache folder.

It is made anew when a byte of the knowledge, the Python or the package itself is another. No question is
ever kept, and where nothing can be kept (no home, a full disk), all goes on as if nothing ever was.
"""

import os
import pickle
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar
from zlib import crc32

from .folder import content, paths

_MOST_KEPT: Final = 20  # folders; what was not made for longest goes first
_HEAD: Final = struct.Struct("<QI")  # the length of the key, and the checksum of what follows it
_PACKAGE: Final = Path(__file__).resolve().parent.parent

_Made = TypeVar("_Made")


def kept(folder: str | Path, make: Callable[[], _Made]) -> _Made:
    """Return what `make` makes of a folder, or made of the very same files before.

    Raises:
        KnowledgeError: The folder holds no knowledge; and what `make` raises.
    """
    key, place = _key(folder), _place(folder)
    if key is None or place is None:
        return make()
    try:
        found: _Made = pickle.loads(_read(place, key))  # noqa: S301 # the user's own file, as made below
    except Exception:  # noqa: BLE001 # whatever is wrong with the file, it can be made anew
        found = make()
        if _key(folder) == key:  # or a file was changed meanwhile, and who knows which of the two was read
            _write(place, key, pickle.dumps(found))
    return found


def _key(folder: str | Path) -> bytes | None:
    """Return all that what is made depends on; None where a file cannot be read, which the loader reports."""
    try:
        contents = [part for path in paths(folder) for part in (os.fsencode(path), content(path))]
    except OSError:
        return None
    parts = [sys.version.encode(), __name__.encode(), *_own_files(), *contents]
    return b"".join(b"%d:%b" % (len(part), part) for part in parts)


def _own_files() -> Iterator[bytes]:
    """Yield what changes when the package does."""
    for folder in (_PACKAGE, Path(__file__).parent):
        with os.scandir(folder) as files:
            for file in sorted(files, key=lambda file: file.name):
                if file.is_file():
                    status = file.stat()
                    yield f"{file.path} {status.st_size} {status.st_mtime_ns}".encode(errors="surrogateescape")


def _place(folder: str | Path) -> Path | None:
    """Return the file where what is made of a folder is kept; None where the user has no such place."""
    try:
        home = os.environ.get("LOCALAPPDATA") if os.name == "nt" else os.environ.get("XDG_CACHE_HOME")
        caches = Path(home or Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache"))
        name = str(Path(folder).resolve()).encode(errors="surrogateescape")
    except (OSError, RuntimeError):  # no home, or links in a ring
        return None
    return caches / "magbot" / f"{crc32(name):08x}.base" if caches.is_absolute() else None


def _read(place: Path, key: bytes) -> bytes:
    """Return what is kept; raise an OSError or a ValueError where it is of no use."""
    if not place.is_file():
        raise ValueError("no file")  # a pipe would be waited for
    with place.open("rb") as file:
        # A file of somebody else could hold anything.
        if os.name != "nt" and os.fstat(file.fileno()).st_uid != os.getuid():
            raise ValueError("not the user's own")
        size, checksum = _HEAD.unpack(file.read(_HEAD.size))
        if size != len(key) or file.read(size) != key:
            raise ValueError("made of something else")
        content = file.read()
    if crc32(content) != checksum:
        raise ValueError("damaged")
    return content


def _write(place: Path, key: bytes, content: bytes) -> None:
    """Keep the content, whole or not at all."""
    new = place.with_suffix(f".{os.getpid()}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_HEAD.pack(len(key), crc32(content)) + key + content)
        new.replace(place)
        by_age = sorted(place.parent.iterdir(), key=lambda file: file.stat().st_mtime)
        for old in by_age[:-_MOST_KEPT]:
            old.unlink()
    except OSError:
        with suppress(OSError):
            new.unlink()
