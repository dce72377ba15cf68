"""Every figure in the shipped answers stands in one table, so that no edit changes one unseen."""

import re
from pathlib import Path

import pytest
import yaml

from bot import FaqBot

TABLE = yaml.safe_load((Path(__file__).parent / "figures.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def texts(shipped: FaqBot) -> dict[str, str]:
    """The answer and note of each entry as one line."""
    return {entry.id: " ".join(f"{entry.answer} {entry.note}".split()) for entry in shipped.knowledge.entries}


def test_an_answer_has_the_figures_of_the_table_and_no_others(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        rest = text
        for figure in TABLE["figures"].get(name, []):
            assert figure in rest, f"{name}: the table has {figure!r}"
            rest = rest.replace(figure, "", 1)
        assert not re.search(r"\d", rest), f"{name}: a figure that is not in the table: {rest}"


def test_the_table_names_known_entries(texts: dict[str, str]) -> None:
    assert TABLE["figures"].keys() <= texts.keys()


@pytest.mark.parametrize("fact", TABLE["facts"], ids=lambda fact: fact["fact"])
def test_a_fact_has_the_same_figure_wherever_it_stands(texts: dict[str, str], fact: dict[str, str]) -> None:
    for name in fact["entries"]:
        assert fact["figure"] in texts[name], name
