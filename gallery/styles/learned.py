"""Gram matrices of the paintings that styles were learned from; the paintings do not ship.

``training._style_grams`` wrote them down.
"""

import functools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.networks.loss_networks import TINY_VGG

__all__ = ["learned"]

FILE = Path(__file__).with_name("learned.npz")
Table = NDArray[np.float32]


@functools.cache
def learned(style: str) -> Mapping[str, Table] | None:
    """The matrices of a painting, layer by layer; ``None`` for a style that is no painting."""
    with np.load(FILE, allow_pickle=False) as tables:
        if f"{style}/{TINY_VGG.style[0]}" not in tables:
            return None
        return {layer: _whole(tables[f"{style}/{layer}"]) for layer in TINY_VGG.style}


def _whole(half: NDArray[np.float16]) -> Table:
    *_, exponent = half.astype(np.float32)
    side = round((np.sqrt(8 * (len(half) - 1) + 1) - 1) / 2)
    table = np.zeros((side, side), np.float32)
    table[np.triu_indices(side)] = half[:-1].astype(np.float32) * 2**exponent
    return np.maximum(table, table.T)  # no entry is negative
