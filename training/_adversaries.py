"""Two networks set against each other: one step of each, and the checkpoint of both."""

import copy
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.optim.swa_utils import AveragedModel

from models.networks.gan import Gan, GanModel
from training._augmentation import augment, mirror
from training._data import Photos
from training._film import Film
from training._halves import halves
from training._loop import Kept, Plan, rate, restore, save
from training._pictures import as_input

__all__ = ["Manner", "State", "averaged", "draw", "hinge", "keep", "start", "step"]

BETAS = (0.0, 0.99)
WARMUP = 0.01


@dataclass(frozen=True)
class Manner:
    """How the two networks are set against each other."""

    batch: int = 64
    peaks: tuple[float, float] = (4e-4, 8e-4)  # highest rates: generator, discriminator
    spectral: bool = True  # the discriminator's layers are divided by their spectral norms
    averaging: float = 0.999  # share of the running average that stays at each step
    film: str = "film"  # name of its film
    frames: float | None = None  # epochs from one frame to the next; None: each time twice as many


@dataclass
class State:
    """Both networks and all that moves them."""

    model: GanModel
    gan: Gan
    average: AveragedModel
    optimisers: list[torch.optim.Optimizer]
    generator: torch.Generator
    film: Film
    order: torch.Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.long))
    step: int = 0
    seconds: float = 0.0

    @property
    def parts(self) -> tuple[Kept, ...]:
        """What a checkpoint keeps the state of."""
        return self.gan, self.average, *self.optimisers, self.film


def hinge(real: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
    """The discriminator's loss: real scores should pass 1, those of made pictures -1.

    >>> hinge(torch.tensor([2.0, 0.5]), torch.tensor([-2.0, 0.5])).item()
    1.0
    """
    return F.relu(1 - real).mean() + F.relu(1 + made).mean()


def start(model: GanModel, plan: Plan, manner: Manner) -> State:
    """Make both networks, or go on from the checkpoint."""
    gan = Gan(model)
    if manner.spectral:
        for module in gan.discriminator.modules():
            if isinstance(module, nn.Conv2d | nn.Linear | nn.Embedding):
                spectral_norm(module)
    gan.to(plan.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = AveragedModel(gan.generator)
    networks = (gan.generator, gan.discriminator)
    optimisers: list[torch.optim.Optimizer] = [
        torch.optim.Adam(network.parameters(), peak, BETAS, fused=True)
        for network, peak in zip(networks, manner.peaks, strict=True)
    ]
    film = Film(model, manner.frames)
    state = State(model, gan, average, optimisers, torch.Generator().manual_seed(0), film)
    if plan.resume:
        saved = restore(plan, state.parts, state.generator)
        state.order, state.step, state.seconds = saved["order"], saved["step"], saved["seconds"]
    return state


def step(
    state: State, photos: Photos, done: float, plan: Plan, manner: Manner
) -> tuple[float, float]:
    """Move the discriminator, then the generator; give their losses, the generator's first."""
    for optimiser, peak in zip(state.optimisers, manner.peaks, strict=True):
        optimiser.param_groups[0]["lr"] = rate(done, peak, WARMUP)
    real, label = _next(state, photos, manner.batch, plan.device)
    lost = _teach_discriminator(state, real, label)
    return _teach_generator(state, manner, plan), lost


def _next(
    state: State, photos: Photos, batch: int, device: str
) -> tuple[torch.Tensor, torch.Tensor]:
    """Every picture once an epoch, in a new order each time."""
    if len(state.order) < batch:
        state.order = torch.randperm(len(photos), generator=state.generator)
    chosen, state.order = state.order[:batch], state.order[batch:]
    pictures = as_input(photos.pixels[chosen].to(device))
    if state.model.channels == 3:
        pictures = mirror(pictures, state.generator)
    return pictures, photos.labels[chosen].to(device)


def _teach_discriminator(state: State, real: torch.Tensor, label: torch.Tensor) -> float:
    gan, count = state.gan, len(real)
    latent, _ = draw(state.model, count, state.generator, real.device)
    with halves(real.device):
        with torch.no_grad():
            made = gan.generator(latent, label).float()
        shown = _shown(state, torch.cat([real, made]))
        scores = gan.discriminator(shown, label.repeat(2)).float()
    loss = hinge(scores[:count], scores[count:])
    _move(state, 1, loss)
    return loss.item()


def _teach_generator(state: State, manner: Manner, plan: Plan) -> float:
    gan = state.gan
    latent, label = draw(state.model, manner.batch, state.generator, plan.device)
    gan.discriminator.requires_grad_(False)  # only the pictures' gradient is asked for
    with halves(plan.device):
        made = gan.generator(latent, label)
        scores: torch.Tensor = gan.discriminator(_shown(state, made.float()), label)
        loss = -scores.float().mean()
    _move(state, 0, loss)
    gan.discriminator.requires_grad_(True)
    _follow(state, manner)
    return loss.item()


def _shown(state: State, pictures: torch.Tensor) -> torch.Tensor:
    if state.model.channels == 3:
        pictures = augment(pictures, state.generator)
    return pictures.contiguous(memory_format=torch.channels_last)


def _move(state: State, which: int, loss: torch.Tensor) -> None:
    state.optimisers[which].zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    state.optimisers[which].step()


@torch.no_grad()
def _follow(state: State, manner: Manner) -> None:
    """Move the running average, faster in the beginning, when there is little to remember."""
    kept = min(manner.averaging, (1 + state.step) / (10 + state.step))
    kept = kept if manner.averaging else 0.0
    pairs = zip(state.average.module.parameters(), state.gan.generator.parameters(), strict=True)
    for ours, newest in pairs:
        ours.lerp_(newest, 1 - kept)


def draw(
    model: GanModel, count: int, generator: torch.Generator, device: "str | torch.device"
) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw latents and classes."""
    latent = torch.randn(count, model.latent, generator=generator)
    label = torch.randint(len(model.classes), (count,), generator=generator)
    return latent.to(device), label.to(device)


def averaged(state: State) -> nn.Module:
    """A copy of the running average of the generator."""
    return copy.deepcopy(state.average.module)


def keep(state: State, plan: Plan) -> None:
    """Write the checkpoint."""
    rest = {"order": state.order, "step": state.step, "seconds": state.seconds}
    save(plan.folder, state.parts, state.generator, rest)
