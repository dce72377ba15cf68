"""What writes files, in real processes: the old content stays until the new one is whole, whatever happens."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import FaqBot
from bot.authoring.new import add_entry
from bot.cli import main
from bot.errors import KnowledgeError
from bot.loading.unanswered import load_unanswered
from bot.loading.writing import append, replace, turn
from bot.terminal.commands import Chat
from bot.terminal.history import Questions

BASE = "\ufeff# Mine.\r\nentries:\r\n- question: Is it open?\r\n  answer: Yes.\r\n"
# One process for each way in which a file is written.
WAYS = {
    "new": "from bot.cli import main; sys.exit(main(['new', 'When does it close?', '--to', 'a.yaml']))",
    "review": "from bot.cli import main; sys.exit(main(['review', '--knowledge', 'a.yaml', 'missed.jsonl']))",
    "save": """
from bot import FaqBot
from bot.terminal.commands import Chat
talk = Chat(FaqBot.load('a.yaml'))
for line in ('is it open', '/save talk.md', 'yes', 'is it open'):
    print(*(part.text for part in talk.respond(line)))
""",
    "history": "from bot.cli import _questions; questions = _questions('asked'); print(questions and questions.all)",
    "log": "from bot.cli import main; sys.exit(main(['ask', '--log-unanswered', 'missed.jsonl', 'zebra quartz']))",
}
KILLED = "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)"
FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (115, 115))"
needs_root = pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="gives files away, so needs root")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_bytes(BASE.encode())
    (tmp_path / "a.yaml").chmod(0o640)
    (tmp_path / "missed.jsonl").write_text('{"question": "is it open on sunday"}\n' * 3, encoding="utf-8")
    (tmp_path / "talk.md").write_text("precious", encoding="utf-8")
    asked = "# Questions typed in magbot. Delete this file to forget them.\n" + "is it open\n" * 20
    (tmp_path / "asked").write_text(asked, encoding="utf-8")
    return tmp_path


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {path.name: (path.stat().st_mode, path.read_bytes()) for path in folder.iterdir() if path.name[0] != "."}


def run(way: str, folder: Path, first: str = "") -> subprocess.CompletedProcess[str]:
    script = f"import os, signal, sys; {first}\n{WAYS[way]}"
    return subprocess.run(
        [sys.executable, "-c", script], cwd=folder, input="1\n", capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("way", ["new", "review", "save", "history"])
def test_who_is_killed_half_way_leaves_the_old_content(way: str, folder: Path) -> None:
    before = contents(folder)
    assert run(way, folder, KILLED).returncode == -9
    assert contents(folder) == before


@pytest.mark.parametrize("way", list(WAYS))
def test_a_full_disk_leaves_the_old_content_and_is_said(way: str, folder: Path) -> None:
    (folder / "a.yaml").write_bytes((BASE + "# " + "x" * 150).encode())
    before = contents(folder)
    done = run(way, folder, FULL)
    assert contents(folder) == before
    assert not list(folder.glob(".*"))
    assert "File too large" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert way != "save" or done.stdout.splitlines()[-1].startswith("Yes.")  # the chat goes on


def test_a_file_keeps_its_permissions_links_line_ends_and_mark(folder: Path) -> None:
    assert run("new", folder).returncode == 0
    written = (folder / "a.yaml").read_bytes()
    assert written.startswith(BASE.encode())
    assert written.count(b"\n") == written.count(b"\r\n")
    umask = os.umask(0o022)
    replace(folder / "new", b"new")
    os.umask(umask)
    assert (folder / "new").stat().st_mode & 0o777 == 0o644
    (folder / "link").symlink_to("a.yaml")
    replace(folder / "link", b"new")
    assert (folder / "link").is_symlink()
    assert (folder / "a.yaml").read_bytes() == b"new"
    assert (folder / "a.yaml").stat().st_mode & 0o777 == 0o640
    (folder / "dangling").symlink_to("elsewhere")
    replace(folder / "dangling", b"new", mode=0o600)
    assert (folder / "elsewhere").read_bytes() == b"new"
    assert (folder / "elsewhere").stat().st_mode & 0o777 == 0o600


@needs_root
def test_a_file_keeps_its_owner(folder: Path) -> None:
    os.chown(folder / "a.yaml", 1234, 2345)
    replace(folder / "a.yaml", b"new")
    status = (folder / "a.yaml").stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (1234, 2345, 0o640)


def test_a_file_is_written_though_its_owner_cannot_be_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.chown", lambda *_: (folder / "no" / "file").stat())
    replace(folder / "a.yaml", b"new")
    assert (folder / "a.yaml").read_bytes() == b"new"
    assert (folder / "a.yaml").stat().st_mode & 0o777 == 0o640


@needs_root
@pytest.mark.parametrize("protected", ["file", "folder"])
def test_what_is_write_protected_stays_and_is_said(protected: str, folder: Path) -> None:
    folder.chmod(0o555 if protected == "folder" else 0o777)
    (folder / "talk.md").chmod(0o444 if protected == "file" else 0o666)
    lines = WAYS["save"].replace("for line", "os.setgroups([]), os.setegid(65534), os.seteuid(65534)\nfor line")
    (folder / "a.yaml").chmod(0o644)
    for above in list(folder.parents)[:2]:
        above.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", f"import os\n{lines}"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "Permission denied" in done.stdout
    assert "Name another file." in done.stdout
    assert (folder / "talk.md").read_text(encoding="utf-8") == "precious"


def test_several_writers_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    script = """
import sys
from pathlib import Path
from bot.authoring.new import add_entry
from bot.terminal.history import Questions
from bot.loading.unanswered import UnansweredLog
for number in range(15):
    add_entry(f"{sys.argv[1] * 9} {'x' * (number + 1)}?", Path("a.yaml"))
    Questions(Path("asked")).add(f"question {sys.argv[1]} {number}")
    UnansweredLog("missed.jsonl").add(f"question {sys.argv[1]} {number}", "none", [])
"""
    writers = [subprocess.Popen([sys.executable, "-c", script, name], cwd=tmp_path) for name in "abcd"]
    assert [writer.wait() for writer in writers] == [0] * 4
    wanted = sorted(f"question {name} {number}" for name in "abcd" for number in range(15))
    assert file.read_text(encoding="utf-8").count("- question: ") == 60
    assert sorted(Questions(tmp_path / "asked").all) == wanted
    assert sorted(row.question for row in load_unanswered(tmp_path / "missed.jsonl")[0]) == wanted


def test_who_makes_a_file_first_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, status = tmp_path / "missed.jsonl", Path.stat

    def made_meanwhile(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        try:
            return status(self, follow_symlinks=follow_symlinks)
        finally:
            if self == asked and not os.path.lexists(asked):
                asked.write_bytes(b"one\n")

    monkeypatch.setattr(Path, "stat", made_meanwhile)
    append(asked, b"two\n")
    assert asked.read_bytes() == b"one\ntwo\n"


def test_a_line_that_was_left_open_is_not_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "missed.jsonl").write_text('{"quest', encoding="utf-8")
    append(tmp_path / "missed.jsonl", b'{"question": "a"}\n')
    assert [row.question for row in load_unanswered(tmp_path / "missed.jsonl")[0]] == ["a"]


@pytest.mark.parametrize("there", [b"", b"x", b"x\n", b"\n", b"x\ny", b"x\ny\n"])
def test_each_line_stands_on_its_own(there: bytes, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(there)
    append(tmp_path / "log", b"new\n")
    assert (tmp_path / "log").read_bytes() == there + (b"" if there[-1:] in (b"", b"\n") else b"\n") + b"new\n"


@pytest.mark.parametrize("error", [OSError, ImportError])
def test_where_no_turn_can_be_had_all_is_written(
    error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if error is ImportError:
        monkeypatch.setitem(sys.modules, "fcntl", None)
    else:
        monkeypatch.setattr("fcntl.flock", lambda *_: Path("/no/such/file").stat())
    append(tmp_path / "log", b"new\n")
    with turn(tmp_path / "log"):
        assert (tmp_path / "log").read_bytes() == b"new\n"
    with turn(tmp_path / "no" / "file"):
        replace(tmp_path / "log", b"newer")
    assert (tmp_path / "log").read_bytes() == b"newer"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks here")
def test_a_turn_ends(tmp_path: Path) -> None:
    import fcntl

    folder = os.open(tmp_path, os.O_RDONLY)
    with turn(tmp_path / "log"), pytest.raises(BlockingIOError):
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(folder)


def test_what_is_no_file_is_left_alone_and_nobody_waits_for_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(folder / "pipe.yaml")
    assert main(["new", "Is it far?", "--to", str(folder / "pipe.yaml")]) == 1
    assert "is no file; name another" in capsys.readouterr().err
    assert main(["ask", "zebra", "--knowledge", str(folder / "a.yaml"), "--log-unanswered", str(folder / "pipe.yaml")])
    assert "unanswered questions are not kept" in capsys.readouterr().err
    with pytest.raises(KnowledgeError, match="it is no file; move it away"):
        FaqBot.load(folder)
    with pytest.raises(OSError, match=r"it is no file$"):
        replace(Path(os.devnull), b"")
    (folder / "ring").symlink_to("ring")
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        replace(folder / "ring", b"")
    assert (folder / "ring").is_symlink()
    with pytest.raises(IsADirectoryError):
        append(folder, b"")
    (folder / "pipe.yaml").unlink()
    (folder / "pipe.yaml").mkdir()
    with pytest.raises(ValueError, match="is no file"):
        add_entry("Is it far?", folder / "pipe.yaml")


def test_a_home_that_does_not_exist_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = "~no-such-user/a.yaml"
    assert main(["new", "Is it far?", "--to", place]) == 1
    assert main(["ask", "zebra", "--knowledge", str(folder), "--log-unanswered", place]) == 1
    assert capsys.readouterr().err.count("there is no such home folder") == 2
    talk = Chat(FaqBot.load(folder))
    talk.respond("is it open")
    (said,) = talk.respond(f"/save {place}")
    assert "No such file or directory" in said.text
    (said,) = talk.respond(f"/save {'x' * 300}")
    assert "File name too long" in said.text


def test_questions_are_still_kept_after_an_edit_of_the_knowledge(folder: Path) -> None:
    log = folder / "new.jsonl"
    talk = Chat(FaqBot.load(folder, unanswered=log), folder)
    talk.respond("zebra quartz")
    (folder / "a.yaml").write_text(BASE + "# edited\n", encoding="utf-8")
    assert "read the knowledge again" in talk.respond("guitar quartz")[0].text
    assert [row.question for row in load_unanswered(log)[0]] == ["zebra quartz", "guitar quartz"]
