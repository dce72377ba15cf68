"""How well the shipped base answers people it has never met.

The questions in `tests/questions` were written apart from the phrasings, and the score was
not fitted on them. The bounds are a little below what was measured, so that only a real loss fails.
"""

from collections import Counter
from pathlib import Path

import pytest

from bot import FaqBot
from bot.authoring.evaluate import Outcome, Result, evaluate
from bot.loading.reading import load_questions
from bot.text import normalize

QUESTIONS = Path(__file__).parent / "questions"


@pytest.fixture(scope="module")
def results(shipped: FaqBot) -> dict[str, list[Result]]:
    """The results by kind; those in scope have none."""
    found: dict[str, list[Result]] = {}
    for path in sorted(QUESTIONS.glob("*.yaml")):
        for result in evaluate(shipped, load_questions(path)):
            found.setdefault(result.labelled.kind or "in scope", []).append(result)
    return found


def share(results: list[Result], *outcomes: Outcome) -> float:
    counts = Counter(result.outcome for result in results)
    return sum(counts[outcome] for outcome in outcomes) / len(results)


def test_there_are_questions_and_none_twice() -> None:
    asked = [question.question for path in QUESTIONS.glob("*.yaml") for question in load_questions(path)]
    assert len(asked) == len(set(asked)) == 1422


def test_no_question_is_a_phrasing(shipped: FaqBot) -> None:
    phrasings = {normalize(phrasing.text) for entry in shipped.knowledge.entries for phrasing in entry.phrasings}
    for path in QUESTIONS.glob("*.yaml"):
        for question in load_questions(path):
            assert normalize(question.question) not in phrasings


def test_questions_in_scope_are_answered(results: dict[str, list[Result]]) -> None:
    assert share(results["in scope"], "right") >= 0.82
    assert share(results["in scope"], "right", "suggested") >= 0.92
    assert share(results["in scope"], "wrong") <= 0.04


def test_the_figures_in_the_readme_are_those_measured(results: dict[str, list[Result]]) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    nothing = [result for kind, group in results.items() if kind.startswith("oos-") for result in group]
    for group in (results["in scope"], results["urgent"], results["calm"], nothing):
        figures = [f"{100 * share(group, each):.1f} %" for each in ("right", "suggested", "wrong", "alarm")]
        assert f" | {' | '.join(figures)} |" in readme


def test_people_in_danger_get_help(results: dict[str, list[Result]]) -> None:
    assert share(results["urgent"], "right") >= 0.96


def test_nobody_else_is_frightened(results: dict[str, list[Result]]) -> None:
    others = [result for kind, group in results.items() if kind not in ("urgent", "calm") for result in group]
    assert share(others, "alarm") <= 0.015
    assert share(results["calm"], "alarm") <= 0.023


def test_questions_about_something_else_are_declined(results: dict[str, list[Result]]) -> None:
    assert share(results["oos-far"] + results["oos-noise"], "wrong") <= 0.03
    assert share(results["oos-far"] + results["oos-noise"], "right") >= 0.88
    assert share(results["oos-near"], "wrong") <= 0.05
    assert share(results["oos-trap"], "wrong") <= 0.14
    assert share(results["calm"], "wrong") <= 0.04
