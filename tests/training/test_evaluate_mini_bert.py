"""MiniBERT is measured beside what counting can do, and replaced only by something better."""

import dataclasses
import itertools
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from models._load import load
from models.bert_masking import fill
from models.networks.mini_bert import SPEC
from tests.training.conftest import build_tiny
from training import _baselines, _evaluate_mini_bert, evaluate
from training._baselines import SharedWords, between, neighbours, right_among, usual
from training._card import Found
from training._evaluate_mini_bert import first_answers
from training._text import CLS, MASK, SEP, Rows, Text
from training.mini_bert import Reader

SIZE = 30  # of the made-up vocabulary


def some_text() -> Text:
    """Two articles of tokens that depend on their neighbours; the second is held out."""
    random = np.random.default_rng(0)
    tokens = [10]
    for _ in range(3999):
        tokens.append(int(tokens[-1] * 3 + random.integers(0, 4)) % 25 + 5)
    starts = np.arange(0, 4000, 8, np.int32)
    return Text(np.array(tokens, np.uint16), starts, np.array([0, 3000], np.int32))


# --- hidden tokens


def test_the_usual_tokens_are_those_of_the_training_part() -> None:
    text = some_text()
    counts = Counter(text.tokens[:3000].tolist())
    ranking = usual(text, SIZE)
    assert [counts[each] for each in ranking.tolist()] == sorted(
        (counts[each] for each in range(SIZE)), reverse=True
    )


def test_two_neighbours_say_what_most_often_stood_between_them() -> None:
    text = some_text()
    row = text.tokens[:3000].tolist()
    seen = list(zip(row, row[1:], row[2:], strict=False))
    asked = sorted({(a, c) for a, _, c in seen})
    left, right = np.array(asked).T
    guesses = between(text, SIZE, left, right)
    for (a, c), guess in zip(asked, guesses, strict=True):
        counts = Counter(middle for first, middle, last in seen if (first, last) == (a, c))
        found = [each for each in guess[:5].tolist() if each >= 0]
        assert [counts[each] for each in found] == [n for _, n in counts.most_common(5)]
        assert len(set(found)) == len(found)


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_neighbour_alone_decides_where_the_other_is_hidden(side: str) -> None:
    text = some_text()
    row = text.tokens[:3000].tolist()
    pairs = list(itertools.pairwise(row))
    if side == "right":
        pairs = [(b, a) for a, b in pairs]
    known = np.array(sorted({first for first, _ in pairs}))
    hidden = np.full(len(known), -1)
    arguments = (known, hidden) if side == "left" else (hidden, known)
    guesses = between(text, SIZE, *arguments)
    for token, guess in zip(known.tolist(), guesses, strict=True):
        counts = Counter(other for first, other in pairs if first == token)
        best = next(each for each in guess.tolist() if each >= 0)
        assert counts[best] == max(counts.values())


def test_nothing_known_leaves_what_is_usual() -> None:
    text = some_text()
    nothing = np.full(2, -1)
    guesses = between(text, SIZE, nothing, nothing)
    assert [each for each in guesses[0].tolist() if each >= 0] == usual(text, SIZE)[:5].tolist()


def test_marks_and_hidden_words_are_no_neighbours() -> None:
    rows = np.array([[CLS, MASK, 7, MASK, MASK, 8, SEP]])
    left, right = neighbours(rows, np.array([1, 3, 4, 5]))
    assert left.tolist() == [-1, 7, -1, -1]
    assert right.tolist() == [7, -1, 8, -1]


def test_right_among_the_first_five_different_guesses() -> None:
    guesses = np.array([[1, 1, 2, 3, 4, 5, 6]] * 3)
    assert right_among(guesses, np.array([1, 5, 6])) == (1 / 3, 2 / 3)


# --- pairs


def pairs_of(*rows: tuple[list[int], list[int], int]) -> Rows:
    tokens = [[CLS, *first, SEP, *second, SEP] for first, second, _ in rows]
    segments = [[0] * (len(f) + 2) + [1] * (len(s) + 1) for f, s, _ in rows]
    return Rows(np.array(tokens), np.array(segments), np.array([each for *_, each in rows]))


def test_shared_words_are_counted_once_and_common_ones_not_at_all() -> None:
    pairs = pairs_of(
        ([9, 10, 10, 11], [10, 10, 9, 12], 0),  # shares 9 and 10
        ([9, 9, 9, 13], [9, 14, 15, 16], 1),  # shares 9, which is common
    )
    common = np.zeros(SIZE, bool)
    assert _baselines._shared(pairs, common).tolist() == [2, 1]
    common[9] = True
    assert _baselines._shared(pairs, common).tolist() == [1, 0]


def test_the_best_threshold_is_learnt() -> None:
    pairs = pairs_of(
        ([9, 10, 11], [9, 10, 12], 0),
        ([9, 10, 11], [9, 10, 13], 0),
        ([9, 10, 11], [9, 14, 15], 1),
        ([9, 10, 11], [16, 17, 18], 1),
    )
    rule = SharedWords.learn(pairs, np.arange(SIZE), (0,))
    assert rule.fewest == 2
    assert rule.accuracy(pairs) == 1.0
    others = pairs_of(([9, 10, 11], [9, 10, 12], 1), ([9, 10, 11], [9, 12, 13], 1))
    assert rule.accuracy(others) == 0.5


# --- the exam


@pytest.fixture
def exam(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_bert: None
) -> _evaluate_mini_bert.Exam:
    """A few rows of made-up articles."""
    monkeypatch.setattr(_evaluate_mini_bert, "FILLED", 40)
    monkeypatch.setattr(_evaluate_mini_bert, "PAIRS", 40)
    nothing = {"plain": {}, "limits": {}}  # the sentences are of another vocabulary
    monkeypatch.setattr(_evaluate_mini_bert, "_plain", lambda _: nothing)
    return _evaluate_mini_bert.Exam(articles, tmp_path / "runs")


def save(network: Any, folder: Path) -> Path:
    network.save_pretrained(folder)
    return folder


def test_every_place_is_asked_once(exam: _evaluate_mini_bert.Exam) -> None:
    filled = exam.papers["en"].filled
    parts = [_evaluate_mini_bert._part(filled, start) for start in (0, 32)]
    assert [len(part.tokens) for part in parts] == [32, 8]
    flat = torch.cat([part.tokens.flatten()[part.places] for part in parts])
    assert torch.equal(flat, filled.tokens.flatten()[filled.places])
    assert torch.equal(torch.cat([part.truth for part in parts]), filled.truth)


def test_a_network_that_always_says_the_same_is_as_good_as_that(
    exam: _evaluate_mini_bert.Exam, tmp_path: Path
) -> None:
    network = build_tiny(len(exam.reader.continues))
    with torch.no_grad():
        for weight in network.cls.parameters():
            weight.zero_()
        network.cls.predictions.bias[9] = 1.0
        network.cls.seq_relationship.bias[1] = 1.0  # never follows
    found = exam.measure(save(network, tmp_path / "same"))
    for language, paper in exam.papers.items():
        metrics = found.entries["metrics"]
        expected = (paper.filled.truth == 9).double().mean().item()
        assert metrics[f"top1_{language}"] == pytest.approx(expected, abs=1e-4)
        expected = float((paper.pairs.follows == 1).mean())
        assert metrics[f"follows_{language}"] == pytest.approx(expected, abs=1e-4)
        assert paper.short.tokens.shape[1] == found.entries["lengths"]["short_pairs"] == 32
        expected = float((paper.short.follows == 1).mean())
        assert found.entries["short_pairs"][language] == pytest.approx(expected, abs=1e-4)
    assert found.entries["baselines"].keys() == {
        "unigram", "trigram", "shared_words", "shared_rare_words"
    }  # fmt: skip
    assert found.entries["parameters"] == sum(each.numel() for each in network.parameters())


def test_only_held_out_articles_are_asked(exam: _evaluate_mini_bert.Exam) -> None:
    reader: Reader = exam.reader
    text = reader.texts["zh"]
    tokens = text.tokens.copy()
    tokens[: text.split] = 8
    text = dataclasses.replace(text, tokens=tokens)
    paper = _evaluate_mini_bert._paper(text, reader)
    assert torch.equal(paper.filled.truth, exam.papers["zh"].filled.truth)
    assert np.array_equal(paper.pairs.tokens, exam.papers["zh"].pairs.tokens)


@pytest.fixture
def weights(writable: Callable[[str], Path]) -> Path:
    """A copy of the weights, so that something can be installed."""
    return writable("mini_bert")


@pytest.mark.parametrize("better", [True, False])
def test_a_candidate_is_installed_only_if_it_is_better(
    exam: _evaluate_mini_bert.Exam,
    weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    better: bool,
) -> None:
    candidate = save(build_tiny(len(exam.reader.continues)), tmp_path / "run/weights")
    (tmp_path / "run/log.json").write_text('[{"step": 5}, {"step": 7, "loss": 1}]')
    before = {file.name: file.read_bytes() for file in weights.iterdir()}

    def measure(folder: Path) -> Found:
        return Found(0.5 + (0.1 if better else -0.1) * (folder == candidate), "", {"metrics": {}})

    monkeypatch.setattr(exam, "measure", measure)
    monkeypatch.setitem(evaluate.EXAMS, "mini_bert", lambda *_: exam)
    monkeypatch.setattr(_evaluate_mini_bert, "SHARD", "50KB")
    evaluate.main(["mini_bert", "--data", "unused", "--candidate", str(candidate)])
    after = {file.name: file.read_bytes() for file in weights.iterdir()}
    card = json.loads(after["card.json"])
    if not better:
        assert after.keys() == before.keys()
        assert {name for name in after if after[name] != before[name]} == {"card.json"}
        assert card["tokens"] == json.loads(before["card.json"])["tokens"]
        evaluate.main(["mini_bert", "--data", "unused", "--tokens", "5e6"])
        assert json.loads((weights / "card.json").read_text("utf-8"))["tokens"] == 5_000_000
        return
    assert card["tokens"] == 7 * _evaluate_mini_bert.TOKENS
    assert set(card["files"]) == after.keys() - {"card.json"}
    assert after["tokenizer.json"] == before["tokenizer.json"]
    shards = sorted(weights.glob("*.safetensors"))
    assert len(shards) > 2
    state = {name: values for shard in shards for name, values in load_file(shard).items()}
    assert {values.dtype for values in state.values()} == {torch.float16}
    kept = build_tiny(len(exam.reader.continues)).load_state_dict(state, strict=False)
    assert kept.unexpected_keys == []


def test_plain_sentences_are_asked_as_visitors_ask() -> None:
    for text in ("He is one [MASK] the best players.", "台[MASK]大学"):
        candidates = fill(text, top=5).gaps[0].candidates
        assert first_answers(load(SPEC), text) == [each.token for each in candidates]
