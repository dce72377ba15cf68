"""What is allowed in a knowledge folder, and yet likely to give people a wrong answer."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from ..chat import FaqBot
from ..danger import is_one_clause
from ..errors import Problem, shown_path
from ..knowledge import Entry, LabelledQuestion, Phrasing
from ..text import normalize, words

STOLEN_FROM: Final = 90.0  # points from which an answer is right nineteen times in twenty
FEWEST_PHRASINGS: Final = 8
MOST_WORDS: Final = 120  # of an answer that is read to its end
MOST_WORDS_A_SENTENCE: Final = 30
_ALIKE: Final = 0.95
_MOST_COMPARED: Final = 500  # characters of a question that is compared with others; the time grows with their square
_SENTENCE_END: Final = re.compile(r"(?<=[.:;?!])\s+|\n")

Lines = Callable[[str], Sequence[str]]


def lint(
    bot: FaqBot, entries: Iterable[Entry], lines: Lines, questions: Sequence[LabelledQuestion] | None
) -> Iterator[Problem | None]:
    """Yield the warnings about entries, and None now and then, so that a person can be told how far it is.

    Args:
        bot: On the whole knowledge.
        entries: Those that are looked at.
        lines: The lines of a file.
        questions: Labelled questions that each entry should be asked by; None asks for none.
    """
    asked = {name for question in questions or () for name in question.expected}
    for entry in entries:
        yield from _of_entry(entry, lines(entry.file))
        if questions is not None and entry.id not in asked and not entry.out_of_scope:
            yield _problem(entry, entry.phrasings[0], "KB108", f'no labelled question asks for "{entry.id}"', lines)
        for phrasing in entry.phrasings:
            yield _stolen(bot, entry, phrasing, lines)


def _of_entry(entry: Entry, lines: Sequence[str]) -> Iterator[Problem]:
    """Yield what is doubtful about an entry by itself."""
    question = entry.phrasings[0]
    if len(entry.phrasings) < FEWEST_PHRASINGS:
        message = (
            f"{len(entry.phrasings)} phrasings; add ways in which people ask this, at least {FEWEST_PHRASINGS} in all"
        )
        yield Problem(entry.file, question.line, 1, "KB106", message)
    line = next(
        (at for at in range(question.line, len(lines)) if re.match(r"\s+answer:", lines[at])), question.line - 1
    )
    longest = max((len(words(sentence)) for sentence in _SENTENCE_END.split(entry.answer)), default=0)
    if (size := len(words(entry.answer))) > MOST_WORDS:
        yield Problem(entry.file, line + 1, 5, "KB107", f"an answer of {size} words; people read {MOST_WORDS} at most")
    elif longest > MOST_WORDS_A_SENTENCE:
        message = f"a sentence of {longest} words; split what has more than {MOST_WORDS_A_SENTENCE}"
        yield Problem(entry.file, line + 1, 5, "KB107", message)
    for phrase in entry.harmless:
        if not is_one_clause(phrase):
            below = enumerate(lines[question.line - 1 :], start=question.line)
            at = next((at for at, line in below if phrase in line), question.line)
            message = f'"{phrase}" is never met, as messages are read clause by clause; keep one clause of it'
            yield Problem(entry.file, at, 1, "KB110", message)


def _stolen(bot: FaqBot, entry: Entry, phrasing: Phrasing, lines: Lines) -> Problem | None:
    """Return that a phrasing, were it not there, would be answered with another entry; or that it is in two."""
    matches = bot.matcher.rank_without(entry, phrasing)
    best = next((match for match in matches if match.entry is not entry), None)
    if best is None:
        return None
    if _alike(normalize(phrasing.text), normalize(best.phrasing.text)):
        place = f"{shown_path(best.entry.file)}:{best.phrasing.line}"
        return _problem(entry, phrasing, "KB105", f'"{best.entry.id}" asks nearly the same at {place}', lines)
    own = next((match.score for match in matches if match.entry is entry), 0.0)
    # Phrasings are put out of scope because something in scope takes them, and among urgent entries each one helps.
    expected = entry.out_of_scope or (entry.urgent and best.entry.urgent)
    if best is not matches[0] or best.score < STOLEN_FROM or own > best.score / 2 or expected:
        return None
    scores = f"{best.score:.0f} points, here {own:.0f}"
    message = f'without this phrasing, "{best.entry.id}" would be the answer ({scores}); move it, or add others like it'
    return _problem(entry, phrasing, "KB104", message, lines)


def _problem(entry: Entry, phrasing: Phrasing, code: str, message: str, lines: Lines) -> Problem:
    line = next(iter(lines(entry.file)[phrasing.line - 1 :][:1]), "")
    return Problem(entry.file, phrasing.line, max(0, line.find(phrasing.text[:20])) + 1, code, message)


def _alike(one: str, other: str) -> bool:
    longest = max(len(one), len(other))
    if longest > _MOST_COMPARED or abs(len(one) - len(other)) > (1 - _ALIKE) * (len(one) + len(other)):
        return False
    comparison = SequenceMatcher(None, one, other, autojunk=False)
    return comparison.quick_ratio() >= _ALIKE and comparison.ratio() >= _ALIKE
