import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from bot import Entry, FaqBot, Knowledge, Phrasing, Settings, Source

collect_ignore = ["tools", "benchmarks"]  # scripts, whose packages the tests do not need

settings.register_profile("default", deadline=None)  # a test suite has no timing assertions
settings.load_profile("default")

# A shell lets its background jobs ignore Ctrl-C, and nohup the hanging up; what they start inherits that, but no
# handler: its tests would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:  # there is none on Windows
    signal.signal(signal.SIGHUP, lambda *_: None)


@pytest.fixture(scope="session", autouse=True)
def _own_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave the user's own caches alone."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
            patch.setenv(name, str(tmp_path_factory.mktemp("caches")))
        yield


@pytest.fixture(scope="session")
def shipped() -> FaqBot:
    """The bot on the base that comes with magbot."""
    return FaqBot.load()


@pytest.fixture(scope="session")
def library() -> Knowledge:
    """A small base on another subject."""

    def entry(name: str, answer: str, *asked: str, urgent: bool = False, **more: object) -> Entry:
        phrasings = tuple(Phrasing(text, line) for line, text in enumerate(asked, start=1))
        return Entry(name, phrasings, answer, urgent=urgent, file="library.yaml", **more)  # type: ignore[arg-type]  # more: as given

    rules = Source("House rules", "The library", "2026", "https://library.example/rules")
    hours = entry("hours", "From 9 to 17.", "When is the library open?", "opening hours", related=("cards", "fire"))
    cards = entry("cards", "At the desk.", "How do I get a library card?", "join the library", sources=(rules,))
    fees = entry("fees", "None.", "What does a late book cost?", "fine for overdue books", note="Since 2024.")
    fire = entry(
        "fire",
        "Leave now.\n\nCall for help.",
        "There is a fire!",
        "I smell smoke",
        urgent=True,
        signs=((("there is", "I see"), ("fire", "smoke")),),
    )
    settings = Settings("deskbot", "Hello.\nAsk.\n\nBriefly.\nPlease.", "Ask the desk.", "I only know the library.")
    return Knowledge((hours, cards, fees, fire), (("book", "novel", "paper back"),), settings)
