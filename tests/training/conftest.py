"""Made-up articles in two languages, and a network small enough to train in a test."""

import functools
import lzma
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import _load, _spec
from models.networks import mini_bert as network_file
from training import mini_bert

WORDS = ["the", "small", "old", "river", "mountain", "king", "queen", "walked", "painted", "city"]
CHARACTERS = "山水人大小中国学生城市河流王他她在有是了书"
ARTICLES, SENTENCES = 16, 60


def _article(language: str, number: int, random: np.random.Generator) -> str:
    lines = [f"= {language} {number} ="]
    for _ in range(SENTENCES // 10):
        if language == "en":
            drawn = (random.choice(WORDS, random.integers(2, 10)) for _ in range(10))
            lines.append(" ".join(f"{' '.join(words)}.".capitalize() for words in drawn))
        else:
            drawn = (random.choice(list(CHARACTERS), random.integers(2, 12)) for _ in range(10))
            lines.append("".join("".join(each) + "。" for each in drawn))
    return "\n".join(lines)


@pytest.fixture(scope="session")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packed articles like Wikipedia's, of a few words each."""
    folder = tmp_path_factory.mktemp("articles")
    random = np.random.default_rng(0)
    for language in ("en", "zh"):
        text = "\n\n".join(_article(language, number, random) for number in range(ARTICLES))
        with lzma.open(folder / f"wikipedia_{language}.txt.xz", "wt", encoding="utf-8") as file:
            file.write(text)
    return folder


@pytest.fixture
def writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """Put a copy of a network's weights, that may be changed, in the place of its own."""

    def copied(name: str) -> Path:
        weights = tmp_path / "installed"
        weights.mkdir()
        for each in _spec.WEIGHTS.iterdir():
            if each.name != name:
                (weights / each.name).symlink_to(each)
        shutil.copytree(_spec.WEIGHTS / name, weights / name)
        for module in (_spec, _load):
            monkeypatch.setattr(module, "WEIGHTS", weights)
        _spec.read_card.cache_clear()
        return weights / name

    yield copied
    _spec.read_card.cache_clear()


def build_tiny(vocabulary: int) -> Any:
    """MiniBERT with two narrow layers."""
    from transformers import BertConfig, BertForPreTraining

    settings = network_file.read_settings() | {
        "vocab_size": vocabulary,
        "hidden_size": 128,
        "num_hidden_layers": 2,
        "intermediate_size": 128,
        "attn_implementation": "eager",
    }
    return BertForPreTraining(BertConfig(**settings))


@pytest.fixture
def tiny_bert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches for a small network, with a vocabulary of its own."""
    from tokenizers import Tokenizer

    vocabulary = tmp_path / "weights/mini_bert/tokenizer.json"
    vocabulary.parent.mkdir(parents=True)

    def build() -> Any:
        return build_tiny(Tokenizer.from_file(str(vocabulary)).get_vocab_size())

    monkeypatch.setattr(mini_bert, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(mini_bert, "TOKENS", 512)
    monkeypatch.setattr(mini_bert, "measure", functools.partial(mini_bert.measure, count=8))
    monkeypatch.setattr(network_file, "build", build)
