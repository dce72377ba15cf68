"""Search for the questions that take longest, and show that their cost is bounded, however long they are.

python tests/benchmarks/worst.py [SECONDS] [SEED]

For each part of an answer and each length, questions are bred for that many seconds: from kinds of text
made to take long, changed and crossed, the costliest live on. Before each question all that is remembered
of others is forgotten, before ordinary ones, too. Times are of the processor, not of the wall.
"""

import random
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import median

from bot import FaqBot
from bot.loading.reading import load_questions
from bot.text import words

ORDINARY = Path(__file__).parent.parent / "questions" / "in-scope.yaml"
LENGTHS = (100, 1_000, 10_000, 100_000)
LIVING = 8  # questions that others are bred from
LETTERS = "abcdefghijklmnopqrstuvwxyz"
GLUE = [" ", ", ", ". ", " and ", " or ", " - ", "... ", "\n", "'", ""]
ODD = ["\u0316\u0301", "\ufdfa", "\u200b", "\u00e9", "\u6f22", "\U0001f600", "....", "1", "1,", "a", "in 2010", "can i"]

Genes = list[str]  # pieces of a question, which is they, again and again
Make = Callable[[random.Random], str]


def main() -> None:
    """Print a table for each part of an answer."""
    seconds, seed = (float(given) for given in (sys.argv[1:] + ["3", "1"][len(sys.argv) - 1 :]))
    bot, draw = FaqBot.load(), random.Random(int(seed))
    bot.ask("how much")  # so that the files are read
    makers = kinds(bot)
    asked = [question.question for question in load_questions(ORDINARY)]
    parts: dict[str, Callable[[str], object]] = {
        "FaqBot.ask": bot.ask,
        "Matcher.rank": bot.matcher.rank,
        "Lookout.present": bot.lookout.present,
        "Lookout.signs": lambda question: bot.lookout.signs(bot.lookout.present(question)),
    }
    for name, part in parts.items():
        ordinary = median(cost(bot, part, question) for question in asked)
        say(f"{name}: {len(asked)} ordinary questions, median {ordinary:.2f} ms")
        for length in LENGTHS:
            tried, question = worst(partial(cost, bot, part), makers, length, seconds, draw)
            taken = median(cost(bot, part, question) for _ in range(5))
            say(
                f"  {length:7,} characters, {tried:5,} tried: worst {taken:6.1f} ms, "
                f"{taken / ordinary:5.1f} times   {question[:40]!a}"
            )


def cost(bot: FaqBot, part: Callable[[str], object], question: str) -> float:
    """Return the milliseconds that a part of an answer takes if nothing is remembered of other questions."""
    bot.matcher._remember()
    bot.lookout._remember()
    bot._language._line.cache_clear()
    started = time.process_time()
    part(question)
    return 1000 * (time.process_time() - started)


def kinds(bot: FaqBot) -> list[Make]:
    """Return what makes pieces of questions, each of one kind."""
    phrasings = chain.from_iterable(entry.phrasings for entry in bot.knowledge.entries)
    known = sorted({word for phrasing in phrasings for word in words(phrasing.text)})
    rows = chain.from_iterable(entry.signs for entry in bot.knowledge.entries)
    signs = sorted({piece for row in rows for cell in row for piece in cell})
    denials = ["no", "not", "never", "without", "or", "nor", "but"]

    def slip(draw: random.Random) -> str:
        word = draw.choice(known)
        at = draw.randrange(len(word) + 1)
        return word[:at] + draw.choice(LETTERS) + word[at + draw.randrange(2) :]

    def invented(size: int) -> Make:
        return lambda draw: "".join(draw.choices(LETTERS, k=size))

    def one_of(some: list[str]) -> Make:
        return lambda draw: draw.choice(some)

    return [slip, *map(invented, (1, 3, 4, 5, 8, 40)), *map(one_of, (known, signs, denials, ODD))]


def worst(
    measure: Callable[[str], float], makers: list[Make], length: int, seconds: float, draw: random.Random
) -> tuple[int, str]:
    """Return how many questions were tried, and the costliest."""
    living: list[tuple[float, Genes]] = []
    tried, end = 0, time.monotonic() + seconds
    while tried < len(makers) or time.monotonic() < end:
        genes = pieces(makers[tried], length, draw) if tried < len(makers) else bred(living, makers, length, draw)
        living.append((measure(written(genes, length)), genes))
        living = sorted(living, key=lambda one: -one[0])[:LIVING]
        tried += 1
    return tried, written(living[0][1], length)


def pieces(make: Make, length: int, draw: random.Random) -> Genes:
    """Return pieces of one kind that fill what is read of a question."""
    glue, made, size = draw.choice(GLUE[:3]), list[str](), 0
    while size < min(length, LENGTHS[2]):
        made.append(make(draw) + glue)
        size += len(made[-1])
    return made


def bred(living: list[tuple[float, Genes]], makers: list[Make], length: int, draw: random.Random) -> Genes:
    """Return the pieces of a question, some of them replaced by others, by those of another or by a few repeated."""
    genes = draw.choice(living)[1]
    start, end = sorted(draw.randrange(len(genes) + 1) for _ in range(2))
    how = draw.randrange(4)
    if how == 0:
        return genes[:start] + pieces(draw.choice(makers), length, draw)[: end - start + 1] + genes[end:]
    if how == 1:
        return genes[:start] + draw.choice(living)[1][start:end] + genes[end:] or genes
    if how == 2:
        few = genes[start : start + draw.randint(1, 4)] or genes[:1]
        return genes[:start] + (few * (end - start))[: end - start] + genes[end:]
    make = draw.choice(makers)
    return [make(draw) + draw.choice(GLUE) if draw.random() < 0.1 else gene for gene in genes]


def written(genes: Genes, length: int) -> str:
    """Return the question that pieces make."""
    text = "".join(genes) or " "
    return (text * (length // len(text) + 1))[:length]


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
