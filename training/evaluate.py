"""Measure an embedded network and write what was found into its card.

``python -m training.evaluate tiny_vgg --data DATA`` measures what is in ``weights/tiny_vgg``;
``--candidate runs/tiny_vgg/model.safetensors`` measures other weights too and puts them there only
if they are better. ``mini_bert`` likewise: its candidate is a folder, ``runs/mini_bert/weights``.
Likewise the rest: ``gan_digits`` and its like take the folder ``runs/gan_digits/weights``. What is
measured, and on what, stands in the files ``_evaluate_*.py``.
"""

import argparse
import dataclasses
import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from models import _spec
from models.networks import gan
from training import (
    _evaluate_classifier,
    _evaluate_face_embedder,
    _evaluate_face_finder,
    _evaluate_gan,
    _evaluate_mini_bert,
    _evaluate_style_network,
    _evaluate_tiny_locator,
    _evaluate_tiny_vgg,
    _evaluate_tiny_yolo,
)
from training._card import Found, write_card
from training._loop import RUNS

__all__ = ["Exam", "main"]


class Exam(Protocol):
    """What one network is asked, the same for every set of weights."""

    def measure(self, weights: Path) -> Found:
        """Measure a set of weights."""

    def install(self, candidate: Path, folder: Path) -> dict[str, Any]:
        """Put a candidate in its place; give what its card says of how it came about."""


EXAMS: dict[str, Callable[[Path, Path], Exam]] = {
    "tiny_vgg": _evaluate_tiny_vgg.Exam,
    "tiny_yolo": _evaluate_tiny_yolo.Exam,
    "tiny_locator": _evaluate_tiny_locator.Exam,
    "mini_bert": _evaluate_mini_bert.Exam,
    "style_network": _evaluate_style_network.Exam,
    "tiny_face_finder": _evaluate_face_finder.Exam,
    "tiny_face_embedder": _evaluate_face_embedder.Exam,
    **{each: partial(_evaluate_classifier.Exam, each) for each in _evaluate_classifier.NAMES},
    **{each.name: partial(_evaluate_gan.Exam, each) for each in gan.MODELS},
}
NOTHING = Found(-math.inf, "nothing", {})


def main(given: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Measure a network and fill in its card.")
    parser.add_argument("network", choices=EXAMS)
    parser.add_argument("--data", type=Path, required=True, help="folder of the packed data")
    parser.add_argument("--candidate", type=Path, help="install these weights if they are better")
    parser.add_argument("--runs", type=Path, help="where the recipe keeps what it prepared")
    parser.add_argument("--tokens", type=float, help="seen in training, if its log does not say")
    options = parser.parse_args(given)
    folder = _spec.WEIGHTS / options.network
    exam = EXAMS[options.network](options.data, options.runs or RUNS / options.network)
    found = exam.measure(folder) if (folder / "card.json").exists() else NOTHING
    if found is NOTHING and not options.candidate:
        parser.error("nothing is installed yet: name a --candidate")
    print(f"installed: {found.summary}")
    if options.candidate:
        other = exam.measure(options.candidate)
        print(f"candidate: {other.summary}")
        if other.score > found.score:
            folder.mkdir(exist_ok=True)
            made = exam.install(options.candidate, folder)
            found = dataclasses.replace(other, entries=other.entries | made)
    if options.tokens:
        found.entries["tokens"] = round(options.tokens)
    write_card(folder, found)


if __name__ == "__main__":
    main()
