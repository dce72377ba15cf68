"""What `magbot check` finds beyond what stops a base from loading, and how it prints it."""

import json
import os
import re
from pathlib import Path

import pytest
import yaml

from bot.authoring.check import Checked, check, shown
from bot.authoring.codes import CODES, explain_code
from bot.cli import main
from bot.errors import Problem
from bot.knowledge import LabelledQuestion

PACKAGE = Path(__file__).parent.parent / "bot"
HOURS = """\
entries:
  - question: When is the library open?
    answer: From 9 to 17.
    also: [opening hours, are you open now, when do you open, until when are you open, open on monday,
           what time does the library open, library times, is it open today]
"""
CARDS = """\
entries:
  - question: How do I get a library card?
    answer: At the desk.
    also: [join the library, become a member, where do i sign up, i want a card, new card please,
           how can i register, membership, lost my card]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hours.yaml").write_text(HOURS, encoding="utf-8")
    (tmp_path / "cards.yaml").write_text(CARDS, encoding="utf-8")
    return tmp_path


def found(*places: Path, **options: object) -> list[str]:
    checked = check(places, **options)  # type: ignore[arg-type]  # options: as given
    return [f"{Path(problem.path).name}:{problem.line}:{problem.column} {problem.code}" for problem in checked.problems]


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_clean_folder_has_no_problems(folder: Path) -> None:
    assert check([folder]).summary == "2 files, 2 entries, 18 phrasings: no problems."


def test_a_file_is_read_with_its_folder_and_only_its_own_problems_are_told(folder: Path) -> None:
    broken = write(folder, "more.yaml", "entries:\n  - question: A?\n    answer: B\n    related: [library]\n")
    write(folder, "worse.yaml", "entries: 5\n")
    assert found(broken) == ["more.yaml:4:15 KB011", "worse.yaml:1:10 KB005"]  # neither lets the folder load
    assert found(folder / "hours.yaml") == found(folder, broken) == found(broken)
    broken.unlink()
    write(folder, "worse.yaml", "entries:\n  - question: A?\n    answer: B\n")
    assert found(folder / "hours.yaml") == []
    assert found(folder) == ["worse.yaml:2:1 KB106"]


def test_a_file_that_would_not_be_read_is_told(folder: Path) -> None:
    assert found(write(folder, "hours.yml", HOURS)) == ["hours.yml:1:1 KB001"]
    assert found(folder / "nowhere") == ["nowhere:1:1 KB001"]


def test_a_phrasing_that_another_entry_would_take_is_told_with_both_scores(folder: Path) -> None:
    write(folder, "cards.yaml", CARDS + "\n  - question: Where is the café?\n    answer: Upstairs.\n")
    write(
        folder,
        "cards.yaml",
        CARDS.replace("lost my card]", "lost my card, what time does the library open on monday]"),
    )
    checked = check([folder])
    (stolen,) = (problem for problem in checked.problems if problem.code == "KB104")
    assert (Path(stolen.path).name, stolen.line) == ("cards.yaml", 5)
    assert re.search(r'"when-is-the-library-open" would be the answer \(\d+ points, here \d+\)', stolen.message)
    assert "KB104" not in str(check([folder], quick=True).problems)


def test_nearly_the_same_question_in_two_entries_is_told_with_its_place(folder: Path) -> None:
    write(folder, "cards.yaml", CARDS.replace("lost my card", "until when are you opem"))
    problem = check([folder]).problems[0]
    assert problem.code == "KB105"
    assert "hours.yaml:4" in problem.message


def test_questions_of_many_pages_are_not_compared_letter_by_letter(folder: Path) -> None:
    asked = "how much is it " * 5000
    for name, end in (("one.yaml", ""), ("two.yaml", "now")):
        write(folder, name, f"entries:\n  - question: {asked}{end}\n    id: {name[:3]}\n    answer: So.\n")
    assert "one.yaml:2:15 KB105" not in found(folder / "one.yaml")


def test_few_phrasings_long_answers_and_long_sentences_are_told(folder: Path) -> None:
    write(folder, "few.yaml", f"entries:\n  - question: Why?\n    answer: {'So it is. ' * 60}\n")
    write(folder, "long.yaml", f"entries:\n  - question: Who says?\n    answer: {'I ' * 31}\n")
    assert found(folder) == ["few.yaml:2:1 KB106", "few.yaml:3:5 KB107", "long.yaml:2:1 KB106", "long.yaml:3:5 KB107"]


def test_a_harmless_phrase_that_no_message_is_ever_read_as_is_told(folder: Path) -> None:
    entry = "entries:\n  - question: Why?\n    answer: So.\n    urgent: true # allow KB106\n    harmless:\n"
    phrases = ["stuck on you.", "cut and paste", "well, I never", "stuck. Not"]
    write(folder, "danger.yaml", "# well, I never\n" + entry + "".join(f'      - "{phrase}"\n' for phrase in phrases))
    assert [line for line in found(folder) if "KB110" in line] == [f"danger.yaml:{at}:1 KB110" for at in (8, 9, 10)]


def test_an_author_may_allow_a_warning_but_no_error(folder: Path) -> None:
    text = "entries:\n  # allow KB106 KB011: a joke\n  - question: Why?\n    answer: So.\n"
    write(folder, "few.yaml", text)
    assert found(folder) == []
    write(folder, "few.yaml", text + "    related: [what] # allow KB011\n")
    assert found(folder) == ["few.yaml:5:15 KB011"]


def test_an_entry_that_no_question_asks_for_is_told(folder: Path) -> None:
    asked = [LabelledQuestion("card?", ("how-do-i-get-a-library-card",))]
    assert found(folder, questions=asked) == ["hours.yaml:2:15 KB108"]


PROBLEMS = [
    Problem("a,b.yaml", 2, 3, "KB007", "the key is missing: 100%"),
    Problem("nowhere.yaml", 9, 1, "KB101", "old"),
]


def test_the_formats() -> None:
    checked = Checked(files=2, problems=PROBLEMS)
    assert shown(checked, "concise").splitlines() == [
        "a,b.yaml:2:3: KB007 the key is missing: 100%",
        "nowhere.yaml:9:1: KB101 old",
        "Found 1 error, 1 warning in 2 files.",
    ]
    assert shown(checked, "github").splitlines()[:2] == [
        "::error file=a%2Cb.yaml,line=2,col=3,title=KB007::the key is missing: 100%25",
        "::warning file=nowhere.yaml,line=9,col=1,title=KB101::old",
    ]
    rows = json.loads(shown(checked, "json"))
    assert rows[0] == {
        "path": "a,b.yaml",
        "line": 2,
        "column": 3,
        "code": "KB007",
        "message": "the key is missing: 100%",
        "severity": "error",
    }
    assert rows[1]["severity"] == "warning"
    assert json.loads(shown(Checked(), "json")) == []


def test_the_full_format_shows_the_line_with_a_caret(folder: Path) -> None:
    write(folder, "few.yaml", "entries:\n  - question: Why?\n\tanswer: So.\n")
    assert shown(check([folder]), "full") == (
        f"{folder}/few.yaml:3:1: KB002 this line is indented with a tab; use spaces\n"
        "  3 |  answer: So.\n"
        "    | ^\n\n"
        "Found 1 error in 3 files."
    )


def test_of_a_long_line_what_is_near_the_problem_is_shown(folder: Path) -> None:
    write(folder, "few.yaml", f"entries: [{{question: Why?, answer: {'so ' * 1000}, relatd: x}}]\n")
    problem, line, caret = shown(check([folder], quick=True), "full").splitlines()[:3]
    assert 'unknown key "relatd"' in problem
    assert len(line) < 210
    assert line[caret.index("^") :] == "relatd: x}]"


@pytest.mark.skipif(os.name == "nt", reason="file names hold no line breaks here")
def test_a_file_name_is_shown_on_one_line_that_no_terminal_obeys(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "a\x1b[31m\nb.yaml"
    write(folder, name, HOURS)
    assert main(["check", "--format", "concise", str(folder)]) == 1
    assert main(["ask", "--knowledge", str(folder), "open?"]) == 3
    assert main(["check", "--format", "github", str(folder)]) == 1
    (folder / "hours.yaml").unlink()
    assert main(["list", "--knowledge", str(folder)]) == 0
    assert main(["why", "--knowledge", str(folder), "open?"]) == 0
    told = "".join(capsys.readouterr())
    assert "\x1b" not in told
    assert told.count("b.yaml") == told.count("a\\x1b[31m\\nb.yaml") >= 5


@pytest.mark.skipif(os.name == "nt" or not os.getuid(), reason="every folder is open here")
def test_a_file_in_a_closed_folder_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = folder / "other"
    other.mkdir()
    write(other, "hours.yaml", HOURS)
    folder.chmod(0)
    try:
        assert main(["check", str(other / "hours.yaml")]) == 1
        assert "KB001 cannot be read (Permission denied)" in capsys.readouterr().out
    finally:
        folder.chmod(0o700)


def test_exit_codes_and_strictness(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert main(["check", str(folder)]) == 0
    write(folder, "few.yaml", "entries:\n  - question: Why?\n    answer: So.\n")
    assert main(["check", str(folder)]) == 0
    assert main(["check", "--strict", str(folder)]) == 1
    assert main(["check", "--strict", "--quick", str(folder)]) == 0
    capsys.readouterr()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    main(["check", str(folder)])
    assert capsys.readouterr().out.startswith("::warning file=")
    questions = write(folder, "asked.jsonl", '{"q": "card?", "ok": ["how-do-i-get-a-library-card"]}\n')
    main(["check", str(folder), "--questions", str(questions)])
    assert 'no labelled question asks for "when-is-the-library-open"' in capsys.readouterr().out


def test_every_code_that_is_used_is_explained_and_no_other() -> None:
    texts = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "codes.py"]
    used = {code for text in texts for code in re.findall(r'"(KB\d{3})"', text)} - {"KB100"}
    assert used == CODES.keys()


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert str(explain_code("kb104")).startswith("KB104 (warning)\n\nWithout this phrasing")
    assert str(explain_code("KB001")).startswith("KB001 (error)")
    assert main(["check", "--explain", "KB012"]) == 0
    assert "Two entries have the same question" in capsys.readouterr().out
    assert main(["check", "--explain", "KB999"]) == 1
    assert "There is no code KB999; there are KB001," in capsys.readouterr().out


def test_the_shipped_base_is_clean() -> None:
    assert check([PACKAGE.parent / "knowledge"], quick=True).problems == []


def test_the_hook_for_pre_commit_checks_the_files_that_it_is_given(folder: Path) -> None:
    (hook,) = yaml.safe_load((PACKAGE.parent / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, *arguments = hook["entry"].split()
    assert program == "magbot"
    assert re.search(hook["files"], "my-answers/hours.yaml")
    assert main([*arguments, str(folder / "hours.yaml")]) == 0
    assert main([*arguments, str(write(folder, "bad.yaml", "entries: 5\n"))]) == 1
