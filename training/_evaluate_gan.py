"""Measure a generator beside the held-out pictures of its set, in the features of its classifier.

The held-out pictures are cut into two halves. ``frechet`` is the distance of as many samples to the
first half; ``frechet_real`` that of the second half, which no generator can be expected to beat;
``frechet_noise`` that of pictures of pure noise. ``precision`` and ``recall`` likewise (k = 3),
with ``precision_real`` and ``recall_real`` for the second half. ``agreement``: how often the
classifier, which has never seen a sample, answers the class that was asked for, among the model's
classes; ``agreement_real``: how often it is right about held-out pictures. Where the held-out
pictures are few, the figures are means over several draws of samples.
"""

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load as parse
from safetensors.torch import save_file
from torch import nn

from models import _gan_measure
from models._load import load
from models.networks.gan import Gan, GanModel
from training._card import Found
from training._data import Photos
from training._film import sheet
from training._pictures import as_input, read_pictures

__all__ = ["DATA", "SHOWN", "Exam", "open_gan"]

FILE = "model.safetensors"
FILM = ("film.webp", "film.json")
REFERENCE = "reference.features"
FILMS = tuple(f"{film}.{kind}" for film in ("collapse", "cured") for kind in ("webp", "json"))
BESIDE = (*FILM, *FILMS, REFERENCE, "training.webp", "training.json")
SHOWN = {"gan_digits": 10_000, "gan_fashion": 5_000}  # training pictures that travel along
COLUMNS = 100  # of their sheet
DRAWN = 5_000  # samples for the agreement
BATCH = 250
DATA = {  # what the cards say of the pictures
    "gan_digits": "MNIST: 60,000 handwritten digits, 28 × 28; CC BY-SA 3.0, "
    "10,000 of them travel along under the same licence",
    "gan_fashion": "Fashion-MNIST: 20,000 pieces of clothing of its training part, 28 × 28; MIT, "
    "5,000 of them travel along",
    "gan_colour": "Tiny ImageNet: 10 classes, 300 photos each, made 32 × 32; ImageNet's terms "
    "(research, education); no photo is shipped",
}
TITLES = {
    "gan_digits": "GAN (digits)",
    "gan_fashion": "GAN (fashion)",
    "gan_colour": "GAN (photos)",
}
RECIPES = {
    "digits": "python -m training.gan digits --data DATA --minutes 21; the discriminator then took "
    "the mean of its features over 3 x 3 positions, so its last weights were divided by 9",
    "fashion": "python -m training.gan fashion --data DATA --minutes 28",
    "colour": "python -m training.gan colour --data DATA, stopped after 2,003 steps; then the same "
    "with --minutes 53 --peak 8e-4 --resume",
}
Features = np.ndarray[Any, np.dtype[np.float32]]


class Exam:
    """The real pictures that every generator is held against; a candidate is a folder."""

    def __init__(self, model: GanModel, data: Path, _: Path) -> None:
        self.model, self.data = model, data
        self.classifier = load(model.classifier, device="cpu")
        held = read_pictures(data, model, "test")
        order = torch.randperm(len(held), generator=torch.Generator().manual_seed(5))
        self.held = Photos(held.pixels[order], held.labels[order])
        self.features, self.answers = self._look(as_input(self.held.pixels))
        self.half = len(held) // 2

    def measure(self, weights: Path) -> Found:
        """Measure a folder of weights.

        The score is the agreement plus the logarithm (base 10) of how many times nearer than noise
        the samples are: a tenth of the distance counts as much as all of the agreement.
        """
        gan = open_gan(self.model, (weights / FILE).read_bytes())
        draws = math.ceil(DRAWN / self.half)
        found = [self._compare(self._sample(gan, seed)) for seed in range(draws)]
        metrics = {name: float(np.mean([each[name] for each in found])) for name in found[0]}
        metrics |= self._real() | {"frechet_noise": self._noise()}
        metrics = {name: round(value, 4) for name, value in metrics.items()}
        score = metrics["agreement"] + math.log10(metrics["frechet_noise"] / metrics["frechet"])
        summary = ", ".join(f"{name} {value}" for name, value in metrics.items())
        kept = [
            *FILM,
            "collapse.webp",
            "collapse.json",
            REFERENCE,
            "training.webp",
            "training.json",
        ]
        return Found(score, summary, self._entries(gan, metrics, draws, weights), tuple(kept))

    def install(self, candidate: Path, folder: Path) -> dict[str, Any]:
        """Put weights and film in their place, and lay features and training pictures beside."""
        for name in (FILE, *FILM):
            shutil.copyfile(candidate / name, folder / name)
        features = {
            "features": torch.from_numpy(self.features).half(),
            "labels": self.held.labels.byte(),
        }
        save_file(features, folder / REFERENCE)
        if shown := SHOWN.get(self.model.name):
            real = read_pictures(self.data, self.model, "train")
            picture = sheet(real.pixels[:shown], COLUMNS).convert("L")
            picture.save(folder / "training.webp", lossless=True, quality=40, method=3)
            labels = {"labels": real.labels[:shown].tolist()}
            (folder / "training.json").write_text(json.dumps(labels, separators=(",", ":")))
        return {}

    def _look(self, pictures: torch.Tensor) -> tuple[Features, torch.Tensor]:
        """Features (N, D) and answers (N,) of the classifier."""
        with torch.inference_mode():
            seen = [self.model.look(self.classifier, each) for each in torch.split(pictures, BATCH)]
        answers = torch.cat([logits.argmax(1) for _, logits in seen])
        return torch.cat([features for features, _ in seen]).numpy(), answers

    def _sample(self, gan: Gan, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        """As many samples as half of the held-out pictures, with the classes of the first half."""
        chance = torch.Generator().manual_seed(seed)
        label = self.held.labels[: self.half]
        latent = torch.randn(self.half, self.model.latent, generator=chance)
        parts = zip(torch.split(latent, BATCH), torch.split(label, BATCH), strict=True)
        with torch.inference_mode():
            return torch.cat([gan.generator(*each) for each in parts]), label

    def _compare(self, samples: tuple[torch.Tensor, torch.Tensor]) -> dict[str, float]:
        features, answers = self._look(samples[0])
        agreement = float((answers == samples[1]).float().mean())
        return self._near(features) | {"agreement": agreement}

    def _near(self, features: Features) -> dict[str, float]:
        """How features lie beside those of the first half."""
        real = self.features[: self.half]
        gaussians = (_gan_measure.gaussian(each) for each in (real, features))
        covered = _gan_measure.precision_recall(real, features)
        return {
            "frechet": _gan_measure.frechet_distance(*gaussians),
            "precision": covered.precision,
            "recall": covered.recall,
        }

    def _real(self) -> dict[str, float]:
        found = self._near(self.features[self.half : 2 * self.half])
        right = float((self.answers == self.held.labels).float().mean())
        return {f"{name}_real": value for name, value in found.items()} | {"agreement_real": right}

    def _noise(self) -> float:
        shape = (self.half, self.model.channels, self.model.side, self.model.side)
        noise = torch.rand(shape, generator=torch.Generator().manual_seed(6)) * 2 - 1
        return self._near(self._look(noise)[0])["frechet"]

    def _entries(
        self, gan: Gan, metrics: dict[str, float], draws: int, weights: Path
    ) -> dict[str, Any]:
        said = json.loads((weights / FILM[1]).read_text("utf-8"))
        kind = self.model.name.removeprefix("gan_")
        return {
            "name": self.model.name,
            "title": TITLES[self.model.name],
            "network": "gan",
            "trained_on": DATA[self.model.name],
            "licence": "Apache-2.0",
            "parameters": _count(gan),
            "generator_parameters": _count(gan.generator),
            "metrics": metrics,
            "counts": {"held_out": len(self.held), "compared": self.half, "draws": draws},
            "scores": self._scores(gan),
            "training": {name: said[name] for name in ("steps", "minutes", "batch", "pictures")},
            "classifier": self.model.classifier.name,
            "recipe": RECIPES[kind],
        }

    def _scores(self, gan: Gan) -> dict[str, float]:
        """Mean scores of the discriminator for training pictures, held-out ones and samples."""
        trained = read_pictures(self.data, self.model, "train")
        some = torch.randperm(len(trained), generator=torch.Generator().manual_seed(7))[: self.half]
        shown = {
            "training": (as_input(trained.pixels[some]), trained.labels[some]),
            "held_out": (as_input(self.held.pixels), self.held.labels),
            "made": self._sample(gan, 0),
        }
        score: Callable[..., torch.Tensor] = gan.discriminator
        with torch.inference_mode():
            return {name: round(float(score(*each).mean()), 4) for name, each in shown.items()}


def open_gan(model: GanModel, content: bytes) -> Gan:
    """Open saved weights, for measuring."""
    gan = Gan(model)
    gan.load_state_dict({name: values.float() for name, values in parse(content).items()})
    return gan.eval()


def _count(network: nn.Module) -> int:
    return sum(each.numel() for each in network.parameters())
