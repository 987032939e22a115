"""Why this answer: which of the other words it rests on, told in two ways.

Leave one out: every other token is hidden in turn, and the fall of the answer's log probability
is what this token was worth. It asks the network itself, once for every token.

Gradient times input: the derivative of the answer's log probability by the embedding of a token,
times that embedding, is what the token is worth as far as a straight line can tell (Simonyan et
al., *Deep inside convolutional networks*, 2014; Denil et al., *Extraction of salient sentences*,
2014). It costs one pass back. Where the two disagree, the straight line is a poor picture of the
network.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr

from models._errors import InputError
from models._fill_rank import after_space, single_piece
from models._gate import turn
from models._masked import ModelName, ask_in_turn, mask_number, read_hidden
from models._ranges import Range, checked
from models._readers import (
    Effort,
    effort_of,
    find_model,
    inputs_of,
    network_of,
    runs_of,
    transformer_of,
)
from models._reading import Reading
from models._vocabulary import Candidate, candidate_of

__all__ = ["MOST_TOKENS", "Saliency", "saliency", "saliency_effort", "saliency_so_far"]

MOST_TOKENS = 128  # every one of them is a run of the network
FEWEST = 3  # tokens that an order can be compared on


@dataclass(frozen=True, eq=False)
class Saliency:
    """What each token was worth to one answer; positive: it spoke for it."""

    reading: Reading
    place: int  # of the hidden token that is asked about
    answer: Candidate  # that is explained, with its probability
    asked: NDArray[np.bool_]  # (tokens,) whether it was hidden in turn: neither added nor hidden
    left_out: NDArray[np.float32]  # (tokens,) fall of log2 p without it, bits; 0 where not asked
    gradient: NDArray[np.float32]  # (tokens,) gradient of log2 p times input, bits
    agreement: float | None  # rank correlation of both over the asked tokens, -1..1


@checked
def saliency(
    text: str,
    model: ModelName = "mini_bert",
    gap: Annotated[int, Range(0, 127)] = 0,
    word: str | None = None,
) -> Saliency:
    """Say which tokens the answer at a ``[MASK]`` rests on.

    Args:
        text: With one or several ``[MASK]``; at most 128 tokens are read.
        model: The network.
        gap: Which ``[MASK]``, from 0 in the order of the text.
        word: The answer to explain, one token of the vocabulary; None: the network's own.

    Returns:
        What each token is worth, by leaving it out and by the gradient, and their agreement.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask``, ``mask_cut``,
            ``masks_too_many``, ``gap_range``, ``word_empty``,
            ``word_too_long``, ``word_unknown``, ``word_pieces``.
    """
    *_, found = saliency_so_far(text, model, gap, word)
    return found


def saliency_so_far(
    text: str, model: ModelName = "mini_bert", gap: int = 0, word: str | None = None
) -> Generator[Saliency]:
    """The same for somebody who looks on: what is known after each run of the network.

    Yields:
        The gradient, and what the tokens were worth that have been left out so far.
    """
    reading = read_hidden(text, model, MOST_TOKENS)
    if gap >= len(reading.masks):
        raise InputError("gap_range", value=gap, count=len(reading.masks))
    place = reading.masks[gap]
    number = None
    if word:
        number = single_piece(word, model, after_space(reading, place))
    gradient, answer = _gradient(reading, model, place, number)
    return (
        Saliency(reading, place, answer, asked, worth, gradient, _agreement(worth, gradient, asked))
        for worth, asked in _left_out(reading, model, place, answer)
    )


def saliency_effort(
    text: str,
    model: ModelName = "mini_bert",
    gap: int = 0,
    word: str | None = None,
) -> Effort:
    """What ``saliency_so_far`` takes."""
    reading = read_hidden(text, model, MOST_TOKENS)
    rows, tokens = 1 + int(_asked(reading).sum()), len(reading.ids)
    return effort_of(runs_of(rows, tokens, model), rows * tokens, model)


def _asked(reading: Reading) -> NDArray[np.bool_]:
    """Which tokens are left out in turn: neither added nor hidden."""
    asked = ~reading.special
    asked[list(reading.masks)] = False
    return asked


def _gradient(
    reading: Reading, model: ModelName, place: int, number: int | None
) -> tuple[NDArray[np.float32], Candidate]:
    """Gradient times input of every token, and the answer that is explained."""
    network, kind, layers = network_of(model), find_model(model), transformer_of(model)
    inputs = inputs_of(reading, model)
    with turn(), torch.inference_mode(False), torch.enable_grad():
        table = kind.body_of(network).get_input_embeddings().weight
        vectors = table.detach()[inputs.pop("input_ids")].requires_grad_()  # (1, tokens, width)
        given = layers.embed(inputs_embeds=vectors, **inputs)
        state = layers.states_at(given, torch.tensor([[place]], device=given.device))
        row = kind.head(network, state)[0, 0].float().log_softmax(-1)
        target = int(row.argmax()) if number is None else number
        (slope,) = torch.autograd.grad(row[target], vectors)
    worth = (slope * vectors.detach()).sum(-1)[0].cpu().numpy() / np.log(2)
    answer = candidate_of(target, float(row.detach()[target].exp()), model)
    return worth.astype(np.float32), answer


def _left_out(
    reading: Reading, model: ModelName, place: int, answer: Candidate
) -> Generator[tuple[NDArray[np.float32], NDArray[np.bool_]]]:
    """How far the answer falls when each token is hidden in turn, and which have been so far."""
    hidden = np.flatnonzero(_asked(reading))
    rows = np.repeat(reading.ids[None], 1 + len(hidden), 0)  # the first one is left as it is
    rows[1 + np.arange(len(hidden)), hidden] = mask_number(model)
    numbers = np.full(len(rows), answer.number)
    for found in ask_in_turn(reading, model, rows, np.full(len(rows), place), numbers):
        worth, known = np.zeros(len(reading.ids), np.float32), np.zeros(len(reading.ids), bool)
        done = hidden[: len(found.own) - 1]
        worth[done] = (found.own[0] - found.own[1:]) / np.log(2)
        known[done] = True
        yield worth, known


def _agreement(
    one: NDArray[np.float32], other: NDArray[np.float32], asked: NDArray[np.bool_]
) -> float | None:
    if asked.sum() < FEWEST or np.ptp(one[asked]) == 0 or np.ptp(other[asked]) == 0:
        return None
    return float(spearmanr(one[asked], other[asked]).statistic)
