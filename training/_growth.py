"""Give a trained network more neurons, so that it can learn what it had no room for.

The new neurons begin without a say: what the network answers does not change (T. Chen et al.,
*Net2Net: accelerating learning via knowledge transfer*, 2016, https://arxiv.org/abs/1511.05641).
"""

from typing import Any

import torch
from torch import nn

__all__ = ["widen"]


@torch.no_grad()
def widen(network: Any, neurons: int) -> None:
    """Give the feed-forward part of every layer more neurons.

    Args:
        network: A ``BertForPreTraining``; it is changed, and so are its settings.
        neurons: Of each layer, when it is done; no fewer than now.
    """
    for layer in network.bert.encoder.layer:
        inner, outer = layer.intermediate, layer.output
        inner.dense = _larger(inner.dense, inner.dense.in_features, neurons)
        outer.dense = _larger(outer.dense, neurons, outer.dense.out_features)
    network.config.intermediate_size = neurons


def _larger(old: nn.Linear, inputs: int, outputs: int) -> nn.Linear:
    """The same layer with zeros for new inputs, and new outputs as strong as the old ones."""
    new = nn.Linear(inputs, outputs)
    rows, columns = old.weight.shape
    new.weight.zero_()
    nn.init.normal_(new.weight[rows:], std=old.weight.std().item())
    new.weight[:rows, :columns] = old.weight
    new.bias.zero_()
    new.bias[:rows] = old.bias
    return new
