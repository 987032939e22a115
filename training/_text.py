"""Read the packed articles of Wikipedia, and draw rows of tokens from them.

A file holds articles with a blank line between them; each begins with a line ``= Title =`` and has
a paragraph a line. The last ``HELD`` articles of each language are never trained on. The articles
belong to their authors and are not part of this repository.
"""

import lzma
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "CLS",
    "LANGUAGES",
    "MASK",
    "SEP",
    "SPECIALS",
    "Rows",
    "Text",
    "draw_rows",
    "mask_words",
    "read_text",
    "train_vocabulary",
]

LANGUAGES = ("en", "zh")
HELD = 150  # articles at the end of each file
SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")  # numbers 0 to 4
CLS, SEP, MASK = 2, 3, 4
SENTENCE_ENDS = {
    "en": re.compile(r"(?<=[.!?]) (?=[A-Z\"'(])"),
    "zh": re.compile(r"(?<=[。！？；])"),
}
AT_ONCE = 20_000  # sentences handed to the tokenizer together
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Text:
    """All tokens of one language in a row, and where sentences and articles begin."""

    tokens: NDArray[np.uint16]  # (tokens,)
    sentences: NDArray[np.int32]  # (sentences,) places of their first tokens
    articles: NDArray[np.int32]  # (articles,)

    @property
    def split(self) -> int:
        """Where the first article begins that is held out."""
        return int(self.articles[-min(HELD, len(self.articles) // 2)])

    def starts(self, part: str) -> NDArray[np.int32]:
        """Where the sentences of ``train`` or ``held`` begin."""
        held = self.sentences >= self.split
        return self.sentences[held if part == "held" else ~held]

    def end_of_article(self, place: int) -> int:
        """Where the article around a token ends."""
        following = int(np.searchsorted(self.articles, place, side="right"))
        return int(self.articles[following]) if following < len(self.articles) else len(self.tokens)


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one length: ``[CLS] first [SEP] second [SEP]``, or one segment alone."""

    tokens: Numbers  # (rows, length)
    segments: Numbers  # (rows, length) 0 for the first, 1 for the second
    follows: Numbers  # (rows,) 0 the second follows the first, 1 it does not, -100 one segment


def _articles(file: Path) -> Iterator[list[str]]:
    for block in lzma.decompress(file.read_bytes()).decode("utf-8").split("\n\n"):
        yield [line for line in block.splitlines() if line and not line.startswith("=")]


def train_vocabulary(data: Path, size: int = 16_000) -> "Tokenizer":
    """Learn WordPiece from the articles: Chinese by character, English by piece, lower case.

    Args:
        data: Folder with ``wikipedia_en.txt.xz`` and ``wikipedia_zh.txt.xz``.
        size: Entries of the vocabulary, the five special tokens among them.

    Returns:
        A tokenizer without template: ``[CLS]`` and ``[SEP]`` are left to the caller.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=64))
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    chance = random.Random(0)

    def lines() -> Iterator[str]:
        for language in LANGUAGES:
            for article in _articles(data / f"wikipedia_{language}.txt.xz"):
                if language == "zh" or chance.random() < 0.5:  # as much of each, roughly
                    yield from article

    trainer = trainers.WordPieceTrainer(
        vocab_size=size, limit_alphabet=4900, min_frequency=10, special_tokens=list(SPECIALS)
    )
    tokenizer.train_from_iterator(lines(), trainer)
    return tokenizer


def read_text(data: Path, language: str, tokenizer: "Tokenizer", kept: Path) -> Text:
    """Turn the articles of a language into tokens, once.

    Args:
        data: Folder of the packed articles.
        language: ``en`` or ``zh``.
        tokenizer: What cuts sentences into tokens.
        kept: Folder where the result is kept for the next time.
    """
    file = kept / f"{language}.npz"
    if not file.exists():
        kept.mkdir(parents=True, exist_ok=True)
        text = _encode(data / f"wikipedia_{language}.txt.xz", language, tokenizer)
        np.savez(file, tokens=text.tokens, sentences=text.sentences, articles=text.articles)
    with np.load(file) as arrays:
        return Text(arrays["tokens"], arrays["sentences"], arrays["articles"])


def _encode(file: Path, language: str, tokenizer: "Tokenizer") -> Text:
    tokens: list[NDArray[np.uint16]] = []
    sentences: list[int] = []
    articles: list[int] = []
    place = 0
    waiting: list[tuple[str, bool]] = []  # a sentence, and whether it opens an article

    def flush() -> None:
        nonlocal place
        encoded = tokenizer.encode_batch([each for each, _ in waiting], add_special_tokens=False)
        opens = False
        for (_, first), pieces in zip(waiting, encoded, strict=True):
            opens |= first
            if pieces.ids:
                sentences.append(place)
                if opens:
                    articles.append(place)
                opens = False
                tokens.append(np.array(pieces.ids, np.uint16))
                place += len(pieces.ids)
        waiting.clear()

    for article in _articles(file):
        parts = [each for line in article for each in SENTENCE_ENDS[language].split(line)]
        parts = [each.strip() for each in parts if each.strip()]
        waiting += [(each, number == 0) for number, each in enumerate(parts)]
        if len(waiting) > AT_ONCE:
            flush()
    flush()
    return Text(np.concatenate(tokens), np.array(sentences, np.int32), np.array(articles, np.int32))


def draw_rows(
    text: Text,
    starts: NDArray[np.int32],
    count: int,
    length: int,
    generator: np.random.Generator,
    paired: float = 0.6,
) -> Rows:
    """Draw rows of text that begin with a sentence.

    Args:
        text: Where they come from.
        starts: Places where they may begin: ``text.starts("train")``.
        count: Rows.
        length: Tokens a row, the special ones among them.
        generator: Where the random numbers come from.
        paired: Share of rows with two segments. In half of these the second goes on where the
            first ends, in the other half it begins with any sentence of the language.
    """
    rows = Rows(
        np.empty((count, length), np.int64),
        np.zeros((count, length), np.int64),
        np.full(count, -100),
    )
    pairs = generator.random(count) < paired
    for row in range(count):
        fill = _fill_pair if pairs[row] else _fill_alone
        while not fill(rows, row, text, starts, generator):
            pass
    return rows


def _fill_alone(
    rows: Rows, row: int, text: Text, starts: NDArray[np.int32], generator: np.random.Generator
) -> bool:
    inside = rows.tokens.shape[1] - 2
    start = int(starts[generator.integers(len(starts))])
    if start + inside > text.end_of_article(start):
        return False
    rows.tokens[row] = [CLS, *text.tokens[start : start + inside], SEP]
    return True


def _fill_pair(
    rows: Rows, row: int, text: Text, starts: NDArray[np.int32], generator: np.random.Generator
) -> bool:
    length = rows.tokens.shape[1]
    number = int(generator.integers(len(starts)))
    start = int(starts[number])
    wanted = start + int(generator.integers(length // 4, 3 * length // 4))
    near = starts[number + 1 : number + 40]  # the sentence that begins around the wanted place
    after = number + 1 + int(np.searchsorted(near, wanted)) - int(generator.random() < 0.5)
    after = max(after, number + 1)
    if after >= len(starts):
        return False
    second = int(starts[after])
    first_length = second - start
    second_length = length - 3 - first_length
    if second_length < 8 or second + second_length > text.end_of_article(start):
        return False
    follows = generator.random() < 0.5
    if not follows:
        second = int(starts[generator.integers(len(starts))])
        if second + second_length > text.end_of_article(second):
            return False
    first_part = text.tokens[start : start + first_length]
    second_part = text.tokens[second : second + second_length]
    rows.tokens[row] = [CLS, *first_part, SEP, *second_part, SEP]
    rows.segments[row, first_length + 2 :] = 1
    rows.follows[row] = 0 if follows else 1
    return True


def mask_words(
    tokens: Numbers,
    continues: NDArray[np.bool_],
    generator: np.random.Generator,
    share: float = 0.15,
) -> tuple[Numbers, Numbers]:
    """Hide whole words, as BERT is trained: 80 % become ``[MASK]``, 10 % any token, 10 % stay.

    Args:
        tokens: (rows, length).
        continues: (vocabulary,) whether a piece goes on a word (``##ing``).
        generator: Where the random numbers come from.
        share: Of the words that are chosen.

    Returns:
        The changed tokens (rows, length), and the chosen places in the flattened rows (chosen,).
    """
    columns = np.arange(tokens.shape[1])[None]
    first = np.maximum.accumulate(np.where(continues[tokens], 0, columns), axis=1)
    chosen = np.take_along_axis(generator.random(tokens.shape), first, axis=1) < share
    chosen &= tokens >= len(SPECIALS)
    lot = generator.random(tokens.shape)
    changed = np.where(chosen & (lot < 0.8), MASK, tokens)
    other = chosen & (lot >= 0.9)
    changed[other] = generator.integers(len(SPECIALS), len(continues), int(other.sum()))
    return changed, np.flatnonzero(chosen)
