"""The hub's language models, in miniature, through the real client: they load and read."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load as parse
from safetensors.torch import save

from models import _fetch
from models._errors import HubUnavailable
from models._load import forget, load
from models._reading import read
from models.bert_masking import fill
from models.networks._language import LanguageModel, tokenizer_of
from tests.patience import within
from tests.small_hub import SmallHub, closed_port
from tests.tiny_models import LANGUAGE_MODELS, offer, small_hub

SECONDS = 5.0  # within which a hub that fails has to be said
TEXT = {True: "今天天气很[MASK]，我们去公园玩。", False: "The cat sat on the [MASK], she said."}
NAMES = list(LANGUAGE_MODELS)
EACH = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHub]:
    """One hub for the networks that are only read."""
    import huggingface_hub.file_download  # noqa: F401 (its seconds are not the hub's)

    with small_hub(tmp_path_factory.mktemp("hub")) as found:
        yield found
    gc.unfreeze()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[SmallHub]:
    """A hub beside an empty cache, for a test that spoils something."""
    with small_hub(tmp_path) as found:
        yield found
    gc.unfreeze()


def text_for(name: str) -> str:
    return TEXT[name == "bert-base-chinese"]


def plain(name: str) -> str:
    return text_for(name).replace("[MASK]", "mat")


def peer(network: Any, model: LanguageModel, text: str) -> Any:
    """What transformers itself computes from the same tokens."""
    reading = read(text, model)
    more = {"token_type_ids": torch.from_numpy(reading.segments)[None]} if model.segments else {}
    ids = torch.from_numpy(reading.ids)[None]
    with torch.inference_mode():
        return network(input_ids=ids, **more)


def scores_of(found: Any) -> torch.Tensor:
    return (found.prediction_logits if "prediction_logits" in found else found.logits)[0]


# --- a good hub


@EACH
def test_the_weights_arrive_whole(hub: SmallHub, name: str) -> None:
    network = offer(hub, LANGUAGE_MODELS[name].spec)
    loaded = load(LANGUAGE_MODELS[name].spec)
    assert type(loaded) is type(network)
    assert not loaded.training
    assert loaded.config._attn_implementation == "eager"
    expected = network.state_dict()
    assert loaded.state_dict().keys() == expected.keys()
    assert all(torch.equal(v, expected[key]) for key, v in loaded.state_dict().items())


@EACH
def test_a_second_visit_asks_the_hub_nothing(hub: SmallHub, name: str) -> None:
    model = LANGUAGE_MODELS[name]
    offer(hub, model.spec)
    load(model.spec)
    forget()
    hub.requests.clear()
    load(model.spec)
    tokenizer_of(model)
    assert hub.requests == []


@EACH
def test_the_tokenizer_is_the_networks_own(hub: SmallHub, name: str) -> None:
    model = LANGUAGE_MODELS[name]
    network = offer(hub, model.spec)
    load(model.spec)
    tokenizer = tokenizer_of(model)
    assert tokenizer.get_vocab_size() <= network.config.vocab_size
    for special in (model.mask, model.first, model.last):
        assert special is None or tokenizer.token_to_id(special) is not None
    long = " ".join([plain(name)] * 20)
    assert len(tokenizer.encode(long, add_special_tokens=False).ids) > 128
    assert read(long, model, most=64).cut > 0


@EACH
def test_body_and_head_are_where_the_gallery_looks(hub: SmallHub, name: str) -> None:
    model = LANGUAGE_MODELS[name]
    network = offer(hub, model.spec)
    loaded = load(model.spec)
    reading = read(plain(name), model)
    with torch.inference_mode():
        body = model.body_of(loaded)(input_ids=torch.from_numpy(reading.ids)[None])
        found = model.head(loaded, body.last_hidden_state[0])
    torch.testing.assert_close(found, scores_of(peer(network, model, plain(name))))
    assert model.follows == hasattr(getattr(loaded, "cls", None), "seq_relationship")


# --- a hub that fails


def _open(model: LanguageModel) -> None:
    load(model.spec)
    tokenizer_of(model)


def refused(model: LanguageModel) -> str:
    """The code with which a hub is said to fail, in time, by weights or tokenizer."""
    with within(SECONDS), pytest.raises(HubUnavailable) as caught:
        _open(model)
    assert caught.value.values["model"] == model.spec.title
    return caught.value.code


@EACH
def test_a_hub_that_is_away(fresh: SmallHub, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", closed_port())
    assert refused(LANGUAGE_MODELS[name]) == "hub_unavailable"


@EACH
def test_a_hub_that_sends_something_else(fresh: SmallHub, name: str) -> None:
    offer(fresh, LANGUAGE_MODELS[name].spec)
    fresh.mood = "corrupt"
    assert refused(LANGUAGE_MODELS[name]) == "hub_corrupt"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bert-base-uncased", "gpt2"])
def test_a_hub_that_stops_halfway(
    fresh: SmallHub, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(_fetch, "PATIENCE", 1.0)
    offer(fresh, LANGUAGE_MODELS[name].spec)
    fresh.mood = "cut"
    assert refused(LANGUAGE_MODELS[name]) in {"hub_cut", "hub_slow"}


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("model.safetensors", "hub_missing"),
        ("config.json", "hub_corrupt"),
        ("tokenizer.json", "hub_corrupt"),
    ],
)
@pytest.mark.parametrize("name", ["bert-base-uncased", "roberta-base", "gpt2"])
def test_a_repository_that_lacks_a_file(fresh: SmallHub, name: str, file: str, code: str) -> None:
    offer(fresh, LANGUAGE_MODELS[name].spec)
    del fresh.files[file]
    assert refused(LANGUAGE_MODELS[name]) == code


@EACH
def test_weights_that_lack_a_part(fresh: SmallHub, name: str) -> None:
    """Else transformers puts random numbers in its place, and answers would be made up."""
    offer(fresh, LANGUAGE_MODELS[name].spec)
    state = parse(fresh.files["model.safetensors"])
    part = next(key for key in state if key.endswith("weight") and "1." in key)
    del state[part]
    fresh.files["model.safetensors"] = save(state, {"format": "pt"})
    assert refused(LANGUAGE_MODELS[name]) == "hub_corrupt"


@pytest.mark.parametrize("content", [b"", b"{}", b'{"model": 1', b"\xff\xfe"])
def test_a_tokenizer_that_is_none(fresh: SmallHub, content: bytes) -> None:
    model = LANGUAGE_MODELS["bert-base-uncased"]
    offer(fresh, model.spec)
    fresh.files["tokenizer.json"] = content
    assert refused(model) == "hub_corrupt"


def test_a_hub_that_is_back_is_used(fresh: SmallHub) -> None:
    model = LANGUAGE_MODELS["bert-base-uncased"]
    offer(fresh, model.spec)
    fresh.mood = "corrupt"
    assert refused(model) == "hub_corrupt"
    offer(fresh, model.spec)
    assert fill("The [MASK] sat.", model="bert-base-uncased").gaps
