"""Ask one bot many questions, as a busy host would: questions a second, the slowest, and the memory it grows by.

python tests/benchmarks/load.py [QUESTIONS] [FILE]
"""

import random
import resource
import sys
import time
from array import array
from pathlib import Path

from bot import FaqBot
from bot.loading.reading import load_questions

SHIPPED_QUESTIONS = Path(__file__).parent.parent / "questions" / "in-scope.yaml"


def main() -> None:
    """Print the figures for the first hundredth and for all of the questions."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    asked = [question.question for question in load_questions(sys.argv[2] if len(sys.argv) > 2 else SHIPPED_QUESTIONS)]
    draw, bot = random.Random(1), FaqBot.load()
    times = array("d")  # a list of numbers would be most of what the memory grows by
    for number in range(1, size + 1):
        words = draw.choice(asked).split()
        words[draw.randrange(len(words))] += draw.choice("abcdefghij")  # so that new misspellings keep coming
        started = time.perf_counter()
        bot.ask(" ".join(words))
        times.append(1000 * (time.perf_counter() - started))
        if number in (size // 100, size):
            ordered = sorted(times)
            middle, slow = ordered[number // 2], ordered[number * 99 // 100]
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            sys.stdout.write(
                f"{number:,} questions: {1000 * number / sum(times):,.0f} a second, median {middle:.1f} ms, "
                f"99 of 100 under {slow:.1f} ms, {memory:.0f} MiB at most\n"
            )


if __name__ == "__main__":
    main()
