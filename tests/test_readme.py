"""The README is true: its commands run, its exchange is what magbot prints, its YAML loads."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from bot import FaqBot

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "knowledge" / "README.md").read_text(encoding="utf-8")
WORST_SECONDS = 240  # a slow network must not fail the test, a hanging one must


def fenced(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


START, TESTS, ASKING = fenced("sh")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which `magbot` is the checkout's."""
    folder = tmp_path_factory.mktemp("bin")
    command = folder / "magbot"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


def test_the_exchange_is_what_magbot_prints(environment: dict[str, str]) -> None:
    (exchange,) = fenced("console")
    command, shown = exchange.removeprefix("$ ").split("\n", 1)
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout.strip() == shown.strip()


@pytest.mark.parametrize("command", ASKING.splitlines())
def test_each_command_for_asking_runs(environment: dict[str, str], command: str) -> None:
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
    if command == "magbot check":
        assert done.stdout.endswith(" phrasings: no problems.\n")


def test_the_yaml_loads_and_is_answered(tmp_path: Path) -> None:
    hours, lift = fenced("yaml")
    (tmp_path / "hours.yaml").write_text(hours, encoding="utf-8")
    (tmp_path / "lift.yaml").write_text(lift, encoding="utf-8")
    bot = FaqBot.load(tmp_path)
    assert bot.ask("opening hours").text == "From 9 to 17, Monday to Friday."
    assert bot.lookout.signs("the elevater is stuck") == {
        lift_id: [("elevator", "stuck")] for lift_id in bot.lookout.signs("I smell gas")
    }


def test_the_guide_for_authors_can_be_followed_step_by_step(environment: dict[str, str], tmp_path: Path) -> None:
    (entry,) = fenced("yaml", GUIDE)

    def run(commands: str) -> list[subprocess.CompletedProcess[str]]:
        return [
            subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, env=environment, check=False
            )
            for command in commands.splitlines()
        ]

    new, look, learn = fenced("sh", GUIDE)
    (made,) = run(new)
    assert made.returncode == 0, made.stderr
    written = (tmp_path / "my-answers" / "answers.yaml").read_text(encoding="utf-8")
    assert written.splitlines()[:3] == entry.splitlines()[2:5]
    (tmp_path / "my-answers" / "answers.yaml").write_text(entry, encoding="utf-8")
    checked, asked, why = run(look)
    assert checked.stdout == "1 file, 1 entry, 8 phrasings: no problems.\n"
    assert asked.stdout.startswith("Answering: Can I swim with leg cramps?\n\nAsk a doctor first")
    assert "answer: swim-leg-cramps" in why.stdout
    missed, reviewed = run(learn)
    assert (missed.returncode, reviewed.returncode) == (1, 0)
    assert "are flippers bad for cramps" in reviewed.stdout


def test_the_first_command_ends_in_the_chat(tmp_path: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, tracked.stdout.splitlines()):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    settings = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    chat = pexpect.spawn(
        "bash", ["-c", START.strip()], cwd=tmp_path, env={**settings, "TERM": "xterm"}, timeout=WORST_SECONDS
    )
    chat.expect("I am magbot")
    chat.send("what is a charley horse\r")
    chat.expect("sudden tightening")
    chat.send("\x04")
    chat.expect(pexpect.EOF)
    chat.wait()
    assert chat.exitstatus == 0


def test_the_test_command_is_run_by_the_checks() -> None:
    pattern = re.search(r"grep -E '(.*)' README\.md", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert pattern
    assert re.findall(pattern[1], README, re.MULTILINE) == [TESTS.strip()]
