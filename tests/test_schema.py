"""The JSON Schema for editors agrees with the loader, and the shipped files name it."""

import json
from pathlib import Path

import pytest
import yaml

from bot.cli import main
from bot.loading import load_knowledge, shipped_folder
from bot.loading.reading import BOT_KEYS, ENTRY_KEYS, SOURCE_KEYS
from bot.loading.schema import schema, schema_text

BAD = Path(__file__).parent / "bad_knowledge"
# What a schema cannot know, or an editor's YAML reader never sees.
BEYOND = {"KB001", "KB002", "KB003", "KB004", "KB008", "KB009", "KB010", "KB011", "KB012"}


def is_valid(text: str) -> bool:
    jsonschema = pytest.importorskip("jsonschema", reason="only developers have it")
    document = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506 # only text
    return bool(jsonschema.Draft202012Validator(schema()).is_valid(document))


def test_the_file_is_what_the_code_gives(capsys: pytest.CaptureFixture[str]) -> None:
    assert (shipped_folder() / "schema.json").read_text(encoding="utf-8") == schema_text()
    assert main(["check", "--schema"]) == 0
    assert capsys.readouterr().out == schema_text()
    assert json.loads(schema_text()) == schema()


@pytest.mark.parametrize("path", sorted(shipped_folder().glob("*.yaml")), ids=lambda path: path.name)
def test_each_shipped_file_names_it_and_keeps_to_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=schema.json\n")
    assert is_valid(text)


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_it_refuses_what_the_loader_refuses_for_its_shape(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    codes = {line.split()[3] for line in text.splitlines() if line.startswith("# expect:")}
    if path.stem == "complex_key" or codes & BEYOND or not codes & {"KB005", "KB006", "KB007"}:
        return
    if "found nothing" not in text and "no entries here" not in text and "at least one" not in text:
        assert not is_valid(text)


@pytest.mark.parametrize(("section", "keys"), [("bot", BOT_KEYS), ("sources", SOURCE_KEYS), ("entries", ENTRY_KEYS)])
def test_it_knows_every_key_of_the_loader(section: str, keys: tuple[str, ...], tmp_path: Path) -> None:
    part = schema()["properties"][section]
    table = part if section == "bot" else part.get("additionalProperties", part.get("items"))
    assert tuple(table["properties"]) == keys
    assert table["additionalProperties"] is False
    (tmp_path / "a.yaml").write_text("entries: [{question: A?, answer: no, also: 400}]", encoding="utf-8")
    assert load_knowledge(tmp_path).entries[0].answer == "no"
    assert is_valid("entries: [{question: A?, answer: no, also: 400}]")
