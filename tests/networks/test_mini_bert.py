"""The embedded reader: transformers' own architecture, its files, its card."""

import copy
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from transformers import BertForPreTraining, PreTrainedTokenizerFast

from models._load import load
from models._reading import read
from models._spec import WEIGHTS, read_card
from models.networks._language import tokenizer_of
from models.networks.mini_bert import FOLDER, MODEL, SPEC, build, read_settings

CARD = read_card(FOLDER)
PAIR = ("The capital of [MASK] is old. 台[MASK]大学", "It has a university, 在北京。")


@pytest.fixture(scope="module")
def network() -> Any:
    return load(SPEC)


@pytest.fixture(scope="module")
def original() -> Any:
    """The same folder, as transformers opens it."""
    return BertForPreTraining.from_pretrained(
        WEIGHTS / FOLDER, attn_implementation="eager", dtype=torch.float32
    ).eval()


def inputs() -> dict[str, torch.Tensor]:
    reading = read(PAIR[0], MODEL, PAIR[1])
    arrays = {"input_ids": reading.ids, "token_type_ids": reading.segments}
    return {name: torch.from_numpy(each)[None] for name, each in arrays.items()}


@torch.inference_mode()
def test_it_answers_as_transformers_does(network: Any, original: Any) -> None:
    ours, theirs = network(**inputs()), original(**inputs())
    assert torch.equal(ours.prediction_logits, theirs.prediction_logits)
    assert torch.equal(ours.seq_relationship_logits, theirs.seq_relationship_logits)


def test_it_has_the_parameters_that_transformers_reads(network: Any, original: Any) -> None:
    ours, theirs = network.state_dict(), original.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_what_it_reads_with_is_what_it_answers_with(network: Any) -> None:
    words = network.bert.embeddings.word_embeddings.weight
    assert network.cls.predictions.decoder.weight is words
    assert network.cls.predictions.decoder.bias is network.cls.predictions.bias


@torch.inference_mode()
def test_the_head_reads_single_states(network: Any) -> None:
    given = inputs()
    states = MODEL.body_of(network)(**given).last_hidden_state[0]
    whole = network(**given).prediction_logits[0]
    torch.testing.assert_close(MODEL.head(network, states[3:5]), whole[3:5], rtol=0, atol=1e-4)


@torch.inference_mode()
def test_its_attention_can_be_looked_at(network: Any) -> None:
    own = copy.deepcopy(network)  # asked for attention, it sets hooks
    attention = own(**inputs(), output_attentions=True).attentions
    tokens = inputs()["input_ids"].shape[1]
    assert len(attention) == read_settings()["num_hidden_layers"]
    assert attention[0].shape == (1, read_settings()["num_attention_heads"], tokens, tokens)


def test_its_sizes() -> None:
    settings = read_settings()
    assert 4 <= settings["num_hidden_layers"] <= 6
    assert 256 <= settings["hidden_size"] <= 384
    assert settings["max_position_embeddings"] >= MODEL.longest == 128
    assert 12_000 <= settings["vocab_size"] <= 16_000
    assert settings["hidden_dropout_prob"] == settings["attention_probs_dropout_prob"] == 0
    with torch.device("meta"):
        counted = sum(values.numel() for values in build().parameters())
    assert CARD["parameters"] == counted


def test_its_tokenizer_is_the_one_that_transformers_opens() -> None:
    theirs = PreTrainedTokenizerFast(tokenizer_file=str(WEIGHTS / FOLDER / "tokenizer.json"))
    for text in (
        "The cats were running, weren't they?",
        "台北大学是一所好学校。ABC 12",
        "😀 naïve",
    ):
        assert read(text, MODEL).ids.tolist() == theirs(text)["input_ids"]
    both = theirs("台北", "is a city", return_token_type_ids=True)
    reading = read("台北", MODEL, "is a city")
    assert reading.ids.tolist() == both["input_ids"]
    assert reading.segments.tolist() == both["token_type_ids"]


def test_its_vocabulary_holds_both_languages() -> None:
    tokenizer = tokenizer_of(MODEL)
    assert tokenizer.get_vocab_size() == read_settings()["vocab_size"]
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    assert [tokenizer.token_to_id(name) for name in names] == [0, 1, 2, 3, 4]
    tokens = [tokenizer.id_to_token(n) or "" for n in range(tokenizer.get_vocab_size())]
    chinese = [each for each in tokens if any("\u4e00" <= sign <= "\u9fff" for sign in each)]
    assert len(chinese) > 3000
    assert all(len(each.removeprefix("##")) == 1 for each in chinese)  # read by character
    assert sum(each.isascii() and each.isalpha() for each in tokens) > 5000


def test_its_files_are_those_of_the_card_small_and_half_precise() -> None:
    folder = WEIGHTS / FOLDER
    files = {file.name for file in folder.iterdir()} - {"card.json"}
    assert files == set(CARD["files"])
    for name, entry in CARD["files"].items():
        content = (folder / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert len(content) == entry["bytes"] < 10_000_000
    index = json.loads((folder / "model.safetensors.index.json").read_text("utf-8"))
    for shard in set(index["weight_map"].values()):
        with safe_open(folder / shard, "pt") as file:
            kinds = {file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118
        assert kinds == {"F16"}


def test_the_card_carries_measured_figures() -> None:
    metrics = CARD["metrics"]
    assert SPEC.metrics == metrics
    assert {"top1_en", "top1_zh"} <= metrics.keys()
    shares = [value for name, value in metrics.items() if name.startswith(("top", "follows"))]
    assert all(0 < value < 1 for value in shares)
    for name in metrics:
        if name.startswith("top5"):
            assert metrics[name] > metrics[name.replace("top5", "top1")]


@torch.inference_mode()
def test_the_first_place_is_awake(network: Any) -> None:
    """A state of [CLS] that is the same for every text could not tell pairs apart."""
    texts = ["The cat sat.", "台北大学是一所好学校。", "In 1945 the war ended.", "He is a doctor."]
    states = []
    for text in texts:
        ids = torch.from_numpy(read(text, MODEL).ids)[None]
        states.append(MODEL.body_of(network)(ids).last_hidden_state[0, 0].numpy())
    assert np.std(states, axis=0).mean() > 0.01


def test_naming_it_costs_no_torch() -> None:
    code = "import sys, models.networks.mini_bert; sys.exit('torch' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0
