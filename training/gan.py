"""Train a generator against its discriminator: ``python -m training.gan digits --data DATA``.

Hinge loss (J. H. Lim and J. C. Ye, *Geometric GAN*, 2017, https://arxiv.org/abs/1705.02894),

    discriminator: mean max(0, 1 - D(real)) + mean max(0, 1 + D(made))      generator: -mean D(made)

with spectral normalisation of every layer of the discriminator (T. Miyato et al., 2018,
https://arxiv.org/abs/1802.05957), one step of each at a time, Adam. What is kept is the running
average of the generator, its normalisations measured again; the discriminator's weights are saved
divided by their norms, so that both are plain networks. Pictures in colour are few, so both sides
see them changed at random (``_augmentation.py``).

``--manner collapse`` trains badly on purpose: without spectral normalisation and average, and with
a discriminator that learns at a hundredth of the generator's rate. Chased by nobody, the generator
puts all its samples of a class where the score is highest at the moment: mode collapse.
``--manner cured`` changes one thing, the discriminator's rate. Both keep a film only.
"""

import dataclasses
import json
import time
from collections.abc import Sequence

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import parametrize

from models.networks.gan import MODELS, GanModel
from training._adversaries import Manner, State, averaged, draw, keep, start, step
from training._data import Photos
from training._loop import Plan, arguments, done_of, plan_of
from training._pictures import read_pictures

__all__ = ["MANNERS", "main", "plain", "settle", "train"]

SETTLING = 64  # batches over which the generator's normalisations are measured again
GLANCE = 8  # the same for a frame of the film
NOTED = 50  # steps from one point of the curves of loss to the next


COLLAPSE = Manner(16, (5e-3, 5e-5), False, 0.0, "collapse", 1 / 32)
MANNERS = {
    "good": Manner(),
    "collapse": COLLAPSE,
    "cured": dataclasses.replace(COLLAPSE, peaks=(5e-3, 5e-3), film="cured"),
}


def main(given: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = arguments("Train a generator.", "gan")
    models = {model.name.removeprefix("gan_"): model for model in MODELS}
    parser.add_argument("pictures", choices=models)
    parser.add_argument("--manner", choices=MANNERS, default="good", help="badly on purpose?")
    parser.set_defaults(peak=None)  # the discriminator's is twice as high
    options = parser.parse_args(given)
    manner = MANNERS[options.manner]
    if options.peak is not None:
        manner = dataclasses.replace(manner, peaks=(options.peak, 2 * options.peak))
    model = models[options.pictures]
    photos = read_pictures(options.data, model, "train")
    torch.manual_seed(0)
    train(model, photos, plan_of(options), manner)


def train(model: GanModel, photos: Photos, plan: Plan, manner: Manner) -> None:
    """Train until the budget is used up; leaves ``weights/`` in the plan's folder."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    state = start(model, plan, manner)
    began, saved = time.monotonic() - state.seconds, state.seconds
    while (done := done_of(plan, state.step, state.seconds)) < 1:
        losses = step(state, photos, done, plan, manner)
        state.step += 1
        state.seconds = time.monotonic() - began
        epochs = state.step * manner.batch / len(photos)
        if state.film.note(epochs, losses, state.step % NOTED == 0):
            state.film.add(epochs, settle(averaged(state), model, GLANCE))
        if state.seconds - saved > plan.save_minutes * 60:
            keep(state, plan)
            saved = state.seconds
            _write(state, photos, plan, manner)
    keep(state, plan)
    _write(state, photos, plan, manner)


def settle(generator: nn.Module, model: GanModel, batches: int) -> nn.Module:
    """Measure a generator's normalisations again: plain means over many samples of all classes."""
    for module in generator.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    chance = torch.Generator().manual_seed(1)
    device = next(generator.parameters()).device
    generator.train()
    with torch.no_grad():
        for _ in range(batches):
            latent, label = draw(model, 100, chance, device)
            generator(latent, label)
    return generator.eval()


def plain(discriminator: nn.Module, generator: nn.Module) -> dict[str, torch.Tensor]:
    """Half-precision weights of both networks without anything that only training needs."""
    discriminator.eval()  # the norms are no longer refined while they are read
    judging = {
        name: values
        for name, values in discriminator.state_dict().items()
        if "parametrizations" not in name
    }
    for name, module in discriminator.named_modules():
        if parametrize.is_parametrized(module):
            judging[f"{name}.weight"] = module.weight.detach()
    discriminator.train()
    parts = {"generator": generator.state_dict(), "discriminator": judging}
    return {
        f"{part}.{name}": (values.half() if values.is_floating_point() else values)
        .cpu()
        .contiguous()
        for part, state in parts.items()
        for name, values in state.items()
    }


def _write(state: State, photos: Photos, plan: Plan, manner: Manner) -> None:
    """Leave weights and film as they are now."""
    weights = plan.folder / "weights"
    weights.mkdir(exist_ok=True)
    generator = settle(averaged(state), state.model, SETTLING)
    save_file(plain(state.gan.discriminator, generator), weights / "model.safetensors")
    epochs = state.step * manner.batch / len(photos)
    said = {"steps": state.step, "minutes": round(state.seconds / 60, 1)}
    said |= {"pictures": len(photos), **dataclasses.asdict(manner)}
    state.film.write(weights / manner.film, epochs, generator, said)
    print(json.dumps({"step": state.step, "epochs": round(epochs, 2), **state.film.last()}))


if __name__ == "__main__":
    main()
