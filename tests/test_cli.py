import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot import FaqBot
from bot.cli import main

MAGBOT = [sys.executable, "-m", "bot"]


def run(*arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MAGBOT, *arguments],
        input=typed,
        capture_output=True,
        encoding="utf-8",
        env={**{key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}, **environment},
        check=False,
    )


def test_a_question_is_answered_in_one_go() -> None:
    done = run("ask", "how do i stop a cramp right now")
    assert done.returncode == 0
    assert done.stdout.startswith("Answering: How do I stop a leg cramp right now?\n\nStretch the muscle")
    assert "https://" in done.stdout
    assert done.stderr == ""


def test_the_quotes_may_be_forgotten() -> None:
    assert run("ask", "how", "long", "until", "it", "works").returncode == 0


def test_a_question_that_has_no_answer_is_exit_code_1() -> None:
    done = run("ask", "xylophone zebra quartz")
    assert done.returncode == 1
    assert done.stdout.startswith("I don't know.")


def test_each_line_of_input_becomes_one_json_object_in_order() -> None:
    asked = ["is it safe", "", "xylophone zebra", "caf\u00e9 \U0001f600", "what are leg cramps"]
    done = run("ask", "--json", "--top", "2", typed="\n".join(asked) + "\n")
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["question"] for reply in replies] == asked
    assert all(len(reply["matches"]) <= 2 for reply in replies)
    assert done.returncode == 1


def test_a_reply_comes_before_the_next_line_is_typed() -> None:
    with subprocess.Popen([*MAGBOT, "ask", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bot:
        assert bot.stdin
        assert bot.stdout
        for question in (b"is it safe", b"what are leg cramps"):
            bot.stdin.write(question + b"\n")
            bot.stdin.flush()
            assert json.loads(bot.stdout.readline())["question"] == question.decode()


def test_bytes_that_are_no_text_are_answered_too() -> None:
    done = subprocess.run([*MAGBOT, "ask", "--json"], input=b"\xff\xfe is it safe\n", capture_output=True, check=False)
    assert json.loads(done.stdout)["kind"] == "answer"


@pytest.mark.parametrize("environment", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}])
def test_a_poor_locale_is_no_reason_to_fail(environment: dict[str, str]) -> None:
    assert run("ask", "what are leg cramps", **environment).returncode == 0
    assert run("list", **environment).returncode == 0


def test_what_the_encoding_lacks_is_shown_as_an_escape(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("entries:\n- {question: Is it open?, answer: Caf\u00e9.}\n", encoding="utf-8")
    done = run("ask", "is it open", "--knowledge", str(tmp_path), PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.startswith("Caf\\xe9.")


def test_no_control_character_of_a_question_or_a_base_reaches_the_screen(tmp_path: Path) -> None:
    text = 'entries:\n- {question: "Is it \\x1b]0;open\\x07?", answer: "Y\\x9bes\\u202e."}\n'
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    base = ["--knowledge", str(tmp_path)]
    shown = [
        run("ask", "open \x1b[31m", *base),
        run("list", *base),
        run("why", "\x1b[31mopen", *base),
        run("chat", *base, typed="is it \x1b[31m open\n"),
        run("ask", "x", "--knowledge", "\x1b[31m"),
    ]
    for done in shown:
        assert done.stdout + done.stderr
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(done.stdout + done.stderr)


def test_a_screen_that_is_closed_or_full_is_no_traceback() -> None:
    for end, code in ((">&-", 0), (">/dev/full", 1), ("2>&-", 0)):
        line = f"{sys.executable} -m bot ask 'is it safe' {end}"
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
        assert done.returncode == code, end
        assert "Traceback" not in done.stderr


def test_a_folder_without_a_name_is_not_the_shipped_one() -> None:
    done = run("ask", "is it safe", "--knowledge", "")
    assert (done.returncode, done.stdout) == (3, "")


def test_the_chat_in_a_pipe_is_plain_lines_without_greeting_or_escapes() -> None:
    done = run("chat", typed="what are leg cramps\n\n1\n")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "I am magbot" not in done.stdout
    assert done.stdout.startswith("A leg cramp is a sudden tightening")
    assert "They can happen at any time." in done.stdout


def test_without_a_command_it_chats() -> None:
    assert run(typed="what are leg cramps\n").stdout == run("chat", typed="what are leg cramps\n").stdout


def test_a_pipe_with_a_question_that_has_no_answer_ends_with_1() -> None:
    assert run("chat", typed="what are leg cramps\nxylophone zebra\n").returncode == 1


def test_windows_line_ends_are_no_part_of_the_question() -> None:
    done = subprocess.run([*MAGBOT, "ask", "--json"], input=b"is it safe\r\n", capture_output=True, check=False)
    assert json.loads(done.stdout)["question"] == "is it safe"


def test_as_many_matches_are_given_as_asked_for() -> None:
    done = run("ask", "--json", "--top", "20", "how much magnesium should i take for leg cramps at night")
    matches = json.loads(done.stdout)["matches"]
    assert len(matches) == 20
    assert [match["score"] for match in matches] == sorted((match["score"] for match in matches), reverse=True)


def test_top_without_json_is_wrong_usage() -> None:
    done = run("ask", "--top", "3", "is it safe")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--top goes with --json" in done.stderr


def test_the_list_names_every_question_by_file() -> None:
    done = run("list")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:2] == ["article.yaml", "  What are leg cramps?"]
    answered = [entry for entry in FaqBot.load().knowledge.entries if not entry.out_of_scope]
    assert done.stdout.count("\n  ") == len(answered)
    assert "horse" not in done.stdout


def test_a_reader_that_has_enough_is_no_error() -> None:
    script = f"yes 'is it safe' | head -2000 | {sys.executable} -m bot ask | head -1; echo ${{PIPESTATUS[2]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("Answering: Is magnesium glycinate safe?\n0\n", "")


def test_why_shows_how_a_reply_is_found() -> None:
    done = run("why", "cramps", "at", "nite")
    assert done.returncode == 0
    assert "nite -> night" in done.stdout
    assert "Verdict:" in done.stdout


def test_broken_knowledge_is_reported_in_full_with_exit_code_3(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("entries:\n- question: One?\n- answer: Two.\n", encoding="utf-8")
    done = run("ask", "anything", "--knowledge", str(tmp_path))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines() == [
        f'{tmp_path}/a.yaml:2:3: KB007 the key "answer" is missing',
        f'{tmp_path}/a.yaml:3:3: KB007 the key "question" is missing',
    ]


def test_a_folder_of_ones_own_is_used_and_the_option_may_stand_anywhere(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("entries:\n- question: Is it open?\n  answer: Yes.\n", encoding="utf-8")
    assert run("--knowledge", str(tmp_path), "ask", "is it open").stdout.startswith("Yes.")
    assert run("ask", "--knowledge", str(tmp_path), "is it open").stdout.startswith("Yes.")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        ["nonsense"],
        ["ask", "--top", "0", "x"],
        ["ask", "--top", "many", "x"],
        ["why"],
        ["list", "--json"],
        ["\x1b[31mred"],
    ],
)
def test_wrong_usage_is_exit_code_2_and_one_line_names_it(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("magbot")
    assert "error: " in line
    assert "\x1b" not in line


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        (["--vresion"], "unknown option --vresion (did you mean --version?)"),
        (["aks", "x"], "unknown command aks (did you mean ask?)"),
        (["ask", "--jsno", "x"], "unknown option --jsno (did you mean --json?)"),
        (["--xyz"], "unknown option --xyz (see magbot --help)"),
    ],
)
def test_a_misspelt_option_or_command_is_told_what_was_meant(
    arguments: list[str], cure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert capsys.readouterr().err == f"magbot: error: {cure}\n"


def test_help_begins_with_usage_and_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    assert "examples:" in shown
    assert "130 Ctrl-C" in shown


@pytest.mark.parametrize("arguments", [["--version"], ["ask", "--version"]])
def test_the_version_is_printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("magbot ")


def test_ctrl_c_leaves_with_130() -> None:
    with subprocess.Popen(
        [*MAGBOT, "ask"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as bot:
        assert bot.stdin
        assert bot.stdout
        bot.stdin.write(b"is it safe\n")
        bot.stdin.flush()
        assert bot.stdout.readline()
        bot.send_signal(signal.SIGINT)
        assert bot.wait() == 130
        assert bot.stderr
        assert bot.stderr.read() == b""


def test_a_closed_input_is_the_end_of_the_questions() -> None:
    done = subprocess.run(["bash", "-c", f"{sys.executable} -m bot ask <&-"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_asking_does_not_load_the_terminal() -> None:
    script = (
        "import sys; from bot.cli import main; main(['ask', 'is it safe']); assert 'prompt_toolkit' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode == 0


def test_check_prints_every_problem_of_every_path(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("entries:\n  - question: Open?\n", encoding="utf-8")
    done = run("check", str(tmp_path), str(tmp_path / "none"))
    assert (done.returncode, done.stderr) == (1, "")
    assert "a.yaml:2:5: KB007" in done.stdout
    assert "none:1:1: KB001" in done.stdout


def test_check_uses_the_knowledge_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("entries:\n  - {question: Open?, answer: Now.}\n", encoding="utf-8")
    done = run("check", "--knowledge", str(tmp_path))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Found 1 warning in 1 file.")
