"""The training loop that the recipes share: a time budget, a schedule, an average, a checkpoint.

Training runs until its minutes are used up, not for a number of epochs, so that a recipe gives the
best it can on any machine. The learning rate is a function of the share of the budget that is done.
"""

import argparse
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training._halves import halves

__all__ = [
    "Kept",
    "Plan",
    "arguments",
    "descent",
    "done_of",
    "plan_of",
    "rate",
    "restore",
    "save",
    "train",
]

RUNS = Path("runs")


class Kept(Protocol):
    """What a checkpoint keeps the state of."""

    def state_dict(self) -> dict[str, Any]:
        """The state."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> Any:
        """Go on from it."""


LossOf = Callable[[nn.Module, float, torch.Generator], torch.Tensor]
Optimisers = list[torch.optim.Optimizer]


@dataclass(frozen=True)
class Plan:
    """How long, how fast and where to train."""

    folder: Path  # for the checkpoint and the log
    minutes: float = 100.0
    steps: int | None = None  # ends the training earlier; the schedule then counts steps
    device: str = "cpu"
    peak: float = 0.4  # highest learning rate
    warmup: float = 0.1  # share of the budget until the peak
    momentum: float = 0.9
    decay: float = 5e-4  # of weights; biases and normalisations are left alone
    clip: float | None = None  # largest norm of the gradient of all weights together
    averaging: float = 0.998  # share of the running average that stays at each step
    save_minutes: float = 5.0
    resume: bool = False


@dataclass
class _State:
    """All that a checkpoint holds."""

    network: nn.Module
    average: AveragedModel
    optimisers: Optimisers
    generator: torch.Generator
    step: int = 0
    seconds: float = 0.0
    log: list[Mapping[str, float]] = field(default_factory=list)

    @property
    def parts(self) -> tuple[Kept, ...]:
        return self.network, self.average, *self.optimisers


def arguments(description: str, name: str, starts: bool = False) -> argparse.ArgumentParser:
    """Make the command line that every recipe has; ``starts``: it can go on from saved weights."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder of the packed photos")
    parser.add_argument("--runs", type=Path, default=RUNS / name, help="checkpoint and log")
    parser.add_argument("--minutes", type=float, default=100.0)
    parser.add_argument("--steps", type=int, help="stop after so many steps")
    parser.add_argument("--peak", type=float, default=0.4, help="highest learning rate")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    if starts:
        parser.add_argument("--start", type=Path, help="saved weights to go on from")
    return parser


def plan_of(given: argparse.Namespace, **settings: Any) -> Plan:
    """Turn the command line into a plan, with what the recipe sets itself."""
    return Plan(
        folder=given.runs,
        minutes=given.minutes,
        steps=given.steps,
        device=given.device,
        peak=given.peak,
        resume=given.resume,
        **settings,
    )


def rate(done: float, peak: float, warmup: float) -> float:
    """Learning rate: a straight line up to the peak, then half a cosine down to zero.

    >>> [round(rate(done, 0.4, 0.1), 3) for done in (0.0, 0.05, 0.1, 0.55, 1.0)]
    [0.0, 0.2, 0.4, 0.2, 0.0]
    """
    if done < warmup:
        return peak * done / warmup
    return peak * 0.5 * (1 + math.cos(math.pi * min(1.0, (done - warmup) / (1 - warmup))))


def done_of(plan: Plan, step: int, seconds: float) -> float:
    """Share of the budget that is used up: of its minutes, or of its steps if that is more."""
    by_time = seconds / (plan.minutes * 60)
    return by_time if plan.steps is None else max(by_time, step / plan.steps)


def save(
    folder: Path, parts: Sequence[Kept], generator: torch.Generator, rest: Mapping[str, Any]
) -> None:
    """Write ``checkpoint.pt``, never half of it.

    Args:
        folder: Where to.
        parts: Networks, optimisers and what else has a state.
        generator: Of random numbers.
        rest: Values to be given back.
    """
    states = {"parts": [each.state_dict() for each in parts], "generator": generator.get_state()}
    temporary = folder / "checkpoint.partial"
    torch.save({**states, "rest": dict(rest)}, temporary)
    temporary.replace(folder / "checkpoint.pt")


def restore(plan: Plan, parts: Sequence[Kept], generator: torch.Generator) -> dict[str, Any]:
    """Give the same parts back their states, and the generator its own; return the rest."""
    file = plan.folder / "checkpoint.pt"
    saved = torch.load(file, map_location=plan.device, weights_only=True)
    for each, state in zip(parts, saved["parts"], strict=True):
        each.load_state_dict(state)
    generator.set_state(saved["generator"].cpu())
    rest: dict[str, Any] = saved["rest"]
    return rest


def descent(network: nn.Module, plan: Plan) -> Optimisers:
    """Stochastic gradient descent with Nesterov's momentum."""
    parameters = list(network.parameters())
    groups = [
        {"params": [each for each in parameters if each.ndim > 1], "weight_decay": plan.decay},
        {"params": [each for each in parameters if each.ndim == 1], "weight_decay": 0.0},
    ]
    return [torch.optim.SGD(groups, lr=plan.peak, momentum=plan.momentum, nesterov=True)]


def train(
    network: nn.Module,
    loss_of: LossOf,
    plan: Plan,
    optimisers_of: Callable[[nn.Module, Plan], Optimisers] = descent,
    measure: Callable[[nn.Module], Mapping[str, float]] = lambda _: {},
) -> nn.Module:
    """Train a network until the budget is used up.

    Args:
        network: Untrained, or with the weights to go on from.
        loss_of: Draws a batch and gives its loss, from (network, share of the budget done,
            generator of its random numbers). It is called under ``halves``.
        plan: Budget, rates and folder.
        optimisers_of: Makes what moves the weights; the rate that each group of parameters is
            made with is its highest.
        measure: Figures for the log, from the averaged network, whenever it is saved.

    Returns:
        The running average of the network's weights, in evaluation mode.
    """
    plan.folder.mkdir(parents=True, exist_ok=True)
    state = _start(network, plan, optimisers_of)
    network.train()
    began, saved = time.monotonic() - state.seconds, state.seconds
    losses: list[float] = []
    while (done := _done(state, plan)) < 1:
        losses.append(_step(state, loss_of, done, plan))
        state.step += 1
        state.seconds = time.monotonic() - began
        if state.seconds - saved > plan.save_minutes * 60 or _done(state, plan) >= 1:
            _report(state, losses, plan, measure)
            saved, losses = state.seconds, []
    return state.average.module.eval()


def _start(
    network: nn.Module, plan: Plan, optimisers_of: Callable[[nn.Module, Plan], Optimisers]
) -> _State:
    network.to(plan.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    blend = get_ema_multi_avg_fn(plan.averaging)  # type: ignore[no-untyped-call]
    average = AveragedModel(network, multi_avg_fn=blend, use_buffers=True)
    optimisers = optimisers_of(network, plan)
    for group in _groups(optimisers):
        group["peak"] = group["lr"]
    state = _State(network, average, optimisers, torch.Generator().manual_seed(0))
    if plan.resume:
        saved = restore(plan, state.parts, state.generator)
        state.step, state.seconds, state.log = saved["step"], saved["seconds"], saved["log"]
    return state


def _groups(optimisers: Optimisers) -> list[dict[str, Any]]:
    return [group for each in optimisers for group in each.param_groups]


def _done(state: _State, plan: Plan) -> float:
    return done_of(plan, state.step, state.seconds)


def _step(state: _State, loss_of: LossOf, done: float, plan: Plan) -> float:
    for group in _groups(state.optimisers):
        group["lr"] = rate(done, group["peak"], plan.warmup)
    with halves(plan.device):
        loss = loss_of(state.network, done, state.generator)
    state.network.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    if plan.clip is not None:
        nn.utils.clip_grad_norm_(state.network.parameters(), plan.clip)
    for optimiser in state.optimisers:
        optimiser.step()
    state.average.update_parameters(state.network)
    return loss.item()


def _report(
    state: _State,
    losses: list[float],
    plan: Plan,
    measure: Callable[[nn.Module], Mapping[str, float]],
) -> None:
    row = {
        "step": state.step,
        "minutes": round(state.seconds / 60, 2),
        "loss": round(sum(losses) / len(losses), 4),
        **measure(state.average.module),
    }
    state.log.append(row)
    print(json.dumps(row), flush=True)
    rest = {"step": state.step, "seconds": state.seconds, "log": state.log}
    save(plan.folder, state.parts, state.generator, rest)
    (plan.folder / "log.json").write_text(json.dumps(state.log, indent=1), "utf-8")
