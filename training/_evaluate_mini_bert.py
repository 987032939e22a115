"""Measure MiniBERT on the articles that were held out, beside what counting alone can do.

``top1`` and ``top5``: 15 % of the words of rows of 128 tokens are hidden as in training (whole
words; 80 % ``[MASK]``, 10 % another token, 10 % as they are), and the network says what stood
there. ``follows``: pairs without anything hidden, half of which belong together; ``short_pairs``:
the same where the texts are a sentence or two. Rows and pairs are the same for every network, and
the baselines see what it sees. ``limits`` are those of the plain sentences in
``tests/models/plain_sentences.toml`` that are not answered sensibly.
"""

import json
import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from models._reading import read
from models.networks import mini_bert
from models.networks._language import tokenizer_of
from training import _baselines
from training._card import Found
from training._halves import halves
from training._text import Rows, Text, draw_rows
from training.mini_bert import SHARD, TOKENS, Batch, Reader, answers

__all__ = ["PLAIN", "Exam", "first_answers", "open_weights"]

PLAIN = Path(__file__).resolve().parent.parent / "tests/models/plain_sentences.toml"
LENGTH = 128  # tokens of a row
SHORT = 32  # of a row of two short texts
FILLED, PAIRS = 2048, 2048  # rows of a language
TOP = 5
AT_ONCE = 32  # rows in one pass


@dataclass(frozen=True, eq=False)
class _Paper:
    """What is asked in one language."""

    filled: Batch
    pairs: Rows
    short: Rows  # pairs too
    baselines: dict[str, dict[str, float]]


class Exam:
    """The rows, pairs and sentences that every set of weights is asked; a candidate is a folder."""

    def __init__(self, data: Path, runs: Path) -> None:
        self.reader = Reader.open(data, runs)
        self.papers = {name: _paper(text, self.reader) for name, text in self.reader.texts.items()}

    def measure(self, weights: Path) -> Found:
        """Measure a folder of weights; the score is the mean of ``top1`` and ``follows``."""
        network = open_weights(weights)
        metrics: dict[str, float] = {}
        short: dict[str, float] = {}
        baselines: dict[str, dict[str, float]] = {}
        for language, paper in self.papers.items():
            with halves("cpu"):  # near full numbers
                found = _right(network, paper)
                short[language] = _mean(_told(network, paper.short))
            metrics |= {f"{name}_{language}": value for name, value in found.items()}
            for rule, values in paper.baselines.items():
                named = {f"{name}_{language}": value for name, value in values.items()}
                baselines.setdefault(rule, {}).update(named)
        score = [value for name, value in metrics.items() if not name.startswith("top5")]
        summary = ", ".join(f"{name} {value:.4f}" for name, value in metrics.items())
        entries = {
            "parameters": sum(each.numel() for each in network.parameters()),
            "metrics": metrics,
            "baselines": baselines,
            "short_pairs": short,
            "lengths": {"pairs": LENGTH, "short_pairs": SHORT},
            "measured_on": {name: _sizes(paper) for name, paper in self.papers.items()},
            **_plain(network),
        }
        return Found(float(np.mean(score)), summary, entries)

    def install(self, candidate: Path, folder: Path) -> dict[str, Any]:
        """Write a folder of weights anew, in half precision and in small files."""
        with tempfile.TemporaryDirectory() as name:
            open_weights(candidate).half().save_pretrained(name, max_shard_size=SHARD)
            for old in folder.glob("*.safetensors*"):
                old.unlink()
            for file in Path(name).iterdir():
                shutil.copyfile(file, folder / file.name)
        log = candidate.parent / "log.json"
        if not log.exists():
            return {}
        last = json.loads(log.read_text("utf-8"))[-1]
        return {"tokens": last.get("tokens", last["step"] * TOKENS)}


def open_weights(folder: Path) -> Any:
    """Open weights of the network as they will be kept, in half precision, to run in full."""
    from transformers import BertConfig, BertForPreTraining

    settings = BertConfig.from_pretrained(folder, attn_implementation="eager")
    network: Any = BertForPreTraining.from_pretrained(
        folder, config=settings, dtype=torch.float16, use_safetensors=True, local_files_only=True
    )
    return network.float().eval()


def _paper(text: Text, reader: Reader) -> _Paper:
    generator = np.random.default_rng(11)
    draw = partial(draw_rows, text, length=LENGTH, generator=generator)
    held, trained = text.starts("held"), text.starts("train")
    filled = reader.batch(draw(held, FILLED), generator)
    pairs = draw(held, PAIRS, paired=1.0)
    size = len(reader.continues)
    ranking = _baselines.usual(text, size)
    learned = draw(trained, 2 * PAIRS, paired=1.0)
    left, right = _baselines.neighbours(filled.tokens.numpy(), filled.places.numpy())
    guesses = {
        "unigram": np.broadcast_to(ranking[:TOP], (len(left), TOP)),
        "trigram": _baselines.between(text, size, left, right),
    }
    found = {name: _figures(each, filled) for name, each in guesses.items()}
    for name, common in (("shared_words", (0,)), ("shared_rare_words", _baselines.COMMON)):
        rule = _baselines.SharedWords.learn(learned, ranking, common)
        found[name] = {"follows": round(rule.accuracy(pairs), 4)}
    short = draw(held, PAIRS, length=SHORT, paired=1.0)
    return _Paper(filled, pairs, short, found)


def _figures(guesses: np.ndarray, filled: Batch) -> dict[str, float]:
    top1, top5 = _baselines.right_among(guesses, filled.truth.numpy())
    return {"top1": round(top1, 4), "top5": round(top5, 4)}


def _sizes(paper: _Paper) -> dict[str, int]:
    return {"tokens": len(paper.filled.truth), "pairs": len(paper.pairs.follows)}


@torch.inference_mode()
def _right(network: nn.Module, paper: _Paper) -> dict[str, float]:
    """How often a network is right about hidden tokens and about pairs, as fractions of 1."""
    hits: list[torch.Tensor] = []
    for start in range(0, len(paper.filled.tokens), AT_ONCE):
        batch = _part(paper.filled, start)
        best = answers(network, batch)[0].topk(TOP).indices
        hits.append(best == batch.truth[:, None])
    found = torch.cat(hits)
    told = _told(network, paper.pairs)
    figures = {"top1": found[:, 0], "top5": found.any(1), "follows": told}
    return {name: _mean(each) for name, each in figures.items()}


@torch.inference_mode()
def _told(network: nn.Module, pairs: Rows) -> torch.Tensor:
    """Which pairs a network is right about: bool (pairs,)."""
    told: list[torch.Tensor] = []
    nothing = torch.zeros(0, dtype=torch.int64)
    tokens, segments, follows = map(torch.from_numpy, (pairs.tokens, pairs.segments, pairs.follows))
    asked = Batch(tokens, segments, follows, nothing, nothing)
    for start in range(0, len(asked.tokens), AT_ONCE):
        batch = _part(asked, start)
        told.append(answers(network, batch)[1].argmax(1) == batch.follows)
    return torch.cat(told)


def _mean(right: torch.Tensor) -> float:
    return round(right.double().mean().item(), 4)


def _part(batch: Batch, start: int) -> Batch:
    """Some rows of a batch, with what is hidden in them."""
    rows, first = slice(start, start + AT_ONCE), start * LENGTH
    inside = (batch.places >= first) & (batch.places < first + AT_ONCE * LENGTH)
    return Batch(
        batch.tokens[rows],
        batch.segments[rows],
        batch.follows[rows],
        batch.places[inside] - first,
        batch.truth[inside],
    )


def _plain(network: nn.Module) -> dict[str, Any]:
    """How many plain sentences are answered sensibly, and which are not."""
    asked = tomllib.loads(PLAIN.read_text("utf-8"))
    limits = {
        language: [each for each in rows if not _sensible(network, each)]
        for language, rows in asked.items()
    }
    counts = {name: [len(rows) - len(limits[name]), len(rows)] for name, rows in asked.items()}
    return {"plain": counts, "limits": limits}


def _sensible(network: nn.Module, sentence: dict[str, Any]) -> bool:
    return bool(set(first_answers(network, sentence["text"])) & set(sentence["sensible"]))


@torch.inference_mode()
def first_answers(network: nn.Module, text: str, top: int = TOP) -> list[str]:
    """The most probable tokens at the first ``[MASK]`` of a text."""
    reading = read(text, mini_bert.MODEL)
    tokens, segments = torch.from_numpy(reading.ids)[None], torch.from_numpy(reading.segments)[None]
    nothing = torch.zeros(0, dtype=torch.int64)
    places = torch.tensor(reading.masks[:1])
    scores = answers(network, Batch(tokens, segments, nothing, places, nothing))[0][0]
    vocabulary = tokenizer_of(mini_bert.MODEL)
    return [str(vocabulary.id_to_token(int(each))) for each in scores.topk(top).indices]
