"""Fit the weights of the score: how likely the best entry is to be the right one.

    python tests/tools/fit_score.py KNOWLEDGE_DIR QUESTIONS [KNOWLEDGE_DIR QUESTIONS ...]

It needs scikit-learn. Urgent questions are left out, as the score does not decide on them; so are those that
are a phrasing of the base, which score 100. A question out of scope is answered right by an entry that is out of
scope. Every set has the same say, and in a set that has both, so have the questions in and out of scope.

Two logistic regressions in one, as both matter: whether the best entry is right (.3), and whether anything
in the base is (.7). A second one, on the first's result, makes the score the chance that the entry is right.
Prints the weights, then for each set the calibration: of the best entries with 0 to 9 points, 10 to 19, ...,
how many are right.
"""

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np  # type: ignore[import-not-found,unused-ignore]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found,import-untyped,unused-ignore]

from bot import FaqBot
from bot.knowledge import NOTHING
from bot.loading.reading import load_questions
from bot.matching import _ODDS

SCOPE_SHARE = 0.7


class Labelled(NamedTuple):
    """The signals of the best entries, shape (questions, signals), and what is true of each."""

    signals: Any
    right: Any
    in_scope: Any
    declined: Any

    @property
    def share(self) -> Any:
        """The say of each question: those in scope and those out of scope have half each."""
        counts = [max(1, (self.in_scope == kind).sum()) for kind in (False, True)]
        return np.where(self.in_scope, 1 / counts[1], 1 / counts[0])


def labelled(bot: FaqBot, file: str) -> Labelled:
    """Return what the matcher sees in each question."""
    rows = []
    for question in load_questions(Path(file)):
        matches = bot.matcher.rank(question.question)
        if not matches or matches[0].score == 100 or any(name.startswith("urgent") for name in question.expected):
            continue
        signals = [part / _ODDS[name] for name, part in bot.matcher.odds(question.question).items()]
        best, in_scope = matches[0].entry, NOTHING not in question.expected
        right = best.id in question.expected or (best.out_of_scope and not in_scope)
        rows.append((signals, right, in_scope, best.out_of_scope))
    return Labelled(*(np.array(column) for column in zip(*rows, strict=True)))


def main(arguments: list[str]) -> None:
    """Fit and print."""
    sets = [labelled(FaqBot.load(folder), file) for folder, file in list(pairwise(arguments))[::2]]
    scoped = [each for each in sets if not each.in_scope.all()]
    rows = np.concatenate([each.signals for each in sets] + [each.signals[~each.declined] for each in scoped])
    truth = np.concatenate([each.right for each in sets] + [each.in_scope[~each.declined] for each in scoped])
    share = [(1 - SCOPE_SHARE) * each.share for each in sets] + [
        SCOPE_SHARE * each.share[~each.declined] for each in scoped
    ]
    both = LogisticRegression(C=1e4, max_iter=5000, fit_intercept=False).fit(rows, truth, 500 * np.concatenate(share))
    odds = np.concatenate([each.signals for each in sets]) @ both.coef_[0]
    shares = 500 * np.concatenate([each.share for each in sets])
    scale = LogisticRegression(C=1e4).fit(odds[:, None], np.concatenate([each.right for each in sets]), shares)
    weights = scale.coef_[0, 0] * both.coef_[0]
    weights[0] += scale.intercept_[0]
    print("weights:", ", ".join(f"{weight:.2f}" for weight in weights))  # noqa: T201
    for file, each in zip(arguments[1::2], sets, strict=True):
        tens = (10 / (1 + np.exp(-each.signals @ weights))).astype(int)
        found = [
            f"{10 * ten}: {each.right[tens == ten].mean():.2f} of {(tens == ten).sum()}" for ten in sorted(set(tens))
        ]
        print(Path(file).name, "; ".join(found))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
