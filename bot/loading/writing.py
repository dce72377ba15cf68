"""Writes files so that nothing is lost: a content comes whole or not at all, and writers take turns."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def expanded(path: str | Path) -> Path:
    """Return a path with the home folder for its `~`; raise an OSError where there is no such home."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise FileNotFoundError(errno.ENOENT, "there is no such home folder") from error


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Let no other process that asks for its turn write in a file's folder meanwhile; where none can be had, go on."""
    folder = None
    with suppress(OSError, ImportError):  # Windows has no such locks, some network drives neither
        import fcntl

        folder = os.open(path.parent, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if folder is not None:
            os.close(folder)


def replace(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Give a file its content, whole or not at all; where it is a link, give it to the file that is meant.

    A file that exists keeps its permissions and, where the system lets it, its owner.

    Args:
        path: The file; made where there is none.
        content: All of it.
        mode: The permissions of a new file, less those that the user's mask takes away.

    Raises:
        OSError: It cannot be written, and is as it was.
    """
    try:
        before = path.stat()  # which fails where links go round in a ring, as `resolve` does on some Pythons only
    except FileNotFoundError:
        before = None
    path = path.resolve()
    if before:
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        path.open("ab").close()  # what is write-protected is meant to stay, though its folder may let it go
    new = path.with_name(f".magbot-{os.urandom(6).hex()}")
    try:
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise OSError(error.errno, f"no file can be made in its folder: {error.strerror}") from error
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if before:
            _like(new, before)
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def _like(new: Path, before: os.stat_result) -> None:
    """Give a file the owner and the permissions of another."""
    if os.name != "nt":
        for owner in (-1, before.st_uid):  # the group can be given by who may not give the owner
            with suppress(OSError):
                os.chown(new, owner, before.st_gid)
    new.chmod(stat.S_IMODE(before.st_mode))


def append(path: Path, line: bytes) -> None:
    """Add a line to a file, whole or not at all; a file that is new can be read by its owner only.

    Raises:
        OSError: It cannot be added, and the file is as it was.
    """
    access = os.O_RDWR  # asked once, as another writer may make the file meanwhile
    with suppress(OSError):
        access = os.O_RDWR if stat.S_ISREG(path.stat().st_mode) else os.O_WRONLY
    # Without waiting: a pipe may have no reader for ever.
    file = os.open(path, access | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o600)
    try:
        with suppress(OSError, ImportError):
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        size = os.fstat(file).st_size
        if size and os.lseek(file, -1, os.SEEK_END) >= 0 and os.read(file, 1) != b"\n":
            line = b"\n" + line  # an editor, or a writer that was killed, left the last one open
        try:
            while line:
                line = line[os.write(file, line) :]
        except OSError:
            with suppress(OSError):  # what is no file holds nothing to take back
                os.ftruncate(file, size)
            raise
    finally:
        os.close(file)
