"""New entries, unanswered questions and their review: what a person wrote stays as it is."""

import json
import multiprocessing
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import FaqBot, load_knowledge
from bot.authoring.new import add_entry
from bot.authoring.review import group
from bot.cli import main
from bot.loading.edit import quoted, with_entry, with_phrasing
from bot.loading.reading import check_knowledge
from bot.loading.unanswered import Unanswered, UnansweredLog, load_unanswered

BLOCK = """\
# My answers.
sources: # two
  rules: {title: House rules}

entries: # mine
- question: "Is it open?"   # asked often
  answer: |
    From 9 to 17.
    # not a comment
  also:
    # misspelt ones
    - opning hours
    - when, please
# the end
"""
FLOW = (
    'entries:\n  - {question: Is it open?, answer: Yes., also: ["now?", later]}\n  - question: Who?\n    answer: I.\n'
)
ALONE = "entries:\n  - question: >-\n      Is it\n      open?\n    answer: Yes.\n\n\nbot: {name: desk}\n"


def loaded(text: str, folder: Path) -> list[list[str]]:
    (folder / "a.yaml").write_bytes(text.encode())
    return [[phrasing.text for phrasing in entry.phrasings] for entry in load_knowledge(folder).entries]


def is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(letter in rest for letter in short)


@pytest.mark.parametrize(
    "text",
    [
        BLOCK,
        FLOW,
        ALONE,
        BLOCK.replace("\n", "\r\n"),
        FLOW.rstrip(),
        FLOW.replace("later", "later, "),
        FLOW.replace('"now?", later', " "),
        "entries:\n- question: Is it open?\n  also:\n  - now\n  answer: Yes.\n",
        "entries:\n- question: Is it open?\n  answer: Yes.\n# the end\n",
        "entries:\n- question: Is it open?\n  answer: Yes.\n  also:\n  - |\n    # this is no comment\n",
        *("\ufeff" + each for each in (BLOCK, FLOW, ALONE)),
    ],
)
def test_a_phrasing_goes_in_between_and_nothing_goes_out(text: str, tmp_path: Path) -> None:
    before = loaded(text, tmp_path)
    after = with_phrasing(text, "Is it open?", 'a: new "one"')
    assert is_subsequence(text, after)
    assert loaded(after, tmp_path) == [[*before[0], 'a: new "one"'], *before[1:]]
    assert after.count("\r\n") == (after.count("\n") if "\r\n" in text else 0)
    assert "caf\u00e9" in with_phrasing(text, "Is it open?", "caf\u00e9?")
    assert after.endswith("# the end\n") == text.endswith("# the end\n")


@pytest.mark.parametrize(
    "text",
    [
        BLOCK,
        ALONE,
        "",
        "bot: {name: desk}",
        "# nothing yet\n",
        "bot: {}\nentries:\n",
        "entries:",
        "entries: # none yet\nbot: {name: desk}\n# the end\n",
    ],
)
def test_an_entry_goes_to_the_end_of_the_entries(text: str, tmp_path: Path) -> None:
    before = loaded(text, tmp_path) if "question" in text else []
    after, line = with_entry(text, ["- question: New?", "  answer: Yes."])
    assert is_subsequence(text, after)
    assert loaded(after, tmp_path) == [*before, ["New?"]]
    assert after.split("\n")[line - 1].strip() == "- question: New?"
    assert "# not a comment" not in text or "# not a comment\n" in after.replace("\r", "")


def test_what_has_no_place_is_said() -> None:
    with pytest.raises(
        ValueError, match=r"^the entries of this file stand in brackets; write them as lines that begin with \"- \"$"
    ):
        with_entry("entries: [{question: A, answer: B}]", ["- question: C"])
    with pytest.raises(ValueError, match="in brackets"):
        with_entry("entries: []\n", ["- question: C"])
    with pytest.raises(ValueError, match=r"^its \"also\" is a single text; write it as lines that begin with \"- \"$"):
        with_phrasing("entries:\n  - question: A\n    answer: B\n    also: C\n", "A", "D")
    for hard in (
        "entries:\n  - {question: A, answer: B}\n",
        "entries:\n  - question: A\n    answer: B\n    also: [now, # first\n      later # second\n      ]\n",
        "entries:\n  -\n    question: A\n    answer: B\n    also:\n      -\n        C\n",
        'entries:\n  - question: A\n    answer: B\n    also:\n      - "x\n\n      # y"\n',
    ):
        with pytest.raises(
            ValueError, match=r"^this file is written in a way that cannot be added to; add it by hand$"
        ):
            with_phrasing(hard, "A", "new one")
    with pytest.raises(ValueError, match="no entry here"):
        with_phrasing(BLOCK, "Is it closed?", "D")


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\u2028\u2029\ufeff\x85")))
def test_quoted_text_reads_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    if text.strip() != text or not text:
        return
    file = tmp_path_factory.mktemp("quoted") / "a.yaml"
    file.write_text(f"entries:\n  - question: A?\n    answer: {quoted(text)}\n", encoding="utf-8")
    assert load_knowledge(file).entries[0].answer == text


def test_a_new_entry_is_well_formed_and_says_what_is_near(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "answers" / "mine.yaml"
    assert main(["new", "When is the library open?", "--to", str(file)]) == 0
    shown = capsys.readouterr().out
    assert f'Added to {file}:2 as "library-open".' in shown
    assert f"magbot ask --knowledge {file.parent} 'When is the library open?'" in shown
    assert main(["check", "--strict", str(file)]) == 1
    assert "KB109 this answer is still to be written" in capsys.readouterr().out
    assert main(["new", "Where is it?", "--to", str(file)]) == 0  # several can be begun
    assert FaqBot.load(file.parent).ask("when is the library open").kind == "none"  # nobody gets what is not written
    text = file.read_text(encoding="utf-8").replace("Write the answer here.", "At 9.", 1)
    file.write_text(text, encoding="utf-8")
    assert FaqBot.load(file.parent).ask("when is the library open").text == "At 9."
    assert "KB109 this phrasing is still the example" in " ".join(map(str, check_knowledge(file)[1]))
    file.write_text(text.replace("Write the answer here.", "Here."), encoding="utf-8")
    written = file.read_bytes()
    capsys.readouterr()
    assert main(["new", "When is the library open on Sunday?", "--knowledge", str(file.parent)]) == 0
    assert "library-open: When is the library open?" in capsys.readouterr().out
    assert file.read_bytes() == written
    (file.parent / "new.yaml").unlink()
    for question, cure in (("?!", "at least one word"), ("when is the LIBRARY open", "asks this already")):
        assert main(["new", question, "--to", str(file)]) == 1
        assert cure in capsys.readouterr().err
    assert add_entry("Library open?", file).id == "library-open-2"
    assert len(add_entry("a" * 3000, file).id) == 20
    for name in ("a.yml", ".a.yaml"):
        assert main(["new", "Why?", "--to", str(tmp_path / name)]) == 1
    assert main(["new", "Why?"]) == 2
    (tmp_path / "plain").write_text("", encoding="utf-8")
    capsys.readouterr()
    assert main(["new", "Why?", "--to", str(tmp_path / "plain" / "a.yaml")]) == 1
    assert f"{tmp_path / 'plain' / 'a.yaml'}: " in capsys.readouterr().err


def test_an_entry_that_is_only_begun_has_its_id_and_its_question_already(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    assert add_entry("When is the library open?", file).id == "library-open"
    with pytest.raises(ValueError, match='"library-open" asks this already'):
        add_entry("when is the LIBRARY open", file)
    assert add_entry("Library open?", file).id == "library-open-2"
    assert all(problem.is_warning for problem in check_knowledge(file)[1])


def test_a_folder_without_entries_yet_takes_the_first(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_text("bot: {name: desk}\n", encoding="utf-8")
    (tmp_path / "a.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert add_entry("Is it open?", tmp_path / "a.yaml").id == "open"


def test_what_is_not_answered_is_kept_for_its_owner_only(shipped: FaqBot, tmp_path: Path) -> None:
    file = tmp_path / "missed.jsonl"
    bot = FaqBot.load(unanswered=file)
    for question in ("is it safe", "how do i reset my router", "my calf is swollen and red", "x" * 5000):
        bot.ask(question)
    found, others = load_unanswered(file)
    assert [row.question[:24] for row in found] == ["how do i reset my router", "x" * 24]
    assert others == 0
    assert len(found[1].question) == 1000
    assert found[0].kind == "none"
    assert len(found[0].best) <= 3
    assert file.stat().st_mode & 0o777 == 0o600
    row = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    assert list(row) == ["time", "question", "kind", "matches"]
    assert FaqBot.load(unanswered=tmp_path / "no" / "file").ask("how do i reset my router").kind == "none"
    assert shipped.ask("how do i reset my router").kind == "none"  # and kept nowhere
    FaqBot(shipped.knowledge, unanswered=UnansweredLog(file)).ask("my router")
    assert [row.question for row in load_unanswered(file)[0][2:]] == ["my router"]


def test_what_is_kept_of_a_question_is_when_it_was_asked_and_the_best_three(tmp_path: Path) -> None:
    log = UnansweredLog(tmp_path / "missed.jsonl")
    before = datetime.now(UTC).replace(microsecond=0)
    log.add("why", "suggestions", [("a", 50.06), ("b", 40.04), ("c", 30.0), ("d", 20.0)])
    ((time, *rest),), _ = load_unanswered(tmp_path / "missed.jsonl")
    assert before <= datetime.fromisoformat(time) <= datetime.now(UTC)
    assert rest == ["why", "suggestions", (("a", 50.1), ("b", 40.0), ("c", 30.0))]


def test_unanswered_questions_can_come_from_a_pipe() -> None:
    reader, writer = os.pipe()
    os.write(writer, b'{"question": "a"}\n')
    os.close(writer)
    assert load_unanswered(f"/dev/fd/{reader}") == ([Unanswered("", "a", "", ())], 0)
    os.close(reader)


def keep(path: Path, number: int) -> None:
    log = UnansweredLog(path)
    for _ in range(200):
        log.add(f"question {number} " + "x" * 900, "none", [])


def test_several_writers_do_not_mix_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "missed.jsonl"
    writers = [multiprocessing.get_context("spawn").Process(target=keep, args=(file, number)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found, others = load_unanswered(file)
    assert (len(found), others) == (800, 0)


def test_lines_that_are_no_questions_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "missed.jsonl"
    file.write_bytes(
        b'{"question": "a"}\n\n[]\n{"q": 1}\n\xff\n{"question": "b", "matches": [{"id": "x", "score": 1}]}\n'
        + b'{"question": "c", "matches": [{"id": "x", "score": 1%s}]}\n' % (b"0" * 400)
    )
    found, others = load_unanswered(file)
    assert ([row.question for row in found], others) == (["a", "b"], 4)
    assert found[1].best == (("x", 1.0),)


def test_alike_questions_form_a_group_and_the_largest_comes_first(shipped: FaqBot) -> None:
    asked = ["tell me a joke", "Is bitcoin going up?", "tell me a joke about vikings", "bitcoin up or down this week"]
    asked += ["is BITCOIN going up", "what is magnesium glycinate", " "]
    groups = group([Unanswered("", text, "none", ()) for text in asked], shipped)
    assert [(each.times, [wording.text for wording in each.wordings]) for each in groups] == [
        (3, ["Is bitcoin going up?", "bitcoin up or down this week"]),
        (2, ["tell me a joke", "tell me a joke about vikings"]),
    ]


def test_a_question_is_accepted_as_a_phrasing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yaml").write_bytes(BLOCK.encode())
    log = tmp_path / "missed.jsonl"
    lines = ["is it open on sunday", "is it open on a sunday", "is it cheap"]
    log.write_text("".join(json.dumps({"question": line}) + "\n" for line in [*lines, lines[0]]), encoding="utf-8")
    typed = iter(["7", "1", "s", "1"])
    monkeypatch.setattr("builtins.input", lambda _: next(typed))
    assert main(["review", "--knowledge", str(tmp_path), str(log)]) == 0
    shown = capsys.readouterr().out
    assert "Questions: 4; wordings: 3; groups: " in shown
    assert "== Asked 3 times, in 2 wordings" in shown
    assert "2 accepted. Run magbot check" in shown
    after = (tmp_path / "a.yaml").read_bytes().decode()
    assert is_subsequence(BLOCK, after)
    assert "    - is it open on sunday\n    - is it cheap\n" in after
    typed = iter(["q"])
    assert main(["review", "--knowledge", str(tmp_path), str(log)]) == 0
    assert "is it open on sunday\n" not in capsys.readouterr().out  # it is a phrasing by now
    assert main(["review", "--knowledge", str(tmp_path), str(tmp_path / "none")]) == 1
