import errno
import os
import random
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot import FaqBot, KnowledgeError, Source, load_knowledge, parse_knowledge
from bot.authoring.check import check
from bot.loading import English, shipped_folder
from bot.loading.files import FAST_LOADER
from bot.loading.folder import content, is_file, paths, source_lines, split_lines, version
from bot.loading.reading import check_knowledge, load_questions

BAD = sorted((Path(__file__).parent / "bad_knowledge").glob("*.yaml"))


def write(folder: Path, text: str | bytes, name: str = "a.yaml") -> Path:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(folder)
    return [str(problem).removeprefix(f"{folder}{os.sep}") for problem in caught.value.problems]


def test_there_are_bad_files_to_try() -> None:
    assert len(BAD) > 20


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_reported_at_its_place_with_the_cure(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = {
        line.removeprefix("# expect: ").replace("{path}", str(path)) for line in lines if line.startswith("# expect: ")
    }
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(path)
    assert {str(problem).removeprefix(f"{path}:") for problem in caught.value.problems} == expected


def test_two_lines_make_an_entry(tmp_path: Path) -> None:
    knowledge = load_knowledge(write(tmp_path, "entries:\n- question: Is it open?\n  answer: Yes.\n"))
    (entry,) = knowledge.entries
    assert (entry.id, entry.question, entry.answer) == ("is-it-open", "Is it open?", "Yes.")
    assert (entry.note, entry.sources, entry.related, entry.urgent) == ("", (), (), False)


def test_every_key_arrives(tmp_path: Path) -> None:
    text = """\
bot: {name: b, greeting: Hi., disclaimer: Mind., no_answer: Sorry.}
words: [[open, opened]]
sources:
  door: {title: The door, publisher: Us, year: 2026, url: "https://example.org", checked: 2026-11-22}
entries:
  - id: open
    question: Is it open?
    also: [open now, 24/7]
    answer: Yes.
    note: It says so.
    source: [door]
    related: shut
    urgent: true
    signs: [[there  is / I see, fire], [smoke]]
    harmless: [fire sale]
  - {id: shut, question: Is it shut?, answer: No., source: door, urgent: false, out_of_scope: true}
"""
    knowledge = load_knowledge(write(tmp_path, text))
    open_, shut = knowledge.entries
    assert knowledge.settings.disclaimer == "Mind."
    assert knowledge.words == (("open", "opened"),)
    assert [(phrasing.text, phrasing.line) for phrasing in open_.phrasings] == [
        ("Is it open?", 7),
        ("open now", 8),
        ("24/7", 8),
    ]
    assert open_.sources == (Source("The door", "Us", "2026", "https://example.org", "2026-11-22"),)
    assert (open_.note, open_.related, open_.urgent) == ("It says so.", ("shut",), True)
    assert open_.signs == ((("there is", "I see"), ("fire",)), (("smoke",),))
    assert open_.harmless == ("fire sale",)
    assert (shut.urgent, shut.out_of_scope, open_.out_of_scope) == (False, True, False)
    assert open_.file == str(tmp_path / "a.yaml")


@pytest.mark.parametrize("value", ["no", "on", "400", "010", "22:30", "2024-01-02", "1e3", "~", "null"])
def test_every_scalar_is_text(tmp_path: Path, value: str) -> None:
    text = f"entries:\n- question: How?\n  answer: {value}\n  also: [q{value}]\n"
    (entry,) = load_knowledge(write(tmp_path, text)).entries
    assert entry.answer == value


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        (">-\n    One\n    two.\n\n    Three.", "One two.\n\nThree."),
        ("|\n    One:\n    - two\n\n    Three.", "One:\n- two\n\nThree."),
        ("One\n    two.\n\n    Three.", "One two.\n\nThree."),
        ('"One\\ntwo."', "One\n\ntwo."),
    ],
)
def test_paragraphs_are_kept(tmp_path: Path, answer: str, read: str) -> None:
    (entry,) = load_knowledge(write(tmp_path, f"entries:\n- question: How?\n  answer: {answer}\n")).entries
    assert entry.answer == read


def test_files_are_read_by_name_and_refer_to_each_other(tmp_path: Path) -> None:
    write(tmp_path, "entries:\n- {question: Two?, answer: So., source: s, related: one}\n", "b.yaml")
    write(tmp_path, "sources:\n  s: {title: T}\nentries:\n- {question: One?, answer: So.}\n", "a.yaml")
    assert [entry.id for entry in load_knowledge(tmp_path).entries] == ["one", "two"]


def test_an_id_and_a_source_and_the_settings_may_stand_only_once_in_a_folder(tmp_path: Path) -> None:
    text = "bot: {name: b}\nsources:\n  s: {title: T}\nentries:\n- {question: One?, answer: So.}\n"
    write(tmp_path, text, "a.yaml")
    write(tmp_path, text.replace("}", ", x: y}", 1), "b.yaml")
    here = tmp_path / "a.yaml"
    assert problems(tmp_path) == [
        f'b.yaml:1:6: KB009 section "bot" is already used at {here}:1',
        'b.yaml:1:16: KB006 unknown key "x"; known: name, greeting, disclaimer, no_answer, only_english',
        f'b.yaml:3:3: KB009 source "s" is already used at {here}:3',
        f'b.yaml:5:14: KB009 id "one" is already used at {here}:5',
    ]


def test_all_problems_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    write(tmp_path, "entries:\n- question: One?\n", "a.yaml")
    write(tmp_path, "entries:\n- answer: So.\n", "b.yaml")
    assert problems(tmp_path) == [
        'a.yaml:2:3: KB007 the key "answer" is missing',
        'b.yaml:2:3: KB007 the key "question" is missing',
    ]


def test_an_entry_with_a_second_fault_has_both_reported(tmp_path: Path) -> None:
    write(tmp_path, "entries:\n- {question: One?, answer: So.}\n- {question: One?, answer: So., source: b}\n")
    assert problems(tmp_path) == [
        f'a.yaml:3:14: KB009 id "one" is already used at {tmp_path / "a.yaml"}:2',
        'a.yaml:3:41: KB010 unknown source "b"; there are 0, none like it',
    ]


def test_an_empty_file_is_no_problem_beside_others(tmp_path: Path) -> None:
    write(tmp_path, "# nothing yet\n", "a.yaml")
    write(tmp_path, "entries:\n- {question: One?, answer: So.}\n", "b.yaml")
    write(tmp_path, "--- # nor here\n", "c.yaml")
    assert len(load_knowledge(tmp_path).entries) == 1


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"entries:\n- question: caf\xe9\n", "a.yaml:2:1: KB001 is not UTF-8 text; save the file as UTF-8"),
        (
            b"entries:\n- question: a\x00b\n",
            "a.yaml:2:14: KB002 the character U+0000 is not allowed in YAML; remove it",
        ),
        ("entries: \n".encode("utf-16"), "a.yaml:1:1: KB001 is not UTF-8 text; save the file as UTF-8"),
        ("entries: \n".encode("utf-16-le"), "a.yaml:1:1: KB001 is not UTF-8 text; save the file as UTF-8"),
        ("entries: \n".encode("utf-32-be"), "a.yaml:1:1: KB001 is not UTF-8 text; save the file as UTF-8"),
        (b"entries:\r- question: caf\xe9\r", "a.yaml:2:1: KB001 is not UTF-8 text; save the file as UTF-8"),
        (
            b"entries:\r- question: a\x01b\r",
            "a.yaml:2:14: KB002 the character U+0001 is not allowed in YAML; remove it",
        ),
    ],
)
def test_a_file_that_is_no_text_is_reported(tmp_path: Path, data: bytes, problem: str) -> None:
    assert problems(write(tmp_path, data)) == [problem]


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfentries:\r\n- question: One?\r\n  answer: So.\r\n"
    assert load_knowledge(write(tmp_path, data)).entries[0].answer == "So."


def test_a_folder_that_is_missing_or_has_no_yaml_file_is_reported_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as reason:
        list((tmp_path / "missing").iterdir())
    assert problems(tmp_path / "missing") == [
        f"{tmp_path / 'missing'}:1:1: KB001 cannot be read ({reason.value.strerror}); name a folder of YAML files"
    ]
    (tmp_path / "a.yml").write_text("entries: []\n", encoding="utf-8")
    assert problems(tmp_path) == [
        f"{tmp_path}:1:1: KB001 no *.yaml file in this folder (files that end in .yml are not read)"
    ]


def test_files_of_an_editor_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "entries:\n- {question: One?, answer: So.}\n")
    (tmp_path / ".#a.yaml").symlink_to("nobody@nowhere")
    assert len(load_knowledge(tmp_path).entries) == 1


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("", r"\(no name\):1:1: KB001 the folder has no name"),
        ("a\0b", r"a\\x00b:1:1: KB001 cannot be read \(.*embedded null .*\)"),
        ("x" * 5000, r"x{5000}:1:1: KB001 cannot be read \(.+\)"),
    ],
)
def test_a_folder_that_cannot_be_named_is_reported(folder: str, told: str) -> None:
    with pytest.raises(KnowledgeError, match=rf"^{told}; name a folder of YAML files$"):
        load_knowledge(folder)


@pytest.mark.parametrize(("data", "code"), [(b"\xff", "KB001"), (b"\tentries: []\n", "KB002")])
def test_a_file_that_cannot_be_read_does_not_make_others_wrong(tmp_path: Path, data: bytes, code: str) -> None:
    write(tmp_path, data, "a.yaml")
    write(tmp_path, "entries:\n- {question: One?, answer: So., source: s, related: two}\n", "b.yaml")
    assert [problem.split()[1] for problem in problems(tmp_path)] == [code]


def test_a_question_of_several_lines_becomes_one(tmp_path: Path) -> None:
    text = "entries:\n- question: |\n    Is it\n    open?\n  answer: Yes.\n"
    assert load_knowledge(write(tmp_path, text)).entries[0].question == "Is it open?"


@pytest.mark.skipif(os.name == "nt", reason="there are no such files here")
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("pipe", "it is no file; move it away"),
        ("device", "it is no file; move it away"),
        ("ring", os.strerror(errno.ELOOP)),
        ("dangling", os.strerror(errno.ENOENT)),
    ],
)
def test_what_only_looks_like_a_file_is_reported_and_not_waited_for(tmp_path: Path, kind: str, reason: str) -> None:
    path = tmp_path / "a.yaml"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to({"device": "/dev/zero", "ring": "a.yaml", "dangling": "nowhere"}[kind])
    assert problems(tmp_path) == [f"a.yaml:1:1: KB001 cannot be read ({reason})"]
    with pytest.raises(KnowledgeError, match="KB001 cannot be read"):
        FaqBot.load(tmp_path)
    assert [found.code for found in check([tmp_path]).problems] == ["KB001"]


def test_a_system_that_always_waits_for_a_pipe_reads_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.O_NONBLOCK", raising=False)
    assert content(write(tmp_path, "x") / "a.yaml") == b"x"


def test_more_than_anybody_writes_is_reported_and_not_read(tmp_path: Path) -> None:
    write(tmp_path, "entries: []\n", "a.yaml")
    with (tmp_path / "b.yaml").open("wb") as file:
        file.truncate(2**40)
    assert problems(tmp_path) == [
        "b.yaml:1:1: KB001 the files hold more than 10 MB together; make this one, the largest, smaller"
    ]
    with pytest.raises(KnowledgeError, match="it is larger than 10 MB"):
        load_questions(tmp_path / "b.yaml")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("entries: !a%C0%80 []\n", '1:12: KB002 text that begins with "!" needs quotes around it'),
        (f"%YAML 1.{'9' * 5000}\n---\n", '1:18: KB002 text that begins with "%" needs quotes around it'),
        ("entries:\n- \ud800\n", "2:3: KB002 the character U+D800 is not allowed in YAML; remove it"),
        (f"entries: {'[' * 20_000}", "1:17: KB002 lists or keys within each other too deeply"),
    ],
)
def test_what_the_parser_itself_fails_at_is_reported(text: str, problem: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        parse_knowledge(text, "a.yaml")
    assert str(caught.value) == f"a.yaml:{problem}"


@pytest.mark.parametrize("loader", [FAST_LOADER, yaml.SafeLoader])
@pytest.mark.parametrize("code", ["UFFFFFFFF", "U00110000"])
def test_a_code_of_no_character_is_reported_by_either_parser(
    monkeypatch: pytest.MonkeyPatch, loader: type, code: str
) -> None:
    monkeypatch.setattr("bot.loading.files.FAST_LOADER", loader)
    with pytest.raises(KnowledgeError, match=r"^a.yaml:2:\d: KB002 not valid YAML: "):
        parse_knowledge(f'entries:\n- "\\{code}"\n', "a.yaml")


def test_a_long_name_does_not_fill_the_screen_and_the_cure_stays() -> None:
    with pytest.raises(KnowledgeError) as caught:
        parse_knowledge(f"entries:\n- question: How?\n  answer: So.\n  ? {'k' * 100_000}\n  : x\n")
    assert len(str(caught.value)) < 700
    assert str(caught.value).endswith('k"; there are 11')


def unknown_id(name: str) -> str:
    """Return what is said of an id that is none, beside the only one: "how" and some letters more."""
    known = "how" + "w" * 100
    with pytest.raises(KnowledgeError) as caught:
        parse_knowledge(f"entries:\n- {{question: How?, answer: So., id: {known}, related: {name}}}\n")
    return caught.value.problems[0].message


def test_a_name_of_up_to_a_hundred_characters_is_compared() -> None:
    assert "; did you mean" in unknown_id("h" + "w" * 99)
    assert unknown_id("h" + "w" * 100).endswith("; known: how" + "w" * 100)


def test_a_message_of_up_to_six_hundred_characters_is_whole() -> None:
    rest = len(unknown_id("x" * 200)) - 200
    assert "x" * (600 - rest) in unknown_id("x" * (600 - rest))
    assert unknown_id("x" * (601 - rest)) == (
        f'unknown id "{"x" * 288} ... {"x" * (300 - (rest - 12))}"; known: how{"w" * 100}'
    )


@pytest.mark.parametrize("quote", ["'", '"'])
def test_quotes_that_close_too_late_are_told_of_where_the_next_line_cannot_be_read(quote: str) -> None:
    text = f"entries:\n- question: {quote}Is it open?\n  answer: Yes {quote}\n{{}}  note: When: at night\n"
    for between, problem in (
        ("", "2:13: KB002 the quotes that open here are closed on line 3 only; is that meant?"),
        ("  id: open\n", "5:13: KB002 text that holds a colon and a space needs quotes around all of it"),
    ):
        with pytest.raises(KnowledgeError) as caught:
            parse_knowledge(text.format(between), "a.yaml")
        assert str(caught.value).partition(":")[2] == problem


# For the "?" the parser in Python would stop at the first of those in brackets.
@pytest.mark.parametrize("row", ["- {question: How is it?, answer: So.}\n", "- question: How is it?\n  answer: So.\n"])
def test_only_the_fault_itself_is_told_of_after_many_entries(row: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        parse_knowledge(f"entries:\n{row * 20}- question: When: at night?\n", "a.yaml")
    line = 2 + 20 * row.count("\n")
    cure = "text that holds a colon and a space needs quotes around all of it"
    assert str(caught.value) == f"a.yaml:{line}:17: KB002 {cure}"


def test_the_lines_of_a_file_are_shown_without_its_mark_and_whatever_its_bytes(tmp_path: Path) -> None:
    file = write(tmp_path, b"\xef\xbb\xbfcaf\xc3\xa9\r\n\xff") / "a.yaml"
    assert source_lines(str(file)) == ("caf\u00e9", "\ufffd")
    assert source_lines(str(tmp_path)) == source_lines("a\0b") == ()


def test_the_version_of_a_folder_is_another_when_a_file_is(tmp_path: Path) -> None:
    assert version(tmp_path) == ()
    before = version(write(tmp_path, "x"))
    assert before == version(tmp_path) != ()
    (tmp_path / "a.yaml").rename(tmp_path / "b.yaml")
    assert version(tmp_path) != before


def test_what_cannot_be_known_to_be_a_file_is_none(tmp_path: Path) -> None:
    assert is_file(write(tmp_path, "") / "a.yaml")
    assert not is_file(tmp_path)
    assert not is_file(Path("x" * 5000))


def test_a_text_is_checked_against_the_date_of_today() -> None:
    text = "sources: {s: {title: T, checked: 9998-12-31}}\nentries:\n- {question: How?, answer: So.}\n"
    with pytest.raises(KnowledgeError, match=r"1:34: KB008 this date is in the future; put the day of the last check$"):
        parse_knowledge(text)
    assert parse_knowledge(text.replace("9998", "2020")).entries
    with pytest.raises(KnowledgeError, match=r"^desk:1:1: KB007 no entries here"):
        parse_knowledge("", "desk")


def test_eight_levels_are_read(tmp_path: Path) -> None:
    assert "KB005" in problems(write(tmp_path, f"entries:\n- {'[' * 5}x{']' * 5}\n"))[0]
    assert problems(write(tmp_path, f"entries:\n- {'[' * 6}x{']' * 6}\n")) == [
        "a.yaml:2:9: KB002 lists or keys within each other too deeply"
    ]


def test_ten_million_bytes_are_read(tmp_path: Path) -> None:
    file = write(tmp_path, "") / "a.yaml"
    os.truncate(file, 10_000_000)
    assert paths(tmp_path) == [file]
    assert len(content(file)) == 10_000_000
    (tmp_path / "b.yaml").write_bytes(b"x")
    with pytest.raises(KnowledgeError, match=r"^[^ ]*a\.yaml:1:1: KB001 the files hold more than 10 MB together"):
        paths(tmp_path)
    os.truncate(file, 10_000_001)
    with pytest.raises(OSError, match="it is larger than 10 MB"):
        content(file)


def test_an_example_phrasing_is_told_of_only_where_the_answer_is_written(tmp_path: Path) -> None:
    entry = "entries:\n- question: How?\n  also: [another way in which people ask this]\n  answer: {}\n"
    for answer, codes in (("Write the answer here.", ["KB109"]), ("So.", ["KB109"]), ("[So.]", ["KB109", "KB005"])):
        _, found = check_knowledge(write(tmp_path, entry.format(answer)))
        assert [problem.code for problem in found] == codes
        assert ("this phrasing is still the example" in found[0].message) == (answer != "Write the answer here.")


def test_what_can_be_used_all_the_same_is_warned_of_at_its_place(tmp_path: Path) -> None:
    text = """\
entries:
- question: Is it open? # I ask
  also:
    - open now # or later
    - OPEN NOW!
  id: open # a comment
  answer: "Yes." # a comment
  related: why
- question: When?
  also: another way in which people ask this
  answer: So.
- {question: Why?, answer: Write the answer here}
"""
    knowledge, found = check_knowledge(write(tmp_path, text) / "a.yaml")
    assert knowledge is not None
    assert [(entry.id, entry.related) for entry in knowledge.entries] == [("open", ()), ("when", ())]
    assert [entry.id for entry in parse_knowledge(text).entries] == ["open", "when"]
    cut = '" #" begins a comment, so the text ends before it; quote the text, or give the comment its own line'
    assert [str(problem).partition("a.yaml:")[2] for problem in found] == [
        f"2:13: KB102 {cut}",
        f"4:7: KB102 {cut}",
        f"5:7: KB103 the same question stands at {tmp_path / 'a.yaml'}:4; remove one",
        "10:9: KB109 this phrasing is still the example; write your own, or remove it",
        "12:28: KB109 this answer is still to be written; until then nobody gets it",
    ]


def test_among_many_unknown_names_only_the_first_are_compared_with_all_known_ones() -> None:
    rows = "".join(f"- {{question: Number {n}?, answer: x, related: numbr-{n}x}}\n" for n in range(1000))
    with pytest.raises(KnowledgeError) as caught:
        parse_knowledge(f"entries:\n{rows}")
    messages = [problem.message for problem in caught.value.problems]
    assert messages[0] == 'unknown id "numbr-0x"; did you mean "number-0"?'
    assert messages[99] == 'unknown id "numbr-99x"; did you mean "number-99"?'
    assert messages[100] == 'unknown id "numbr-100x"; there are 1000'
    assert messages[-1] == 'unknown id "numbr-999x"; there are 1000'


TOKENS = [
    *"[]{}:-?&*!%|>#@`,/~'\"\\\t\n\r\0\x1b\ufeff\u2028\x85",
    "!<",
    "<<:",
    "\\U",
    "---",
    "...",
    "id:",
    "signs:",
    "entries:",
]


def mutated(text: str, choose: random.Random) -> bytes:
    """Return a text with a few of its lines, tokens or bytes moved, doubled, lost or damaged."""
    lines = text.splitlines(keepends=True)
    for _ in range(choose.randrange(3)):
        here, there = choose.randrange(len(lines)), choose.randrange(len(lines))
        lines[here] = choose.choice(["", lines[there], lines[here] * 2, "  " + lines[here], lines[here].lstrip()])
    data = bytearray("".join(lines).encode())
    for _ in range(choose.randrange(1, 3)):
        at = choose.randrange(len(data) + 1)
        data[at : at + choose.randrange(4)] = choose.choice([*TOKENS, " ", ""]).encode()
    if choose.random() < 0.2 and data:
        data[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
    return bytes(data)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_knowledge_is_knowledge_or_a_problem_at_a_place_in_it(tmp_path: Path, seed: int) -> None:
    choose = random.Random(seed)
    texts = [path.read_text(encoding="utf-8") for path in sorted(shipped_folder().glob("*.yaml"))]
    entries = [entry for text in texts for entry in text.partition("\nentries:\n")[2].split("\n  - ")[1:]]
    names = ("source:", "related:")  # of what stands elsewhere
    seen = set()
    for _ in range(150):
        lines = "\n  - ".join(["entries:", *choose.sample(entries, 2)]).splitlines(keepends=True)
        data = mutated("".join(line for line in lines if not line.strip().startswith(names)), choose)
        knowledge, found = check_knowledge(write(tmp_path, data) / "a.yaml")
        lines = split_lines(data.decode("utf-8-sig", errors="replace"))
        assert (knowledge is None) == any(not problem.is_warning for problem in found)
        for problem in found:
            assert 1 <= problem.line <= len(lines), (data, problem)
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1, (data, problem)
        seen.add(knowledge is None)
    assert seen == {True, False}


def test_a_folder_called_like_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    assert problems(tmp_path)[0].startswith("a.yaml:1:1: KB001 cannot be read")


def test_the_shipped_folder_is_found() -> None:
    assert (shipped_folder() / "article.yaml").is_file()


@given(st.text())
def test_any_text_is_knowledge_or_a_knowledge_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    with pytest.raises(KnowledgeError):
        load_knowledge(path)


@pytest.mark.parametrize("word", ["maximum", "swollen", "kid"])
def test_related_words_come_nearest_first(word: str) -> None:
    related = English().related(word)
    assert related
    assert all(0.4 <= cosine < 1 for _, cosine in related)
    assert [cosine for _, cosine in related] == sorted((cosine for _, cosine in related), reverse=True)
    assert word not in [near for near, _ in related]


def test_frequent_words_have_higher_frequencies() -> None:
    english = English()
    assert 8 > english.frequency("the") > english.frequency("leg") > english.frequency("calf") > 0
    assert english.frequency("xylozzz") == 0


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("me duelen las piernas por la noche", True),
        ("quel dosage de magn\u00e9sium par jour", True),
        ("ik heb kramp in mijn kuit", True),
        ("\u0441\u0443\u0434\u043e\u0440\u043e\u0433\u0438", True),
        ("\u8db3\u304c\u3064\u308b", True),
        ("what is the best time to take it", False),
        ("my gran says la dolce vita", False),
        ("hwo mcuh shuold i tkae", False),
        ("", False),
        ("42", False),
    ],
)
def test_another_language_is_told_by_its_letters_or_its_frequent_words(text: str, foreign: bool) -> None:  # noqa: FBT001
    assert English().is_foreign(text) is foreign


def test_no_phrasing_of_the_shipped_base_is_in_another_language(shipped: FaqBot) -> None:
    texts = [phrasing.text for entry in shipped.knowledge.entries for phrasing in entry.phrasings]
    english = English()
    odd = [text for text in texts if text.isascii() and english.is_foreign(text)]
    assert len(odd) <= 2, odd  # two are on purpose


def test_a_source_that_was_checked_more_than_a_year_ago_is_a_warning(tmp_path: Path) -> None:
    text = "sources:\n  rules: {title: Rules, checked: 2026-01-01}\nentries:\n  - {question: Open?, answer: 'Yes.'}\n"
    (tmp_path / "library.yaml").write_text(text, encoding="utf-8")
    assert check_knowledge(tmp_path, date(2026, 1, 1))[1] == ()
    knowledge, problems = check_knowledge(tmp_path, date(2027, 1, 1))
    assert (knowledge is None, problems) == (False, ())
    knowledge, (problem,) = check_knowledge(tmp_path, date(2027, 1, 2))
    assert knowledge is not None
    assert problem.is_warning
    assert str(problem).endswith(
        "library.yaml:2:34: KB101 the source was checked 366 days ago; read it again and put the date here"
    )
    load_knowledge(tmp_path)


def test_every_line_of_the_table_is_found_and_no_other(tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    table.write_text("a 74 ON b50\nab 5* PO c60 b1251\nb 40\nc 0 !} ab60\n", encoding="utf-8")
    english = English(table)
    assert english.related("a") == (("b", 0.5),)
    assert english.related("ab") == (("c", 0.6), ("b12", 0.51))
    assert english.related("b") == ()
    assert [english.vector(word) for word in ("a", "ab", "b", "c")] == [(0, -1), (1, 0), (), (-46, 46)]
    assert [english.frequency(word) for word in ("a", "ab", "b", "c")] == [7.4, 0.5, 4.0, 0.0]
    assert [english.names_a_thing(word) for word in ("a", "ab", "b", "c")] == [False, True, False, False]
    for missing in ("", " ", "aa", "abc", "d", "\u00e9", "a b50", "\ud800"):
        assert english.related(missing) == ()
        assert english.vector(missing) == ()
        assert not english.names_a_thing(missing)


def test_the_shipped_table_is_sorted_as_the_search_needs_it() -> None:
    lines = (Path(bot.__file__).parent / "english.txt").read_bytes().splitlines()
    words = [line.split()[0] for line in lines]
    assert words == sorted(set(words))
    for word in (words[0], words[1], words[len(words) // 2], words[-1]):
        assert English().frequency(word.decode()) > 0
