"""How BERT was trained, on the visitor's own text: words to hide, and pairs to judge.

Hidden words: 15 % of the words are chosen. Of the chosen tokens 80 % become ``[MASK]``, 10 % some
other token, and 10 % stay as they are, so that the network can never be sure that a word it sees is
the right one. Only the chosen tokens count. Pairs: of half of them the second text follows the
first, of the other half it is from elsewhere, and the state of ``[CLS]`` has to tell. Source:
J. Devlin et al., *BERT*, 2019, section 3.1, https://arxiv.org/abs/1810.04805.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from models._errors import InputError
from models._gate import turn
from models._masked import ModelName, mask_number, read_plain
from models._ranges import Range, checked
from models._readers import find_model, inputs_of, network_of
from models._reading import Reading, clean, read
from models._vocabulary import vocabulary_of
from models.networks._language import tokenizer_of

__all__ = [
    "Chosen",
    "Fate",
    "Follows",
    "Sight",
    "Visibility",
    "choose_masks",
    "next_sentence",
    "visible",
]

Fate = Literal["not_chosen", "masked", "replaced", "kept"]
SHARE = 0.15  # of the words
MASKED, REPLACED = 0.8, 0.9  # of the lot: below the first, below the second, above both
Sight = Literal["bert", "gpt"]


@dataclass(frozen=True, eq=False)
class Chosen:
    """A text as BERT would be shown it in training."""

    reading: Reading  # the text as it is
    fates: tuple[Fate, ...]  # (tokens,) what happens to each
    tokens: tuple[str, ...]  # (tokens,) what the network is shown
    ids: NDArray[np.int64]  # (tokens,) of those
    words: int  # of the text
    chosen: int  # words that the network has to answer


@dataclass(frozen=True, eq=False)
class Follows:
    """Whether a text follows another one."""

    reading: Reading  # both texts as tokens, and what was cut
    probability: float  # that the second follows the first


@dataclass(frozen=True, eq=False)
class Visibility:
    """Which tokens may be looked at from which."""

    reading: Reading
    sees: NDArray[np.bool_]  # (tokens, tokens) row: who looks, column: what it may look at


@checked
def choose_masks(
    text: str,
    model: ModelName = "mini_bert",
    seed: Annotated[int, Range(0, 2**31 - 1, 1)] = 0,
) -> Chosen:
    """Choose words of a text as in BERT's training; every seed is another draw.

    Args:
        text: Any text.
        model: Whose tokens.
        seed: Of the random numbers; the same seed chooses the same words.

    Returns:
        What happens to each token, and what the network would be shown.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_words``.
    """
    reading = read_plain(text, model)
    generator = np.random.default_rng(seed)
    ordinary = ~reading.special
    ordinary[list(reading.masks)] = False
    words = np.unique(reading.words[ordinary])
    if not len(words):
        raise InputError("no_words")
    count = max(1, round(SHARE * len(words)))
    chosen = ordinary & np.isin(reading.words, generator.permutation(words)[:count])
    lot = np.where(chosen, generator.random(len(chosen)), -1.0)
    others = generator.choice(_ordinary_numbers(model), len(chosen))
    masked, replaced = (lot >= 0) & (lot < MASKED), (lot >= MASKED) & (lot < REPLACED)
    ids = np.where(masked, mask_number(model), np.where(replaced, others, reading.ids))
    tokens = vocabulary_of(model).tokens
    names: tuple[Fate, ...] = ("not_chosen", "masked", "replaced", "kept")
    kinds = np.select([~chosen, masked, replaced], [0, 1, 2], 3)
    return Chosen(
        reading=reading,
        fates=tuple(names[kind] for kind in kinds),
        tokens=tuple(tokens[number] for number in ids),
        ids=ids,
        words=len(words),
        chosen=count,
    )


@checked
def next_sentence(first: str, second: str, model: ModelName = "mini_bert") -> Follows:
    """Say how probable it is that the second text follows the first.

    Args:
        first: A sentence or a few.
        second: What may come after it.
        model: A network that was trained on pairs.

    Returns:
        The probability, and both texts as tokens.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_next_sentence``.
    """
    kind = find_model(model)
    if not kind.follows:
        raise InputError("no_next_sentence", model=kind.spec.title)
    clean(first), clean(second)
    network = network_of(model)
    reading = read(first, kind, second)
    with turn(), torch.inference_mode():
        state = kind.body_of(network)(**inputs_of(reading, model)).pooler_output
        chances = network.cls.seq_relationship(state)[0].float().softmax(-1).cpu()
    return Follows(reading, float(chances[0]))  # 0: it follows; 1: it is from elsewhere


@checked
def visible(text: str, sight: Sight = "bert", model: ModelName = "mini_bert") -> Visibility:
    """Say which tokens may look at which: BERT sees the whole text, GPT what stands before.

    Args:
        text: Any text.
        sight: ``bert``: everything; ``gpt``: itself and what stands before it.
        model: Whose tokens.

    Returns:
        A table with a row for each token that looks.

    Raises:
        InputError: ``text_empty``, ``text_too_long``.
    """
    reading = read_plain(text, model)
    sees = np.ones((len(reading.ids), len(reading.ids)), bool)
    return Visibility(reading, np.tril(sees) if sight == "gpt" else sees)


def _ordinary_numbers(model: ModelName) -> NDArray[np.int64]:
    """The ids of all tokens but the special ones."""
    tokenizer = tokenizer_of(find_model(model))
    special = [n for n, each in tokenizer.get_added_tokens_decoder().items() if each.special]
    return np.setdiff1d(np.arange(tokenizer.get_vocab_size()), special)
