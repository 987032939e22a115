"""Measure the face embedder on people that it never saw, and make what pages show of it.

``unseen`` people are measured on alone. Trainings are compared by ``choosing``: fifty other people.
Pairs are drawn in ten folds that share no person: of each person at most twenty pairs, and as many
of different people. The accuracy of a fold is that of the threshold that is best for the other
nine. Beside it stand the pixels themselves and the landmarks alone, as the face finder gives them.

A candidate is the folder of a run: ``model.safetensors``, and ``film`` with the weights at moments
of the training. Beside the weights are written: ``measured.json`` (histograms and curves),
``heads.features`` (three logistic units), ``people.features`` (vectors of AT&T's volunteers) and
``film.features`` (some of these in a plane, at every moment).
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save
from safetensors.torch import load as parse
from torch import nn

from models.networks import tiny_face_embedder, tiny_face_finder
from models.networks.tiny_face_embedder import build
from training import _evaluate_face_finder, _face_others
from training._card import Found
from training._face_groups import by_quality, qualities, worst_tenth
from training._faces import read_faces
from training._verification import Numbers, area, distances, draw_folds, draw_pairs, embeddings
from training._verification import verify as judge

__all__ = ["BESIDE", "FILE", "Exam", "open_weights"]

FILE = "model.safetensors"
BESIDE = ("measured.json", "heads.features", "people.features", "film.features")
SHOWN = 12  # volunteers in the film
THRESHOLDS = ("equal_error_threshold", "careful_threshold")
KEPT = ("accuracy", "auc", "equal_error_rate")  # of every method, on the card


class Exam:
    """People that no weights have learned from."""

    def __init__(self, data: Path, _: Path) -> None:
        self.unseen, self.choosing = read_faces(data, "unseen"), read_faces(data, "choosing")
        self.people = self.unseen.people.numpy()
        self.pairs = draw_folds(self.people)
        self.chosen = draw_pairs(self.choosing.people.numpy(), seed=0)
        self.volunteers, self.persons = _face_others.read_volunteers(data)
        pixels = _face_others.pixels_as_vectors(self.unseen)
        self.methods = {"raw_pixels": judge(self._apart(pixels), self.pairs, 2.0)}
        finder = tiny_face_finder.FOLDER
        weights = _evaluate_face_finder.open_weights(_folder(finder) / FILE)
        self.landmarks = _face_others.landmarks_of(weights, self.unseen)
        apart = self._apart(_face_others.landmark_vectors(self.landmarks))
        self.methods["landmarks"] = judge(apart, self.pairs, float(apart.max()))
        self.made: dict[str, bytes] = {}

    def _apart(self, vectors: Numbers) -> Numbers:
        return distances(vectors, self.pairs.photos)

    def measure(self, weights: Path) -> Found:
        """Measure the weights in a folder."""
        network = open_weights(weights / FILE)
        vectors = embeddings(network, self.unseen.pixels)
        others = embeddings(network, self.choosing.pixels)
        apart = self._apart(vectors)
        ours = judge(apart, self.pairs, 2.0)
        heads = _face_others.fit_heads(others, self.choosing.people.numpy())
        methods = {tiny_face_embedder.FOLDER: ours, **self.methods}
        for name in ("weighted", "chi_square"):
            chance = _face_others.probability(heads, name, vectors, self.pairs.photos)
            methods[name] = judge(1 - chance, self.pairs, 1.0)
        score = area(distances(others, self.chosen[0]), self.chosen[1])
        groups = self._groups(apart, float(str(ours["equal_error_threshold"])))
        self.made = self._made(network, methods, groups, heads)
        metrics = {name: ours[name] for name in (*KEPT, "accuracy_std", *THRESHOLDS)}
        for method, name in (
            (m, n) for m in methods if m != tiny_face_embedder.FOLDER for n in KEPT
        ):
            metrics[f"{method}_{name}"] = methods[method][name]
        entries = {
            "title": "Tiny face embedder",
            "licence": "Apache-2.0",
            "parameters": sum(each.numel() for each in network.parameters()),
            "metrics": metrics,
            "measured_on": (
                f"{len(self.pairs.same)} pairs, half of them of one person, of"
                f" {len(np.unique(self.people))} people of LFW-a that were never learned from, in"
                " ten folds that share no person; the threshold of a fold is that of the other nine"
            ),
            "choosing_auc": round(score, 4),
            "groups": groups,
        }
        summary = f"choosing {score:.4f}, " + ", ".join(f"{k} {v}" for k, v in metrics.items())
        return Found(score, summary, entries, BESIDE)

    def _groups(self, apart: Numbers, threshold: float) -> dict[str, Any]:
        """Error rates by what is seen in a photo, at the equal-error threshold."""
        found: dict[str, Any] = {"threshold": threshold}
        for name, quality in qualities(self.unseen, self.landmarks).items():
            rows = by_quality(self.pairs, apart, threshold, quality).round(4)
            found[name] = {
                "false_rejects": rows[:, 0].tolist(),
                "false_accepts": rows[:, 1].tolist(),
            }
        wrong = (apart <= threshold) != self.pairs.same
        errors, asked = worst_tenth(self.pairs, wrong, self.people)
        found["worst_tenth_of_people"] = round(errors, 4)
        found["worst_tenth_of_people_pairs"] = round(asked, 4)
        return found

    def _made(
        self, network: nn.Module, methods: dict[str, Any], groups: Any, heads: _face_others.Head
    ) -> dict[str, bytes]:
        measured = {
            "people": len(np.unique(self.people)),
            "pairs": len(self.pairs.same),
            "folds": len(np.unique(self.pairs.fold)),
            "methods": methods,
            "groups": groups,
        }
        vectors = embeddings(network, self.volunteers)
        people: dict[str, Any] = {"vectors": vectors.astype(np.float16), "person": self.persons}
        return {
            "measured.json": json.dumps(measured).encode(),
            "heads.features": save(heads),
            "people.features": save(people),
        }

    def install(self, candidate: Path, folder: Path) -> dict[str, Any]:
        """Put the weights in their place, and what was made of them beside them."""
        shutil.copyfile(candidate / FILE, folder / FILE)
        self.made["film.features"] = save(self._film(candidate))
        for name, content in self.made.items():
            (folder / name).write_bytes(content)
        return {}

    def _film(self, candidate: Path) -> dict[str, Any]:
        """Show some volunteers in the plane that parts them best at the end, at every moment."""
        chosen = np.flatnonzero(self.persons < SHOWN)
        pixels, people = self.volunteers[chosen], self.persons[chosen]
        files = [*sorted((candidate / "film").glob("*.safetensors")), candidate / FILE]
        vectors = [embeddings(open_weights(file), pixels) for file in files]
        axes = _face_others.plane(vectors[-1], people)
        pairs = np.stack(np.triu_indices(len(people), 1), 1)
        same = people[pairs[:, 0]] == people[pairs[:, 1]]
        apart = [distances(each, pairs) for each in vectors]
        epochs = json.loads((candidate / "film" / "epochs.json").read_text("utf-8"))
        return {
            "points": np.stack([each @ axes for each in vectors]).astype(np.float32),
            "person": people.astype(np.int64),
            "epochs": np.array(epochs, np.float64),
            "same": np.array([each[same].mean() for each in apart], np.float32),
            "different": np.array([each[~same].mean() for each in apart], np.float32),
        }


def _folder(name: str) -> Path:
    from models import _spec

    return _spec.WEIGHTS / name


def open_weights(file: Path) -> nn.Module:
    """Open weights as they are kept, in half precision, to run in full."""
    network = build()
    state = parse(file.read_bytes())
    network.load_state_dict({name: values.float() for name, values in state.items()})
    return network.eval()
