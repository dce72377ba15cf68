"""Compare the matcher with rapidfuzz's whole-string scorers: accuracy, time a question, loading, memory.

    python tests/benchmarks/compare.py KNOWLEDGE_DIR QUESTIONS ...
    python tests/benchmarks/compare.py --synthetic 100000

All run on the same phrasings and questions in one run, and take turns after every fifty questions: so their
ratio holds when the machine's speed drifts, and each works as it does in use, with what it needs in the
processor's caches. A question that nothing answers is left out. The matcher remembers the words that it
has met, so that its first questions take longer than later ones: "first" is the median of the first quarter,
"later" of the rest.
"""

import argparse
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from rapidfuzz import fuzz, process

from bot import Entry, Knowledge, Matcher, Phrasing, load_knowledge
from bot.knowledge import LabelledQuestion
from bot.loading import English
from bot.loading.reading import load_questions
from bot.text import normalize

PHRASINGS_AN_ENTRY = 25  # in a synthetic base
WORDS_A_PHRASING = 8
QUESTIONS = 200  # to a synthetic base
TURN = 50  # questions that one answers before it is another's turn
SCORERS = {"WRatio": fuzz.WRatio, "token_set_ratio": fuzz.token_set_ratio, "ratio": fuzz.ratio}

Find = Callable[[str], str]


def main() -> None:
    """Print a table for each set of questions."""
    parser = argparse.ArgumentParser(description="compare the matcher with rapidfuzz's whole-string scorers")
    parser.add_argument("knowledge", nargs="?")
    parser.add_argument("questions", nargs="*")
    parser.add_argument("--most", type=int, default=200, metavar="QUESTIONS", help="drawn at most from each file")
    parser.add_argument("--synthetic", type=int, metavar="PHRASINGS", help="a base of made-up words of this size")
    arguments = parser.parse_args()
    if arguments.synthetic:
        knowledge, questions = synthetic(arguments.synthetic)
        compare("synthetic", knowledge, questions, arguments.most)
        return
    started = time.perf_counter()
    knowledge = load_knowledge(arguments.knowledge)
    say(f"files read in {1000 * (time.perf_counter() - started):.0f} ms")
    for path in arguments.questions:
        compare(Path(path).name, knowledge, load_questions(path), arguments.most)


def compare(name: str, knowledge: Knowledge, questions: Sequence[LabelledQuestion], most: int) -> None:
    """Print the table for one set of questions."""
    asked = [question for question in questions if "none" not in question.expected]
    asked = random.Random(1).sample(asked, min(most, len(asked)))
    matcher = built(knowledge)
    rivals = {scorer: whole_string(knowledge, scorer) for scorer in SCORERS}
    finders: dict[str, Find] = {"magbot": lambda question: first(matcher, question), **rivals}
    right, times = dict.fromkeys(finders, 0), {finder: list[float]() for finder in finders}
    for turn in range(0, len(asked), TURN):
        for finder, find in finders.items():
            for question in asked[turn : turn + TURN]:
                started = time.perf_counter()
                found = find(question.question)
                times[finder].append(1000 * (time.perf_counter() - started))
                right[finder] += found in question.expected
    size = sum(len(entry.phrasings) for entry in knowledge.entries)
    say(f"{name}: {len(asked)} questions, {size} phrasings of {len(knowledge.entries)} entries")
    cut = len(asked) // 4
    for finder, taken in times.items():
        shown = f"  {finder:16} right {right[finder] / len(asked):.3f}"
        for label, part in (("first", slice(cut)), ("later", slice(cut, None))):
            milliseconds = median(taken[part])
            shown += f"   {label} {milliseconds:8.3f} ms {milliseconds / median(times['magbot'][part]):6.1f} times"
        say(shown)


def built(knowledge: Knowledge) -> Matcher:
    """Return the matcher, having printed what it took to make it."""
    started = time.perf_counter()
    matcher = Matcher(knowledge, English())
    taken = time.perf_counter() - started
    tracemalloc.start()
    Matcher(knowledge, English())
    memory, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    size = sum(len(entry.phrasings) for entry in knowledge.entries)
    say(f"matcher made in {1000 * taken:.0f} ms, {memory / size:.0f} bytes a phrasing")
    return matcher


def first(matcher: Matcher, question: str) -> str:
    """Return the id of the best entry."""
    matches = matcher.rank(question)
    return matches[0].entry.id if matches else ""


def whole_string(knowledge: Knowledge, scorer: str) -> Find:
    """Return what finds the nearest phrasing by one of rapidfuzz's scorers."""
    owners = [(normalize(phrasing.text), entry.id) for entry in knowledge.entries for phrasing in entry.phrasings]
    texts = [text for text, _ in owners]

    def find(question: str) -> str:
        best = process.extractOne(normalize(question), texts, scorer=SCORERS[scorer])
        return owners[best[2]][1]

    return find


def synthetic(size: int) -> tuple[Knowledge, list[LabelledQuestion]]:
    """Return a base of made-up words whose frequencies fall as those of English do, and questions to it."""
    draw = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["".join(draw.choices(letters, k=draw.randint(3, 9))) for _ in range(max(2000, size // 20))]
    chances = [1 / (rank + 3) for rank in range(len(vocabulary))]
    entries = []
    for number in range(size // PHRASINGS_AN_ENTRY):
        drawn = draw.choices(vocabulary, chances, k=PHRASINGS_AN_ENTRY * WORDS_A_PHRASING)
        texts = [drawn[at : at + WORDS_A_PHRASING] for at in range(0, len(drawn), WORDS_A_PHRASING)]
        entries.append(Entry(f"e{number}", tuple(Phrasing(" ".join(text)) for text in texts), "Answer."))
    questions = []
    for entry in draw.sample(entries, QUESTIONS):
        words = draw.choice(entry.phrasings).text.split()
        questions.append(LabelledQuestion(" ".join(words[:-1]), (entry.id,)))
    return Knowledge(tuple(entries)), questions


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
