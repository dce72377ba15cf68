import os
from pathlib import Path
from threading import Timer

import pytest

from bot import FaqBot, Knowledge, KnowledgeError, Policy
from bot.authoring.evaluate import evaluate, report, share_right
from bot.cli import main
from bot.knowledge import LabelledQuestion
from bot.loading.reading import load_questions


@pytest.fixture(scope="module")
def bot(library: Knowledge) -> FaqBot:
    return FaqBot(library, Policy(answer_from=60, suggest_from=5, urgent_from=50))


@pytest.mark.parametrize(
    ("question", "expected", "outcome"),
    [
        ("opening hours", ("hours",), "right"),
        ("opening hours", ("fees", "hours"), "right"),
        ("opening hours", ("fees",), "wrong"),
        ("opening hours", ("none",), "wrong"),
        ("I smell smoke", ("fire",), "right"),
        ("I smell smoke", ("fees",), "alarm"),
        ("bicycle", ("none",), "right"),
        ("bicycle", ("fees",), "declined"),
        ("library book or card somewhere", ("cards",), "suggested"),
        ("library book or card somewhere", ("fire",), "declined"),
        ("library book or card somewhere", ("none",), "offered"),
    ],
)
def test_a_reply_is_judged_by_its_label(bot: FaqBot, question: str, expected: tuple[str, ...], outcome: str) -> None:
    (result,) = evaluate(bot, [LabelledQuestion(question, expected)])
    assert result.outcome == outcome


def test_the_report_counts_by_kind_and_shows_failures_with_near_misses(bot: FaqBot) -> None:
    questions = [
        LabelledQuestion("opening hours", ("hours",), "keyword"),
        LabelledQuestion("join the library", ("fees",), "keyword"),
        LabelledQuestion("bicycle", ("none",), "far"),
    ]
    results = list(evaluate(bot, questions))
    text = report(results)
    assert share_right(results) == pytest.approx(200 / 3)
    assert text.splitlines()[1].split() == ["keyword", "2", "50.0%", "0.0%", "50.0%", "0.0%", "0.0%", "0.0%"]
    assert text.splitlines()[3].split()[:2] == ["all", "3"]
    assert "1  fees answered as cards" in text
    assert "wrong      fees: join the library\n           cards 100" in text


def test_questions_are_read_from_json_lines_and_from_yaml(tmp_path: Path) -> None:
    lines, rows = tmp_path / "a.jsonl", tmp_path / "a.yaml"
    lines.write_text(
        '{"q": "How?", "ok": ["a", "b"], "kind": "short"}\n\n{"q": "Why?", "ok": ["none"]}\n', encoding="utf-8"
    )
    rows.write_text("- {expect: [a, b], kind: short, ask: How?}\n- expect: none\n  ask: [Why?]\n", encoding="utf-8")
    expected = (LabelledQuestion("How?", ("a", "b"), "short"), LabelledQuestion("Why?", ("none",)))
    assert load_questions(lines) == load_questions(rows) == expected


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.jsonl", '{"q": "How?"}\n', ":1:1: KB008"),
        ("a.jsonl", '{"q": "How?", "ok": ["a"]}\nnonsense\n', ":2:1: KB008"),
        (
            "a.jsonl",
            "[1]\n",
            ':1:1: KB008 expected an object as in {"q": "how much", "ok": ["dosage"], "kind": "keyword"}',
        ),
        ("a.jsonl", "", ":1:1: KB007 no questions here"),
        ("a.jsonl", '{"q": "How?", "ok": []}\n', ":1:1: KB008"),
        ("a.jsonl", '{"q": "How?", "ok": "safety"}\n', ":1:1: KB008"),
        ("a.jsonl", '{"q": null, "ok": ["a"]}\n', ":1:1: KB008"),
        ("a.jsonl", "[" * 20_000 + "\n", ":1:1: KB008"),
        ("a.yaml", "- {expect: [], ask: How?}\n", ':1:12: KB007 expected an id, or "none"'),
        ("a.yaml", "- {expect: a}\n", ':1:3: KB007 the key "ask" is missing'),
        ("a.yaml", "- {expect: a, asks: How?}\n", ':1:15: KB006 unknown key "asks"; did you mean "ask"?'),
        (
            "a.yaml",
            "expect: a\n",
            ':1:1: KB005 expected a list, each row begun with "- ", as in "- {expect: dosage, ask: [how much]}"',
        ),
    ],
)
def test_a_broken_question_file_is_reported_at_its_place(tmp_path: Path, name: str, text: str, problem: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_questions(path)
    assert f"{path}{problem}" in str(caught.value)


def test_questions_can_come_from_a_pipe_and_are_waited_for() -> None:
    reader, writer = os.pipe()

    def write() -> None:
        os.write(writer, b"- {expect: a, ask: How?}\n")
        os.close(writer)

    Timer(0.05, write).start()
    assert load_questions(f"/dev/fd/{reader}") == (LabelledQuestion("How?", ("a",)),)
    os.close(reader)


def test_a_label_that_names_no_entry_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("- {expect: [none, saftey], ask: How?}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r'KB011 unknown id "saftey"; did you mean "safety"\?'):
        load_questions(path, ids=["safety"])


def test_eval_fails_under_the_floor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("- {expect: stop-a-cramp, ask: how do i stop a cramp right now}\n- {expect: dosage, ask: zebra}\n")
    assert main(["eval", str(path)]) == 0
    assert main(["eval", "--min-right", "50", str(path)]) == 0
    assert "2 questions, 50.0 % treated as labelled" in capsys.readouterr().out
    assert main(["eval", "--min-right", "51", str(path)]) == 1
    assert main(["eval", str(tmp_path / "missing.yaml")]) == 3
    assert "cannot be read" in capsys.readouterr().err
