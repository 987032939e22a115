"""What a prediction rests on, according to attention: three answers to one question.

    raw         the mean over the heads of the last layer
    rollout     R_l = (a A_l + (1 - a) I) R_(l-1) with A_l the mean over the heads of layer l: what
                reaches a place through all layers if attention carried it   Abnar & Zuidema 2020
    gradient    R_l = R_(l-1) + mean over heads of relu(A_l dS/dA_l) R_(l-1), with S the logarithm
                of the probability of the predicted token                    Chefer et al. 2021

Rollout and gradient start from R = I; the row of the place asked about is the answer. S. Abnar and
W. Zuidema, *Quantifying attention flow in transformers*, https://arxiv.org/abs/2005.00928; H.
Chefer, S. Gur and L. Wolf, *Generic attention-model explainability*,
https://arxiv.org/abs/2103.15679. Whether any of them is right is what ``deletion_test`` asks.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray

from models._attention_off import Off
from models._attention_reader import (
    Answer,
    Loaded,
    ModelName,
    Which,
    answer_at,
    ask,
)
from models._attention_text import Attention, as_attention
from models._gate import turn
from models._ranges import Range, checked

__all__ = ["METHODS", "Explanation", "Rollout", "explain", "explain_loaded", "roll", "rollout"]

METHODS = ("raw", "rollout", "gradient")
Residual = Annotated[float, Range(0.0, 0.9, 0.1)]
Weights = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Rollout:
    """Through how much of attention each token reaches each other, layer by layer."""

    values: Weights  # (layers, query, key) up to and with each layer; rows add up to 1
    labels: tuple[str, ...]  # (tokens,)


@dataclass(frozen=True, eq=False)
class Explanation:
    """What each way says a prediction rests on."""

    labels: tuple[str, ...]  # (tokens,)
    answer: Answer  # the prediction, its first candidate being explained
    raw: Weights  # (tokens,) share of each token; each adds up to 1
    rollout: Weights  # (tokens,)
    gradient: Weights  # (tokens,) all zeros: no gradient comes through


@checked
def rollout(
    attention: Attention | str,
    residual: Residual = 0.5,
    model: ModelName = "mini_bert",
    pair: str | None = None,
    off: Off = (),
) -> Rollout:
    """Follow attention through all layers, the way around each of them included.

    Args:
        attention: From ``attend``, or a text.
        residual: Share of a token's state that goes past a layer unchanged.
        model: For a text: the network.
        pair: For a text: a second one after it.
        off: For a text: heads to switch off, as in ``attend``.
    """
    attention = as_attention(attention, model, pair, off)
    keep = np.ones(attention.weights.shape[:2], bool)
    for switched in attention.off:
        keep[switched] = False
    return Rollout(roll(attention.weights, residual, keep), attention.labels)


def roll(weights: Weights, residual: float = 0.5, keep: NDArray[np.bool_] | None = None) -> Weights:
    """The rollout of (layers, heads, tokens, tokens) up to each layer; heads off carry nothing."""
    unchanged = np.eye(weights.shape[-1])
    rolled, stages = unchanged, []
    for number, heads in enumerate(weights):
        carrying = heads if keep is None else heads[keep[number]]
        if len(carrying):
            mean = carrying.mean(0, dtype=np.float64)
            mean = (1 - residual) * mean + residual * unchanged
            rolled = mean / mean.sum(-1, keepdims=True) @ rolled
        stages.append(rolled)
    return np.stack(stages).astype(np.float32)


@checked
def explain(
    text: str, model: ModelName = "mini_bert", pair: str | None = None, which: Which = 0
) -> Explanation:
    """Ask attention, in three ways, what the prediction at a hidden word rests on.

    Args:
        text: With a ``[MASK]``; for GPT-2, which predicts what comes next, any text.
        model: The network.
        pair: A second text after the first.
        which: Of several hidden words, from 0.

    Raises:
        InputError: ``no_mask``, ``mask_cut``, ``no_such_mask``; what ``attend`` raises.
    """
    loaded, place = ask(text, model, pair, which)
    return explain_loaded(loaded, place)


def explain_loaded(loaded: Loaded, place: int) -> Explanation:
    """The same of a text that is open."""
    with turn(), torch.enable_grad():
        after, kept = zip(*loaded.body.run(loaded.embed().requires_grad_()), strict=True)
        logs = loaded.log_probabilities(after[-1][:, place])[0]
        gradients = torch.autograd.grad(logs.max(), kept)
        logs = logs.detach()
    weights, slopes = (torch.cat(each).detach().float().cpu().numpy() for each in (kept, gradients))
    reading = loaded.reading
    return Explanation(
        labels=tuple(map(reading.shown, range(len(reading.tokens)))),
        answer=answer_at(loaded, place, logs),
        raw=_share(weights[-1].mean(0)[place]),
        rollout=_share(roll(weights)[-1, place]),
        gradient=_share(_relevance(weights, slopes)[place]),
    )


def _relevance(weights: Weights, gradients: Weights) -> Weights:
    """What came to each place, counting only attention that raised the prediction.

    The identity that relevance starts from is what the place knew of itself: it is left out.
    """
    unchanged = np.eye(weights.shape[-1])
    relevance = unchanged
    for heads, slopes in zip(weights, gradients, strict=True):
        useful = np.maximum(heads * slopes, 0).mean(0, dtype=np.float64)
        relevance = relevance + useful @ relevance
    return (relevance - unchanged).astype(np.float32)


def _share(values: NDArray[np.floating]) -> Weights:
    total = float(values.sum(dtype=np.float64))
    shares: Weights = (values / total if total > 0 else np.zeros_like(values)).astype(np.float32)
    return shares
