"""Two ways to turn slopes into steps: Adam, and L-BFGS as Gatys et al. used it.

Both take one slope a step and nothing else. L-BFGS asks how the slope changed over its last steps,
and so guesses the curvature that a plain step down the slope knows nothing of. Sources: Kingma and
Ba, *Adam: A Method for Stochastic Optimization*, 2015, https://arxiv.org/abs/1412.6980; Nocedal
and Wright, *Numerical Optimization*, 2006, algorithms 7.4 and 7.5. What they give is held to
torch.optim, which takes seconds to import and is not needed here.
"""

from collections import deque
from typing import Protocol

import torch

__all__ = ["Adam", "LimitedMemory", "Stepper"]


class Stepper(Protocol):
    """What turns the slope at a point into a move from there."""

    def step(self, slope: torch.Tensor) -> torch.Tensor:
        """The move, in the shape of the slope."""
        ...


class Adam:
    """Follow the mean of past slopes, each pixel by how much its slope usually is."""

    def __init__(self, rate: float) -> None:
        """Begin with no past; ``rate`` is about how far a value moves in a step."""
        self.rate, self.steps = rate, 0
        self.mean: torch.Tensor | float = 0.0
        self.square: torch.Tensor | float = 0.0

    def step(self, slope: torch.Tensor) -> torch.Tensor:
        """The move, in the shape of the slope."""
        self.steps += 1
        self.mean = 0.9 * self.mean + 0.1 * slope
        self.square = 0.999 * self.square + 0.001 * slope.square()
        mean = self.mean / (1 - 0.9**self.steps)
        usual = (self.square / (1 - 0.999**self.steps)).sqrt()
        return -self.rate * mean / (usual + 1e-8)


class LimitedMemory:
    """L-BFGS with steps of length 1, which guess right once there is a past to learn from."""

    def __init__(self, memory: int) -> None:
        """Begin with no past; ``memory`` steps of it will be kept."""
        self.past: deque[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = deque(maxlen=memory)
        self.slope: torch.Tensor | None = None
        self.move: torch.Tensor | None = None

    def step(self, slope: torch.Tensor) -> torch.Tensor:
        """The move, in the shape of the slope."""
        flat = slope.flatten()
        move = self._guess(flat)
        if move is None or move.dot(flat) > 0:  # nothing known, or it would lead upwards
            self.past.clear()
            move = -flat / max(1.0, float(flat.abs().sum()))
        self.slope, self.move = flat, move
        return move.view_as(slope)

    def _guess(self, slope: torch.Tensor) -> torch.Tensor | None:
        """The slope through what is known of the curvature: the two loops of algorithm 7.4."""
        if self.slope is None or self.move is None:
            return None
        change = slope - self.slope
        agreement = change.dot(self.move)
        if agreement > 0:
            self.past.append((self.move, change, agreement))
        if not self.past:
            return None
        move, shares = -slope, []
        for moved, changed, agreed in reversed(self.past):
            shares.append(moved.dot(move) / agreed)
            move = move - shares[-1] * changed
        _, changed, agreed = self.past[-1]
        move = move * (agreed / changed.dot(changed))
        for (moved, changed, agreed), share in zip(self.past, reversed(shares), strict=True):
            move = move + (share - changed.dot(move) / agreed) * moved
        return move
