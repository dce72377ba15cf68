import copy
import pickle

import pytest

from bot import BotError, KnowledgeError, Problem


def test_a_problem_reads_as_path_line_column_code_message() -> None:
    assert str(Problem("a.yaml", 3, 5, "KB006", "unknown key")) == "a.yaml:3:5: KB006 unknown key"


def test_a_knowledge_error_lists_its_problems_by_place() -> None:
    late, early = Problem("a.yaml", 9, 1, "KB001", "late"), Problem("a.yaml", 2, 1, "KB001", "early")
    error = KnowledgeError([late, early])
    assert error.problems == (early, late)
    assert str(error) == f"{early}\n{late}"
    assert isinstance(error, BotError)


def test_a_knowledge_error_can_be_copied() -> None:
    error = KnowledgeError([Problem("a.yaml", 2, 1, "KB001", "broken")])
    assert str(copy.copy(error)) == str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301  # our own


def test_a_knowledge_error_without_problems_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one problem"):
        KnowledgeError([])
