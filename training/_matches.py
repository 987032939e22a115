"""Let one head of a reading network begin as one that looks for shared words.

Whether a second text follows a first shows in the rare words that stand in both: counting them is
right about more pairs than our network so far (``baselines`` on its card). So a head of the first
layer is taught first, apart from the rest: a rare word looks at the same word in the other text,
every other token at ``[CLS]``. What comes of that is left to the training, in which the head stays
free to change.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from training._text import SPECIALS, Text

__all__ = ["Pairs", "least_used", "rare_words", "shared_words", "start_with_matches"]

COMMON = 150  # most frequent tokens of each language, which say nothing of what a text is about
STEPS = 260
RATE = 5e-3
QUIET = 0.02  # spread of the weights that hand on what the head sees, at the start


class Pairs(Protocol):
    """Rows of two texts, with hidden words: a ``Batch`` of the recipe."""

    @property
    def tokens(self) -> torch.Tensor:
        """Int64 (rows, length)."""

    @property
    def segments(self) -> torch.Tensor:
        """Int64 (rows, length), 0 in the first text and 1 in the second."""


def rare_words(texts: Iterable[Text], size: int) -> torch.Tensor:
    """Which tokens of the vocabulary are neither special nor among the most frequent: (size,)."""
    rare = torch.ones(size, dtype=torch.bool)
    rare[: len(SPECIALS)] = False
    for text in texts:
        counts = np.bincount(text.tokens[: text.split], minlength=size)
        rare[torch.from_numpy(np.argsort(-counts, kind="stable")[:COMMON])] = False
    return rare


def shared_words(pairs: Pairs, rare: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Say where each token should look.

    Returns:
        The shares of its look (rows, length, length), and which tokens are rare words that stand in
        the other text too (rows, length); the others look at the first place.
    """
    tokens, segments = pairs.tokens, pairs.segments
    same = (tokens[:, :, None] == tokens[:, None]) & (segments[:, :, None] != segments[:, None])
    same &= rare[tokens][:, :, None]
    found = same.any(2)
    looks = same.float()
    looks[:, :, 0] += (~found).float()
    return looks / looks.sum(2, keepdim=True), found


@torch.no_grad()
def least_used(network: Any, loss: Callable[[], torch.Tensor]) -> int:
    """Find the head of the first layer without which a loss grows least."""
    output = network.bert.encoder.layer[0].attention.output.dense.weight
    heads = output.view(len(output), network.config.num_attention_heads, -1)
    losses = []
    for head in range(heads.shape[1]):
        kept = heads[:, head].clone()
        heads[:, head] = 0
        losses.append(float(loss()))
        heads[:, head] = kept
    return int(np.argmin(losses))


def start_with_matches(
    network: Any, draw: Callable[[], Pairs], rare: torch.Tensor, head: int, steps: int = STEPS
) -> None:
    """Teach a head of the first layer to look for the same rare word in the other text.

    Args:
        network: A ``BertForPreTraining``; the head of it is changed.
        draw: Gives rows of two texts.
        rare: (vocabulary,) which words count: ``rare_words``.
        head: Which head; what it did before is lost.
        steps: Batches that it is shown.
    """
    layer = network.bert.encoder.layer[0].attention
    width = network.config.hidden_size // network.config.num_attention_heads
    query, key = (_projection(network.config.hidden_size, width) for _ in range(2))
    key.load_state_dict(query.state_dict())  # a word meets itself from the first step on
    weights = [*query.parameters(), *key.parameters()]
    optimiser = torch.optim.Adam(weights, lr=RATE)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.01, steps)
    for _ in range(steps):
        pairs = draw()
        with torch.no_grad():
            states = network.bert.embeddings(pairs.tokens, pairs.segments)
        looks, found = shared_words(pairs, rare)
        scores = query(states) @ key(states).transpose(1, 2) / width**0.5
        missed = -(looks * F.log_softmax(scores, 2)).sum(2)
        loss = 0.5 * missed[~found].mean()
        if found.any():
            loss = loss + 0.5 * missed[found].mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    rows = slice(head * width, (head + 1) * width)
    with torch.no_grad():
        for taught, place in ((query, layer.self.query), (key, layer.self.key)):
            place.weight[rows], place.bias[rows] = taught.weight, taught.bias
        value = _projection(network.config.hidden_size, width)
        layer.self.value.weight[rows], layer.self.value.bias[rows] = value.weight, value.bias
        nn.init.normal_(layer.output.dense.weight[:, rows], std=QUIET)


def _projection(wide: int, narrow: int) -> nn.Linear:
    """Onto some directions at right angles to each other."""
    made = nn.Linear(wide, narrow)
    nn.init.orthogonal_(made.weight, gain=0.5)
    nn.init.zeros_(made.bias)
    return made
