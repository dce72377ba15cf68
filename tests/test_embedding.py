"""The bot inside other programs: values that go to JSON and back, channels, threads, other names."""

import html
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import (
    Answer,
    Conversation,
    Entry,
    FaqBot,
    Knowledge,
    KnowledgeError,
    Matcher,
    Phrasing,
    Settings,
    Urgent,
    parse_knowledge,
)
from bot.channels import DISCORD, IRC, MARKDOWN, PLAIN, SLACK, TELEGRAM, Channel, messages
from bot.loading import shipped_folder

SHIPPED = FaqBot.load(shipped_folder())
CONSUMER = Path(__file__).with_name("consumer.py")
BOTH = "took the whole bottle, how much magnesium should i take a day"  # a danger, and a question that can wait
QUESTIONS = [
    "is it safe",
    "my calf is swollen and hot",
    "night and tablets",
    "how do i reset my router",
    BOTH,
]
CHANNELS = {"plain": PLAIN, "markdown": MARKDOWN, "discord": DISCORD, "telegram": TELEGRAM, "slack": SLACK, "irc": IRC}


@given(st.sampled_from(QUESTIONS) | st.text(max_size=60), st.none() | st.integers(1, 5))
@example(BOTH, 2)
def test_a_reply_goes_to_json_and_back(question: str, top: int | None) -> None:
    given_out = json.loads(json.dumps(SHIPPED.ask(question).to_dict(top=top)))
    assert Answer.from_dict(given_out).to_dict(top=top) == given_out
    assert type(Answer.from_dict(given_out)) is type(SHIPPED.ask(question))


@pytest.mark.parametrize("question", [BOTH, "my calf is swollen and hot", "is it safe"])
def test_a_reply_from_json_has_the_parts_of_the_one_it_was(question: str) -> None:
    reply = SHIPPED.ask(question)
    again = Answer.from_dict(reply.to_dict(top=1))
    assert isinstance(reply, Answer | Urgent)
    assert isinstance(again, Answer | Urgent)
    for part in ("answer", "note", "urgent"):
        assert getattr(again.match.entry, part) == getattr(reply.match.entry, part)
    assert (isinstance(again, Urgent) and again.asks) == (question == BOTH)


def test_suggestions_from_json_begin_as_they_did() -> None:
    talk = Conversation(SHIPPED)
    talk.send("is it safe")
    more = talk.send("more").to_dict()
    assert str(more["text"]).startswith("More that you can ask:")
    assert Answer.from_dict(more).text == more["text"]


@pytest.mark.parametrize("question", ["night and tablets", "is it safe", "is magnesium glycinate safe", "my router"])
@pytest.mark.parametrize(
    "harm",
    [
        {"schema_version": 2},
        {"kind": "joke"},
        {"text": None},
        {"text": 5},
        {"question": ...},
        {"question": 5},
        {"disclaimer": None},
        {"disclaimer": " "},
        {"matches": None},
        {"matches": [{"id": "x", "score": "high"}]},
    ],
)
def test_what_is_no_reply_is_refused(question: str, harm: dict[str, object]) -> None:
    given_out = {**SHIPPED.ask(question).to_dict(), **harm}
    if harm == {"question": ...}:
        del given_out["question"]
    with pytest.raises(ValueError, match=r"^(this is no reply|there is no kind|a reply needs a disclaimer)"):
        Answer.from_dict(given_out)


@pytest.mark.parametrize(
    "harm",
    [
        {"id": 5},
        {"matched": None},
        {"score": None},
        {"score": 10**400},
        {"score": float("nan")},
        {"note": ["x"]},
        {"sources": [{"title": "x", "url": 5}]},
        {"sources": [{"title": "x", "author": "y"}]},
        {"related": [{"id": "x", "question": 5}]},
    ],
)
def test_what_is_no_answer_is_refused(harm: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^(this is no reply|a score is from 0 to 100)$"):
        Answer.from_dict({**SHIPPED.ask("is magnesium glycinate safe").to_dict(), **harm})


@pytest.mark.parametrize("suggestions", [5, ["x"], [{"id": "x", "question": "x", "score": 101}], {"id": 1}])
def test_what_are_no_suggestions_is_refused(suggestions: object) -> None:
    with pytest.raises(ValueError, match=r"^(this is no reply|a score is from 0 to 100)$"):
        Answer.from_dict({**SHIPPED.ask("night and tablets").to_dict(), "suggestions": suggestions})


def test_an_embedders_program_runs() -> None:
    spec = importlib.util.spec_from_file_location("consumer", CONSUMER)
    assert spec
    assert spec.loader
    consumer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(consumer)
    assert consumer.main()[:5] == [
        "when-is-the-library-open: 0 related",
        "where-is-it: 0 related",
        "white wine",
        "KB005",
        "mine.yaml",
    ]


def test_knowledge_comes_from_text_with_its_problems_at_their_places() -> None:
    parsed = parse_knowledge("entries:\n  - question: Open?\n    answer: Yes.\n    also: [now]\n")
    assert [phrasing.text for phrasing in parsed.entries[0].phrasings] == ["Open?", "now"]
    with pytest.raises(KnowledgeError, match=r"mine\.yaml:1:1: KB007 no entries here"):
        parse_knowledge("", "mine.yaml")


def test_an_entry_and_a_matcher_of_plain_texts() -> None:
    entry = Entry.of("Is it open?", "Yes.", also=["now?"])
    assert (entry.id, entry.question, len(entry.phrasings)) == ("is-it-open", "Is it open?", 2)
    assert Entry.of("Is it open?", "Yes.", id="x").id == "x"
    assert Matcher.of(["red wine", "!", "red wine", "water"]).rank("watr")[0].entry.id == "water"


def bot_that_says(answer: str, disclaimer: str) -> FaqBot:
    entry = Entry("x", (Phrasing("what"),), answer if answer.strip() else ".")
    return FaqBot(Knowledge((entry,), settings=Settings(disclaimer=disclaimer)))


SIGNS = st.text(alphabet="ab .,!?\n*_~`#<>&@[]()|-1\\é漢🎉", max_size=600)
SAID = st.builds(lambda text: f"x{text}", SIGNS) | st.lists(
    st.sampled_from(["word", "a" * 90, "End.", "\n\n"]), max_size=300
).map(" ".join)


@given(SAID, st.sampled_from(sorted(CHANNELS)), st.integers(60, 500))
def test_messages_fit_and_end_with_the_whole_disclaimer(answer: str, name: str, limit: int) -> None:
    kind = CHANNELS[name]
    channel = Channel(limit, kind.escape, kind.bold, kind.size, kind.one_line)
    disclaimer = "General information only & no advice."
    sent = messages(bot_that_says(answer, disclaimer).ask("what"), channel)
    assert all(0 < channel.size(text) <= limit for text in sent)
    assert sent[-1].endswith(channel.escape(disclaimer))
    assert not channel.one_line or not any("\n" in text for text in sent)


def test_where_a_message_is_one_line_the_disclaimer_is() -> None:
    sent = messages(bot_that_says("Yes.\nIt is.", "No advice.\r\n\nQUIT\u2028now").ask("what"), IRC)
    assert sent == ["Yes.", "It is.", "No advice. QUIT now"]


def test_half_a_character_hinders_no_message() -> None:
    reply = Answer.from_dict({**SHIPPED.ask("is it safe").to_dict(), "text": "Half \ud800 a one."})
    for channel in CHANNELS.values():
        assert "".join(messages(reply, channel)).encode()


@given(SAID)
def test_no_word_is_lost(answer: str) -> None:
    sent = messages(bot_that_says(answer, "Ask.").ask("what"), Channel(60))
    wanted = bot_that_says(answer, "Ask.").ask("what")
    assert "".join("".join(sent).split()) == "".join(f"{wanted.text}Ask.".replace("\u200b", "").split())


def test_each_channel_shows_text_as_it_is_and_pings_nobody() -> None:
    sent = {
        name: "\n".join(messages(bot_that_says("<b>*a*_b_ @everyone <!here> & `c` # d", "Ask.").ask("what"), channel))
        for name, channel in CHANNELS.items()
    }
    assert sent["plain"] == "<b>*a*_b_ @everyone <!here> & `c` # d\n\nAsk."
    assert sent["markdown"].startswith(r"\<b\>\*a\*\_b\_ @everyone \<!here\> & \`c\` \# d")
    assert sent["irc"].splitlines() == ["<b>*a*_b_ @everyone <!here> & `c` # d", "Ask."]
    assert "@everyone" not in sent["discord"] + sent["telegram"] + sent["slack"]
    assert html.unescape(sent["telegram"]).startswith("<b>*a*_b_ @")
    assert "<" not in sent["telegram"] + sent["slack"]
    assert re.search(r"\*(?!\u200b)", sent["slack"]) is None


def test_a_channel_needs_room() -> None:
    with pytest.raises(ValueError, match="room for 40"):
        Channel(39)


def test_threads_that_share_a_bot_get_the_replies_of_one() -> None:
    def replies(bot: FaqBot) -> list[dict[str, object]]:
        return [bot.ask(question).to_dict(top=5) for question in QUESTIONS]

    alone, shared = replies(SHIPPED), FaqBot.load(shipped_folder())
    with ThreadPoolExecutor(32) as threads:
        asked = [threads.submit(replies, shared) for _ in range(160)]
        loaded = [threads.submit(lambda: replies(FaqBot.load(shipped_folder()))) for _ in range(3)]
    assert all(each.result() == alone for each in [*asked, *loaded])


def test_a_host_with_a_bot_of_its_own_can_rename_ours(tmp_path: Path) -> None:
    shutil.copytree(
        Path(__file__).parent.parent / "bot", tmp_path / "faq", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(shipped_folder(), tmp_path / "faq" / "shipped")
    (tmp_path / "bot.py").write_text("name = 'the host'\n", encoding="utf-8")
    script = "import bot, faq; print(bot.name, faq.FaqBot.load().ask('is it safe').kind)"
    run = [sys.executable, "-c", script]
    for _ in range(2):  # read, and kept
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr) == ("the host answer\n", "")


def test_the_types_hold_for_an_embedder() -> None:
    pytest.importorskip("mypy", reason="only developers have it")
    run = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(CONSUMER)]
    done = subprocess.run(run, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent)
    assert (done.returncode, done.stdout) == (0, "")


def test_nothing_is_printed_logged_or_read_at_import() -> None:
    script = (
        "import logging, sys; known = logging.root.manager.loggerDict; import bot, bot.channels; "
        "print(list(known), [name for name in ('yaml', 'json') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[] []\n", "")
