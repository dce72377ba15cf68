"""What is kept of a folder between two starts, and when it is made anew."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import Conversation, FaqBot, KnowledgeError, load_knowledge
from bot.loading import kept, shipped_folder

ODD_NAME = "caf\udce9" if sys.platform == "linux" else "cafe"  # which is no UTF-8, as from a disk of other days
ENTRY = "entries:\n  - question: Is it open?\n    answer: {answer}\n"


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches" / "magbot"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "desk").mkdir()
    write(tmp_path / "desk", "Yes.")
    return tmp_path / "desk"


@pytest.fixture
def make() -> Callable[[], int]:
    """Something that tells how often it was made."""
    numbers = iter(range(1, 100))
    return lambda: next(numbers)


def write(folder: Path, answer: str) -> None:
    (folder / "a.yaml").write_text(ENTRY.format(answer=answer), encoding="utf-8")


def answer(folder: Path) -> str:
    return FaqBot.load(folder).ask("is it open").text


def test_the_same_files_are_made_into_something_once(caches: Path, folder: Path, make: Callable[[], int]) -> None:
    assert [kept(folder, make), kept(folder, make)] == [1, 1]
    (file,) = caches.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert caches.stat().st_mode & 0o777 == 0o700


def test_an_edit_counts_at_once_though_neither_size_nor_time_tells(caches: Path, folder: Path) -> None:
    assert answer(folder) == "Yes."
    before = (folder / "a.yaml").stat()
    write(folder, "No!!")
    os.utime(folder / "a.yaml", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert answer(folder) == "No!!"
    assert len(list(caches.iterdir())) == 1


def test_a_file_more_or_of_another_name_counts(caches: Path, folder: Path, make: Callable[[], int]) -> None:
    assert kept(folder, make) == 1
    (folder / "b.yaml").write_text("", encoding="utf-8")
    assert kept(folder, make) == 2
    (folder / "b.yaml").rename(folder / "c.yaml")
    assert kept(folder, make) == 3
    assert caches.is_dir()


def test_another_package_or_python_counts(
    caches: Path, folder: Path, make: Callable[[], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "package").mkdir()
    monkeypatch.setattr("bot.loading.cache._PACKAGE", tmp_path / "package")
    (tmp_path / "package" / ODD_NAME).write_text("", encoding="utf-8")
    assert [kept(folder, make), kept(folder, make)] == [1, 1]
    (tmp_path / "package" / ODD_NAME).write_text("1", encoding="utf-8")
    assert [kept(folder, make), kept(folder, make)] == [2, 2]
    monkeypatch.setattr("sys.version", "another")
    assert [kept(folder, make), kept(folder, make)] == [3, 3]
    assert caches.is_dir()


@pytest.mark.parametrize(
    "harm", [lambda kept: kept[:3], lambda kept: kept[:-1], lambda kept: kept[:-1] + b"?", lambda kept: b"\0" + kept]
)
def test_a_damaged_file_is_made_anew(
    caches: Path, folder: Path, make: Callable[[], int], harm: Callable[[bytes], bytes]
) -> None:
    kept(folder, make)
    (file,) = caches.iterdir()
    file.write_bytes(harm(file.read_bytes()))
    assert [kept(folder, make), kept(folder, make)] == [2, 2]


@pytest.mark.skipif(os.name == "nt", reason="files have no such owners here")
def test_a_file_of_somebody_else_is_not_read(
    caches: Path, folder: Path, make: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(folder, make)
    monkeypatch.setattr("os.getuid", lambda: 12345)
    assert kept(folder, make) == 2
    assert caches.is_dir()


def test_without_a_place_to_keep_it_everything_works(
    tmp_path: Path, folder: Path, make: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    for place in (str(tmp_path / "file"), "not/absolute"):
        monkeypatch.setenv("XDG_CACHE_HOME", place)
        assert answer(folder) == "Yes."
    assert not (tmp_path / "not").exists()
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", no_home)
    assert [kept(folder, make), kept(folder, make)] == [1, 2]


@pytest.mark.skipif(os.name == "nt", reason="there is one place only here")
@pytest.mark.parametrize(("platform", "place"), [("linux", ".cache"), ("darwin", "Library/Caches")])
def test_it_is_kept_where_the_system_keeps_such_files(
    platform: str, place: str, tmp_path: Path, make: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr("sys.platform", platform)
    folder = tmp_path / ODD_NAME
    folder.mkdir()
    write(folder, "Yes.")
    assert [kept(folder, make), kept(folder, make)] == [1, 1]
    assert len(list((tmp_path / place / "magbot").iterdir())) == 1


def no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_only_the_newest_are_kept(caches: Path, tmp_path: Path, make: Callable[[], int]) -> None:
    for number in range(1, 24):
        desk = tmp_path / f"desk{number}"
        desk.mkdir()
        write(desk, "Yes.")
        before = set(caches.glob("*"))
        kept(desk, make)
        (new,) = set(caches.iterdir()) - before
        os.utime(new, (number, number))
    assert sorted(file.stat().st_mtime for file in caches.iterdir()) == list(range(4, 24))
    assert kept(desk, make) == 23


def test_what_was_made_while_a_file_changed_is_not_kept(caches: Path, folder: Path, make: Callable[[], int]) -> None:
    def slowly() -> int:
        write(folder, "No.")
        return make()

    assert kept(folder, slowly) == 1
    write(folder, "Yes.")
    assert [kept(folder, make), kept(folder, make)] == [2, 2]
    assert len(list(caches.iterdir())) == 1


def test_one_file_that_reads_like_two_is_not_taken_for_them(caches: Path, folder: Path) -> None:
    (folder / "b.yaml").write_text("", encoding="utf-8")
    assert answer(folder) == "Yes."
    (folder / "b.yaml").unlink()
    (folder / "a.yaml").write_bytes((folder / "a.yaml").read_bytes() + b"\0" + bytes(folder / "b.yaml") + b"\0")
    with pytest.raises(KnowledgeError, match="KB002"):
        FaqBot.load(folder)
    assert caches.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="there are no such files here")
@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "ring", "dangling"])
def test_what_only_looks_like_a_kept_file_is_not_read(caches: Path, folder: Path, kind: str) -> None:
    assert answer(folder) == "Yes."
    (file,) = caches.iterdir()
    file.unlink()
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    else:
        file.symlink_to({"device": "/dev/zero", "ring": file.name, "dangling": "nowhere"}[kind])
    assert [answer(folder), answer(folder)] == ["Yes.", "Yes."]


def test_broken_knowledge_is_not_kept(caches: Path, folder: Path) -> None:
    write(folder, "")
    for _ in range(2):
        with pytest.raises(KnowledgeError, match="KB007"):
            FaqBot.load(folder)
    assert not caches.exists()


def test_what_is_kept_replies_as_what_is_new(caches: Path) -> None:
    new = FaqBot(load_knowledge(shipped_folder()))
    FaqBot.load()
    taken = FaqBot.load()
    assert caches.is_dir()
    assert taken.knowledge == new.knowledge
    for question in ("magnisium befor bed?", "how much is to much", "i took the whole bottle", "is zinc any good"):
        assert taken.ask(question).to_dict(top=9) == new.ask(question).to_dict(top=9)
    assert Conversation(taken).send("hello").kind == "answer"


def test_a_second_start_reads_no_yaml(caches: Path) -> None:
    script = "import sys, bot; bot.FaqBot.load(); print('yaml' in sys.modules)"
    run = [sys.executable, "-c", script]
    assert [subprocess.run(run, check=True, capture_output=True, text=True).stdout for _ in range(2)] == [
        "True\n",
        "False\n",
    ]
    assert caches.is_dir()
