"""Compare a whole `magbot ask` with the imports that it cannot do without: wall time, pair by pair.

python tests/benchmarks/start.py [PAIRS]

The first answer after a change of the knowledge, which reads all of it, is timed apart.
"""

import os
import subprocess
import sys
import tempfile
import time
from statistics import median

ASK = [sys.executable, "-m", "bot", "ask", "how much magnesium should i take"]
IMPORTS = [sys.executable, "-c", "import yaml, rapidfuzz.fuzz"]


def main() -> None:
    """Print the medians and their ratio."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as caches:
        os.environ["XDG_CACHE_HOME"] = os.environ["LOCALAPPDATA"] = caches
        first = seconds(ASK)
        times = [(seconds(ASK), seconds(IMPORTS)) for _ in range(pairs)]
    ask, imports = (median(column) for column in zip(*times, strict=True))
    sys.stdout.write(
        f"first answer {1000 * first:.0f} ms, later ones {1000 * ask:.0f} ms, imports alone {1000 * imports:.0f} ms: "
        f"{ask / imports:.1f} times as long (median of {pairs} pairs)\n"
    )


def seconds(command: list[str]) -> float:
    """Return how long a command takes from start to end."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
