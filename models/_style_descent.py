"""Going down the slope of J: one forward and one backward pass a step."""

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Literal

import torch

from models._gate import turn
from models._images import Pixels
from models._style_goal import Goal, Terms
from models._style_pictures import to_pixels
from models._style_steps import Adam, LimitedMemory, Stepper

__all__ = ["Descent", "Losses", "Optimiser", "Step"]

Optimiser = Literal["lbfgs", "adam"]
RATE = 0.03  # of Adam, in a picture of values 0..1
MEMORY = 20  # steps of which L-BFGS knows
WORSE = 10.0  # times the best J so far: L-BFGS has lost its way


@dataclass(frozen=True)
class Losses:
    """The terms of J for one picture; a term whose factor is 0 is not measured and stands as 0."""

    total: float  # alpha J_content + beta J_style + gamma V
    content: float  # J_content, without alpha
    style: float  # J_style, without beta
    variation: float  # V, without gamma
    weighted: dict[str, float]  # content, style, variation with their factors: they add up to total
    layers: dict[str, float]  # J_style of each layer, without its weight


@dataclass(frozen=True, eq=False)
class Step:
    """One picture of the film."""

    step: int  # 0 is the picture that it starts from
    steps: int
    pixels: Pixels  # (height, width, 3) RGB
    losses: Losses  # of this picture


class Descent:
    """One search for a picture."""

    def __init__(self, goal: Goal, start: torch.Tensor, optimiser: Optimiser) -> None:
        """Begin.

        Args:
            goal: What the picture is measured against.
            start: (1, 3, height, width) in 0..1.
            optimiser: What turns slopes into steps.
        """
        self.goal, self.kind = goal, optimiser
        self.picture = start.detach().clone(memory_format=torch.contiguous_format)
        self.best, self.least = self.picture, float("inf")
        self.stepper = self._fresh()

    def _fresh(self) -> Stepper:
        return Adam(RATE) if self.kind == "adam" else LimitedMemory(MEMORY)

    def run(self, steps: int, finish: Callable[[Pixels], Pixels] | None = None) -> Generator[Step]:
        """Go down; whoever stops asking stops the work.

        Args:
            steps: How often the picture is changed.
            finish: What is done to a picture before it is shown; None: nothing.

        Yields:
            ``steps`` + 1 pictures, each with its losses.
        """
        for step in range(steps + 1):
            with turn():
                pixels = to_pixels(self.picture)[0]
                losses = self._advance() if step < steps else self._look()
            yield Step(step, steps, finish(pixels) if finish else pixels, losses)

    def _look(self) -> Losses:
        with torch.no_grad():
            return self._losses(self.goal.terms(self.picture))

    def _advance(self) -> Losses:
        """One step; the losses are those of the picture before it."""
        before = self.picture
        with torch.enable_grad():
            picture = before.clone().requires_grad_()
            terms = self.goal.terms(picture)
            (slope,) = torch.autograd.grad(terms.total, picture)
        losses = self._losses(terms)
        if losses.total < self.least:
            self.best, self.least = before, losses.total
        after = before + self.stepper.step(slope)
        if losses.total > WORSE * self.least or not math.isfinite(float(after.sum())):
            after, self.stepper = self.best, self._fresh()  # it led nowhere: back to the best
        self.picture = after.clamp(0, 1)
        return losses

    def _losses(self, terms: Terms) -> Losses:
        names = ("content", "style", "variation")
        values = {name: float(getattr(terms, name).detach()) for name in names}
        weighted = {
            name: factor * values[name]
            for name, factor in zip(names, self.goal.factors, strict=True)
        }
        layers = {name: float(value.detach()) for name, value in terms.layers.items()}
        return Losses(float(terms.total.detach()), **values, weighted=weighted, layers=layers)
