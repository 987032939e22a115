"""Measure an embedded network and write what was found into its card.

``python -m training.evaluate tiny_vgg --data DATA`` measures what is in ``weights/tiny_vgg``;
``--candidate runs/tiny_vgg/model.safetensors`` measures other weights too and puts them there only
if they are better. ``mini_bert`` likewise: its candidate is a folder, ``runs/mini_bert/weights``.
What is measured, and on what, stands in ``_evaluate_tiny_vgg.py`` and ``_evaluate_mini_bert.py``.
"""

import argparse
import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from models import _spec
from training import _evaluate_mini_bert, _evaluate_tiny_vgg
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
    "mini_bert": _evaluate_mini_bert.Exam,
}


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
    found = exam.measure(folder)
    print(f"installed: {found.summary}")
    if options.candidate:
        other = exam.measure(options.candidate)
        print(f"candidate: {other.summary}")
        if other.score > found.score:
            made = exam.install(options.candidate, folder)
            found = dataclasses.replace(other, entries=other.entries | made)
    if options.tokens:
        found.entries["tokens"] = round(options.tokens)
    write_card(folder, found)


if __name__ == "__main__":
    main()
