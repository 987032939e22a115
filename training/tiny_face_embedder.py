"""Train the face embedder: ``python -m training.tiny_face_embedder --data DATA``.

A thousand people, most of them with two to five photos, are told from each other by the angle
between a face and a direction for each person, a margin less than is needed to name them
(CosFace). The margin grows from nothing. People with many photos are shown more often than others,
but not as often as they have photos. ``_face_views`` shows every face differently each time.

Stochastic gradient descent, batches of 96, dropout, weight decay. What is kept is the running
average of the weights, in half precision. Snapshots on the way, for the film, are kept in
``film``. ``--start FILE`` goes on from saved weights.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

from models.networks._face_layers import FaceEmbedder
from models.networks.tiny_face_embedder import NUMBERS, build
from training._face_views import views
from training._faces import Faces, read_faces
from training._loop import Optimisers, Plan, arguments, plan_of, train
from training._verification import area, distances, draw_pairs, embeddings

__all__ = ["Learner", "main"]

BATCH = 96
SCALE = 20.0  # of cosines, before they are compared
MARGIN = 0.25  # taken from the cosine of the right person
MARGIN_FROM, MARGIN_FULL = 0.06, 0.3  # shares of the training
SMOOTHING = 0.05  # of the labels
EVENNESS = 0.5  # 0: people as often as they have photos; 1: all people equally often
SAVE_MINUTES = 2.0
DECAY = 0.02  # of kernels, times the rate
MOMENTS = (0, 0.004, 0.01, 0.02, 0.035, 0.055, 0.08, 0.12, 0.17, 0.24, 0.32, 0.42, 0.55, 0.7, 0.85)


class Learner(nn.Module):
    """The embedder and, for the training alone, a direction for each person."""

    def __init__(self, people: int) -> None:
        super().__init__()
        self.embedder = build()
        self.norm = nn.BatchNorm1d(NUMBERS, affine=False)
        self.directions = nn.Parameter(torch.randn(people, NUMBERS) * 0.1)

    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        """Measure the cosine of each face (n, 1, 112, 112) to each person: (n, people)."""
        described = self.norm(self.embedder.look(faces).float())
        return F.normalize(described, dim=1) @ F.normalize(self.directions, dim=1).T

    @torch.no_grad()
    def alone(self) -> FaceEmbedder:
        """Fold the last normalisation into the embedder; give a copy that needs nothing else."""
        embedder = build()
        embedder.load_state_dict(self.embedder.state_dict())
        assert self.norm.running_mean is not None
        assert self.norm.running_var is not None
        deviation = (self.norm.running_var + self.norm.eps).sqrt()
        embedder.linear.weight.copy_(self.embedder.linear.weight / deviation[:, None])
        embedder.linear.bias.copy_((self.embedder.linear.bias - self.norm.running_mean) / deviation)
        return embedder.eval()


class _Batches:
    """Batches without end, and the film's snapshots."""

    def __init__(
        self, faces: Faces, choosing: Faces, folder: Path, device: str, resumed: bool = False
    ) -> None:
        self.faces, self.device = faces, device
        counts = faces.people.bincount().float()
        self.chance = counts[faces.people] ** -EVENNESS
        self.choosing = choosing
        self.pairs = draw_pairs(choosing.people.numpy(), seed=0)
        self.film, self.shown = folder / "film", 0.0  # faces so far
        if resumed:
            self.shown = float((self.film / "shown.txt").read_text("utf-8"))

    def loss(self, learner: nn.Module, done: float, generator: torch.Generator) -> torch.Tensor:
        """Draw the next batch and measure the network on it."""
        assert isinstance(learner, Learner)
        self._snap(learner, done)
        self.shown += BATCH
        chosen = torch.multinomial(self.chance, BATCH, generator=generator)
        with torch.autocast(self.device.split(":")[0], enabled=False):
            faces = self.faces.pixels[chosen][:, None].float().div(255).to(self.device)
            shown = views(faces, generator).contiguous(memory_format=torch.channels_last)
        cosines, people = learner(shown).float(), self.faces.people[chosen].to(self.device)
        grown = (done - MARGIN_FROM) / (MARGIN_FULL - MARGIN_FROM)
        margin = MARGIN * min(1.0, max(0.0, grown))
        taken = margin * F.one_hot(people, cosines.shape[1])
        return F.cross_entropy(SCALE * (cosines - taken), people, label_smoothing=SMOOTHING)

    def measure(self, average: nn.Module) -> dict[str, float]:
        """How well people that are not learned from are told apart, so far."""
        assert isinstance(average, Learner)
        (self.film / "shown.txt").write_text(str(self.shown), "utf-8")
        found = embeddings(average.alone().to(self.device), self.choosing.pixels)
        pairs, same = self.pairs
        return {"choosing_auc": round(area(distances(found, pairs), same), 4)}

    def _snap(self, learner: Learner, done: float) -> None:
        """Keep the weights as they are at the next moment of the film."""
        number = sum(moment <= done for moment in MOMENTS) - 1
        file = self.film / f"{number:02d}.safetensors"
        if not file.exists():
            self.film.mkdir(parents=True, exist_ok=True)
            save_file(_halves(learner.alone()), file)
            self.note(number)

    def note(self, number: int) -> None:
        """Write down how often, in the mean, each face had been shown at a moment of the film."""
        file = self.film / "epochs.json"
        epochs = json.loads(file.read_text("utf-8")) if file.exists() else []
        epochs = [*epochs[:number], round(self.shown / len(self.faces), 3)]
        file.write_text(json.dumps(epochs), "utf-8")


class _Kernels(torch.optim.Muon):
    """Muon for kernels, each seen as a matrix with a row for each result."""

    def __init__(self, kernels: list[nn.Parameter], peak: float) -> None:
        self.kernels = kernels
        rows = [nn.Parameter(_rows(each.data)) for each in kernels]  # the same memory
        super().__init__(rows, lr=peak, weight_decay=DECAY, adjust_lr_fn="original")

    def step(self, closure: Any = None) -> Any:
        """Move the kernels by their gradients."""
        for kernel, rows in zip(self.kernels, self.param_groups[0]["params"], strict=True):
            assert kernel.grad is not None
            rows.grad = _rows(kernel.grad)
        return super().step(closure)  # type: ignore[no-untyped-call]


def _rows(values: torch.Tensor) -> torch.Tensor:
    return values if values.ndim == 2 else values.permute(0, 2, 3, 1).flatten(1)


def optimisers_of(learner: nn.Module, plan: Plan) -> Optimisers:
    """Muon for kernels, Adam for normalisations and for the directions of people."""
    assert isinstance(learner, Learner)
    everything = list(learner.embedder.parameters())
    kernels = [each for each in everything if each.ndim > 1]
    groups: list[dict[str, Any]] = [
        {"params": [each for each in everything if each.ndim == 1], "lr": plan.peak / 4},
        {"params": [learner.directions], "lr": plan.peak / 4},
    ]
    adam = torch.optim.Adam(groups, lr=plan.peak / 4, betas=(0.9, 0.99))
    return [_Kernels(kernels, plan.peak), adam]


def _halves(network: nn.Module) -> dict[str, torch.Tensor]:
    return {
        name: (values.half() if values.is_floating_point() else values).cpu().contiguous()
        for name, values in network.state_dict().items()
    }


def main(given: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = arguments("Train the face embedder.", "tiny_face_embedder", starts=True)
    parser.set_defaults(peak=0.02)
    options = parser.parse_args(given)
    torch.manual_seed(0)
    faces = read_faces(options.data, "train")
    learner = Learner(int(faces.people.max()) + 1)
    if options.start:
        state = {name: values.float() for name, values in load_file(options.start).items()}
        learner.embedder.load_state_dict(state)
    choosing = read_faces(options.data, "choosing")
    batches = _Batches(faces, choosing, options.runs, options.device, options.resume)
    plan = plan_of(options, warmup=0.04, clip=5.0, averaging=0.998, save_minutes=SAVE_MINUTES)
    average = train(learner, batches.loss, plan, optimisers_of, batches.measure)
    assert isinstance(average, Learner)
    save_file(_halves(average.alone()), options.runs / "model.safetensors")
    batches.note(len(MOMENTS))


if __name__ == "__main__":
    main()
