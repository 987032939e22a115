"""Weights: opened once, hashed before they are parsed, shared, evicted; hubs that fail, said so."""

import dataclasses
import gc
import hashlib
import io
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save
from torch import nn
from torchvision.models import AlexNet_Weights

from models import _fetch, _load, _shelf, _spec
from models._errors import HubUnavailable, WeightsCorrupt, WeightsError, WeightsMissing
from models._gate import turn
from models._load import device_of, forget, load
from models._spec import Embedded, Hub, ModelSpec, Torchvision, read_card
from models.networks.tiny_vgg import SPEC
from tests.patience import within
from tests.small_hub import REPOSITORY, REVISION, SmallHub, closed_port, serving

SECONDS = 5.0  # within which a hub that fails has to be said


def build(*_: Any) -> nn.Module:
    """A network of half a megabyte, so that cut and slow downloads are more than one piece."""
    return nn.Sequential(nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 4))


def state() -> dict[str, torch.Tensor]:
    torch.manual_seed(7)
    return build().state_dict()


def spec_of(weights: Embedded | Torchvision | Hub, name: str = "small") -> ModelSpec:
    return ModelSpec(name, "Small", build, weights, "Apache-2.0", 500_000, "nothing")


@pytest.fixture(autouse=True)
def empty_shelf() -> Iterator[None]:
    forget()
    yield
    forget()
    gc.unfreeze()


@pytest.fixture
def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of weights of our own; the card fits the file."""
    monkeypatch.setattr(_spec, "WEIGHTS", tmp_path)
    monkeypatch.setattr(_load, "WEIGHTS", tmp_path)
    read_card.cache_clear()
    folder = tmp_path / "small"
    folder.mkdir()
    content = save({name: values.half() for name, values in state().items()})
    (folder / "model.safetensors").write_bytes(content)
    entry = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    (folder / "card.json").write_text(json.dumps({"files": {"model.safetensors": entry}}))
    yield folder
    read_card.cache_clear()


SMALL = spec_of(Embedded("small"))


# --- one shared instance


def test_the_network_is_ready_to_run() -> None:
    network = load(SPEC)
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    assert {p.dtype for p in network.parameters()} == {torch.float32}
    assert device_of(network) == torch.device("cpu")


def test_a_second_call_gives_the_same_instance() -> None:
    assert load(SPEC) is load(SPEC, device="cpu", dtype=torch.float32)


def test_who_asks_first_does_not_decide_what_others_may_do(embedded: Path) -> None:
    with torch.inference_mode():
        network = load(SMALL)
    inputs = torch.ones(1, 1, requires_grad=True)
    (network[0].weight.sum() * inputs).backward()  # type: ignore[index]
    assert inputs.grad is not None


def test_another_number_type_is_another_instance(embedded: Path) -> None:
    half = load(SMALL, dtype=torch.bfloat16)
    assert half is not load(SMALL)
    assert {p.dtype for p in half.parameters()} == {torch.bfloat16}


def test_the_environment_chooses_the_device(
    embedded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GALLERY_DEVICE", "meta")
    assert device_of(load(SMALL)).type == "meta"
    assert device_of(load(SMALL, device="cpu")).type == "cpu"


def test_without_the_environment_it_is_the_best_there_is(
    embedded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GALLERY_DEVICE")
    best = "cuda" if torch.cuda.is_available() else "cpu"
    assert device_of(load(SMALL)).type == best


def test_half_precision_on_disk_is_what_was_saved(embedded: Path) -> None:
    for name, values in load(SMALL).state_dict().items():
        torch.testing.assert_close(values, state()[name].half().float(), rtol=0, atol=0)


def test_loading_draws_no_random_numbers(embedded: Path) -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    load(SMALL)
    assert torch.equal(torch.get_rng_state(), before)


def test_twenty_threads_open_the_weights_once(
    embedded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    read = _load._read_embedded

    def slowly(*args: Any) -> Any:
        opened.append(threading.get_ident())
        time.sleep(0.1)
        return read(*args)

    monkeypatch.setattr(_load, "_read_embedded", slowly)
    together = threading.Barrier(20)

    def one(_: int) -> nn.Module:
        together.wait()
        return load(SMALL)

    with ThreadPoolExecutor(20) as pool:
        networks = list(pool.map(one, range(20)))
    assert len(opened) == 1
    assert len({id(network) for network in networks}) == 1


def test_twenty_threads_over_one_network_answer_as_one() -> None:
    photos = torch.from_numpy(
        np.random.default_rng(0).standard_normal((20, 1, 3, 64, 64), np.float32)
    )

    @torch.inference_mode()
    def answer(photo: torch.Tensor) -> torch.Tensor:
        with turn():
            return load(SPEC)(photo)

    alone = [answer(photo) for photo in photos]
    with ThreadPoolExecutor(20) as pool:
        together = list(pool.map(answer, photos))
    assert all(torch.equal(one, other) for one, other in zip(alone, together, strict=True))


def test_different_networks_do_not_wait_for_each_other() -> None:
    shelf: _shelf.Shelf[str] = _shelf.Shelf(100, len)
    inside, release = threading.Event(), threading.Event()

    def hang(_: Any) -> str:
        inside.set()
        assert release.wait(60)
        return "slow"

    slow = threading.Thread(target=shelf.take, args=("a", hang))
    slow.start()
    assert inside.wait(60)
    assert shelf.take("b", lambda _: "quick") == "quick"
    release.set()
    slow.join(60)
    assert shelf.take("a", lambda _: "again") == "slow"


def test_who_waits_hears_how_far_it_is() -> None:
    shelf: _shelf.Shelf[str] = _shelf.Shelf(100, len)
    inside, release = threading.Event(), threading.Event()

    def make(report: _shelf.Progress) -> str:
        report(3, 10)
        inside.set()
        assert release.wait(60)
        return "made"

    heard = []

    def listen(done: int, total: int) -> None:
        heard.append((done, total, threading.current_thread().name))
        release.set()

    first = threading.Thread(target=shelf.take, args=("a", make))
    first.start()
    assert inside.wait(60)
    assert shelf.take("a", make, listen) == "made"
    assert heard[0] == (3, 10, threading.current_thread().name)
    first.join(60)


def test_who_waited_for_a_failure_shares_it_and_who_comes_later_does_not() -> None:
    shelf: _shelf.Shelf[str] = _shelf.Shelf(100, len)
    tries, here, together = [], set(), threading.Event()

    def listen(_: int, __: int) -> None:
        here.add(threading.get_ident())
        if len(here) == 8:
            together.set()

    def fail(report: _shelf.Progress) -> str:
        tries.append(1)
        report(1, 2)
        assert together.wait(60)  # until all the others wait
        raise HubUnavailable(model="Small")

    def take(_: int) -> str:
        with pytest.raises(HubUnavailable) as caught:
            shelf.take("a", fail, listen)
        return str(caught.value)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(take, range(8)))) == 1
    assert len(tries) == 1
    assert shelf.take("a", lambda _: "now") == "now"


# --- room


def test_the_least_recently_used_goes_first() -> None:
    shelf: _shelf.Shelf[str] = _shelf.Shelf(10, len)
    made = []

    def take(name: str) -> str:
        return shelf.take(name, lambda _: made.append(name) or name * 4)

    for name in "abacab":  # room for two: c drives out b, and b then drives out c, not a
        take(name)
    assert made == ["a", "b", "c", "b"]
    assert len(shelf) == 2


def test_what_is_larger_than_the_shelf_is_handed_out_but_not_kept() -> None:
    shelf: _shelf.Shelf[str] = _shelf.Shelf(3, len)
    assert shelf.take("a", lambda _: "large") == "large"
    assert len(shelf) == 0


def test_an_evicted_network_frees_its_memory(
    embedded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import weakref

    monkeypatch.setattr(_load, "_shelf", _shelf.Shelf(700_000, _load._bytes_of))
    first = weakref.ref(load(spec_of(Embedded("small"), "one")))
    assert first() is not None
    load(spec_of(Embedded("small"), "two"))
    assert first() is None


def test_a_full_device_is_emptied_and_tried_once_more(
    embedded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = load(spec_of(Embedded("small"), "other"))
    move, failures = nn.Module.to, [torch.OutOfMemoryError("full")]

    def full_once(self: nn.Module, *args: Any, **settings: Any) -> nn.Module:
        if failures:
            raise failures.pop()
        return move(self, *args, **settings)

    monkeypatch.setattr(nn.Module, "to", full_once)
    assert not load(SMALL).training
    assert load(spec_of(Embedded("small"), "other")) is not other  # it had to make room


def test_a_device_that_stays_full_is_said(embedded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> nn.Module:
        raise torch.OutOfMemoryError("full")

    monkeypatch.setattr(nn.Module, "to", full)
    with pytest.raises(WeightsError) as caught:
        load(SMALL)
    assert caught.value.code == "device_memory"
    assert caught.value.values == {"model": "Small", "device": "cpu"}


# --- embedded files


@pytest.mark.parametrize("position", [0, 9, 100, -1])
def test_a_wrong_byte_is_refused_before_it_is_parsed(
    embedded: Path, monkeypatch: pytest.MonkeyPatch, position: int
) -> None:
    import safetensors.torch

    def parse(_: bytes) -> None:
        pytest.fail("parsed before it was checked")

    monkeypatch.setattr(safetensors.torch, "load", parse)
    file = embedded / "model.safetensors"
    content = bytearray(file.read_bytes())
    content[position] ^= 1
    file.write_bytes(content)
    with pytest.raises(WeightsCorrupt) as caught:
        load(SMALL)
    assert caught.value.values == {"model": "Small", "file": "model.safetensors"}


def test_a_cut_file_is_refused(embedded: Path) -> None:
    file = embedded / "model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(WeightsCorrupt):
        load(SMALL)


@pytest.mark.parametrize("text", ["", "{}", '{"files": '])
def test_a_broken_card_is_said(embedded: Path, text: str) -> None:
    (embedded / "card.json").write_text(text)
    with pytest.raises(WeightsCorrupt) as caught:
        load(SMALL)
    assert caught.value.values["file"] == "card.json"


def test_weights_of_another_network_are_refused(embedded: Path) -> None:
    other = dataclasses.replace(SMALL, build=lambda: nn.Linear(2, 2))
    with pytest.raises(WeightsCorrupt):
        load(other)


@pytest.mark.parametrize("name", ["model.safetensors", "card.json"])
def test_a_missing_file_is_said(embedded: Path, name: str) -> None:
    (embedded / name).unlink()
    with pytest.raises(WeightsMissing) as caught:
        load(SMALL)
    assert caught.value.values == {"model": "Small"}


# --- hubs


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallHub]:
    """The Hugging Face client's hub, on loopback, with an empty cache."""
    import huggingface_hub.file_download  # noqa: F401 (its seconds are not the hub's)

    files = {"model.safetensors": save(state()), "config.json": b'{"hidden": 512}'}
    with serving(SmallHub(files)) as small:
        monkeypatch.setenv("HF_ENDPOINT", small.url)
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
        yield small


FROM_HUB = spec_of(Hub(REPOSITORY, REVISION))


def refused(spec: ModelSpec) -> str:
    """The code with which a hub is said to fail, in time."""
    with within(SECONDS), pytest.raises(HubUnavailable) as caught:
        load(spec)
    assert caught.value.values["model"] == "Small"
    return caught.value.code


def same_as_saved(network: nn.Module) -> bool:
    saved = state()
    return all(torch.equal(v, saved[name]) for name, v in network.state_dict().items())


def test_a_good_hub(hub: SmallHub) -> None:
    heard: list[tuple[int, int]] = []
    network = load(FROM_HUB, progress=lambda done, total: heard.append((done, total)))
    assert same_as_saved(network)
    assert not network.training
    assert heard[-1][0] == heard[-1][1] == sum(map(len, hub.files.values()))


def test_a_second_visit_asks_the_hub_nothing(hub: SmallHub) -> None:
    load(FROM_HUB)
    forget()
    hub.requests.clear()
    assert same_as_saved(load(FROM_HUB))
    assert hub.requests == []


def test_the_build_is_given_the_settings(hub: SmallHub) -> None:
    seen = []

    def build_from(folder: Path) -> nn.Module:
        seen.append(json.loads((folder / "config.json").read_text()))
        return build()

    load(dataclasses.replace(FROM_HUB, build=build_from))
    assert seen == [{"hidden": 512}]


def test_only_what_is_safe_is_fetched(hub: SmallHub) -> None:
    hub.files |= {"pytorch_model.bin": b"pickle", "modeling.py": b"raise SystemExit"}
    load(FROM_HUB)
    assert {request.split()[1] for request in hub.requests}.isdisjoint(
        {"pytorch_model.bin", "modeling.py"}
    )


STANDING_STILL = {"cut", "stalled", "trickle", "slow"}


@pytest.fixture
def hurry(mood: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for what stands still, so that a dozen such tests take seconds."""
    if mood in STANDING_STILL:
        monkeypatch.setattr(_fetch, "PATIENCE", 1.0)


@pytest.mark.slow
def test_a_hub_that_stands_still_is_said_within_five_seconds(hub: SmallHub) -> None:
    hub.mood = "stalled"
    assert refused(FROM_HUB) == "hub_slow"


@pytest.mark.slow
@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(
    ("mood", "codes"),
    [
        ("corrupt", {"hub_corrupt"}),
        ("cut", {"hub_slow", "hub_cut"}),  # the client itself tries to go on where it was cut
        ("trickle", {"hub_unavailable", "hub_slow"}),
        ("slow", {"hub_unavailable"}),
        ("broken", {"hub_unavailable"}),
    ],
)
def test_a_hub_that_fails_is_said_in_time(hub: SmallHub, mood: str, codes: set[str]) -> None:
    hub.mood = mood
    assert refused(FROM_HUB) in codes


def test_a_hub_without_the_weights(hub: SmallHub) -> None:
    del hub.files["model.safetensors"]
    assert refused(FROM_HUB) == "hub_missing"


def test_a_hub_that_answers_with_another_commit(hub: SmallHub) -> None:
    hub.revision = "f" * 40
    assert refused(FROM_HUB) == "hub_corrupt"


def test_a_hub_that_is_away(hub: SmallHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", closed_port())
    assert refused(FROM_HUB) == "hub_unavailable"


def test_a_hub_that_is_back_is_used(hub: SmallHub) -> None:
    hub.mood = "corrupt"
    assert refused(FROM_HUB) == "hub_corrupt"
    hub.mood = "good"
    assert same_as_saved(load(FROM_HUB))


def test_a_slow_download_that_moves_may_go_on(
    hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_fetch, "PATIENCE", 1.0)
    hub.pace = 0.2  # seconds for an eighth: longer in all than a standstill may last
    start = time.monotonic()
    assert same_as_saved(load(FROM_HUB))
    assert time.monotonic() - start > 1.0


def test_a_file_that_rots_in_the_cache_is_fetched_again(hub: SmallHub, tmp_path: Path) -> None:
    load(FROM_HUB)
    forget()
    blob = next((tmp_path / "hub").rglob(f"blobs/{hub.etag('model.safetensors')}"))
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    hub.requests.clear()
    assert same_as_saved(load(FROM_HUB))
    assert "GET model.safetensors" in hub.requests


def test_a_file_of_another_network_is_said(hub: SmallHub) -> None:
    hub.files["model.safetensors"] = save({"weight": torch.zeros(3)})
    assert refused(FROM_HUB) == "hub_corrupt"


def test_a_network_of_transformers(hub: SmallHub, tmp_path: Path) -> None:
    import transformers

    settings = transformers.BertConfig(
        vocab_size=40,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=8,
        attn_implementation="eager",
    )
    torch.manual_seed(1)
    network = transformers.BertForMaskedLM(settings).eval()
    network.save_pretrained(tmp_path / "saved")
    hub.files = {file.name: file.read_bytes() for file in (tmp_path / "saved").iterdir()}

    def from_settings(folder: Path) -> nn.Module:
        found = transformers.BertConfig.from_pretrained(folder, attn_implementation="eager")
        return transformers.BertForMaskedLM(found)

    loaded = load(dataclasses.replace(FROM_HUB, build=from_settings))
    tokens = torch.tensor([[1, 5, 9]])
    with torch.inference_mode():
        expected, found = network(tokens), loaded(tokens, output_attentions=True)
    assert torch.equal(expected.logits, found.logits)
    assert found.attentions[0].shape == (1, 2, 3, 3)
    assert not loaded.training


# --- torchvision's files

FROM_TORCHVISION = spec_of(Torchvision("AlexNet_Weights.IMAGENET1K_V1"))


@pytest.fixture
def torchvision_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallHub]:
    """Torchvision's server on loopback: its file is named by the beginning of its hash."""
    opened = io.BytesIO()
    torch.save(state() | {"side_head.weight": torch.zeros(2)}, opened)
    content = opened.getvalue()
    name = f"small-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    with serving(SmallHub({name: content})) as small:
        point_to(small, name, monkeypatch)
        yield small


def point_to(hub: SmallHub, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    member = AlexNet_Weights.IMAGENET1K_V1
    value = dataclasses.replace(member.value, url=f"{hub.url}/models/{name}")
    monkeypatch.setattr(member, "_value_", value)


def cached(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "torch/hub/checkpoints").glob("*"))


def test_torchvision_good(torchvision_hub: SmallHub, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    network = load(FROM_TORCHVISION, progress=lambda done, total: heard.append((done, total)))
    assert same_as_saved(network)  # without the head that only training needs
    size = len(next(iter(torchvision_hub.files.values())))
    assert heard[-1] == (size, size)
    assert [file.stat().st_size for file in cached(tmp_path)] == [size]


def test_torchvision_is_asked_once(torchvision_hub: SmallHub) -> None:
    load(FROM_TORCHVISION)
    forget()
    load(FROM_TORCHVISION)
    assert torchvision_hub.asked("GET") == 1


@pytest.mark.slow
def test_torchvision_away_in_silence_is_said_within_five_seconds(
    torchvision_hub: SmallHub,
) -> None:
    torchvision_hub.mood = "slow"
    assert refused(FROM_TORCHVISION) == "hub_unavailable"


@pytest.mark.slow
@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(
    ("mood", "code"),
    [
        ("corrupt", "hub_corrupt"),
        ("cut", "hub_cut"),
        ("stalled", "hub_slow"),
        ("trickle", "hub_slow"),
        ("broken", "hub_unavailable"),
    ],
)
def test_torchvision_failing_is_said_in_time(
    torchvision_hub: SmallHub, tmp_path: Path, mood: str, code: str
) -> None:
    torchvision_hub.mood = mood
    assert refused(FROM_TORCHVISION) == code
    assert not [file for file in cached(tmp_path) if file.suffix == ".pth"]


def test_torchvision_missing(torchvision_hub: SmallHub) -> None:
    torchvision_hub.files = {}
    assert refused(FROM_TORCHVISION) == "hub_missing"


def test_torchvision_away(torchvision_hub: SmallHub, monkeypatch: pytest.MonkeyPatch) -> None:
    torchvision_hub.url = closed_port()
    point_to(torchvision_hub, "small-00000000.pth", monkeypatch)
    assert refused(FROM_TORCHVISION) == "hub_unavailable"


def test_torchvision_rotten_in_the_cache(torchvision_hub: SmallHub, tmp_path: Path) -> None:
    load(FROM_TORCHVISION)
    forget()
    file = cached(tmp_path)[0]
    file.write_bytes(b"not what it was")
    assert same_as_saved(load(FROM_TORCHVISION))
    assert torchvision_hub.asked("GET") == 2


def test_torchvision_files_cannot_run_code(
    torchvision_hub: SmallHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Harm:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path(tmp_path / "harm").touch, ())

    opened = io.BytesIO()
    torch.save({"0.weight": Harm()}, opened)
    content = opened.getvalue()
    name = f"harm-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    torchvision_hub.files = {name: content}
    point_to(torchvision_hub, name, monkeypatch)
    with pytest.raises(WeightsCorrupt):
        load(FROM_TORCHVISION)
    assert not (tmp_path / "harm").exists()
