"""The only place that opens weights: ``load(spec)`` gives a network ready to run.

Files are hashed before they are parsed, and only safetensors are parsed (torchvision's own files:
with torch's ``weights_only`` reader). All visitors share one instance per name, device and number
type, so a network that came from here is never changed: no hooks, no ``.to()``, no ``.train()``.
"""

import gc
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cachetools

from models import _fetch
from models._errors import HubUnavailable, WeightsCorrupt, WeightsError, WeightsMissing
from models._spec import WEIGHTS, Embedded, Hub, ModelSpec, Torchvision, read_card

if TYPE_CHECKING:
    import torch
    from torch import nn

    State = dict[str, torch.Tensor]

__all__ = ["BUDGET", "Progress", "device_of", "forget", "load"]

BUDGET = int(os.environ.get("GALLERY_MODEL_BYTES", 2 * 1024**3))  # of parameters held at a time
POLL_SECONDS = 0.25

Progress = Callable[[int, int], None]  # bytes downloaded so far, bytes in all (0: not known)
Key = tuple[str, str, str]  # name, device, number type


@dataclass
class _Slot:
    """What the callers that want one network share while one of them opens it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    downloaded: tuple[int, int] = (0, 0)
    failure: WeightsError | None = None
    failed_at: float = 0.0


def _bytes_of(network: "nn.Module") -> int:
    tensors = [*network.parameters(), *network.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


_guard = threading.Lock()  # held for moments only: around the two dictionaries
_networks: "cachetools.LRUCache[Key, nn.Module]" = cachetools.LRUCache(BUDGET, _bytes_of)
_slots: dict[Key, _Slot] = {}


def load(
    spec: ModelSpec,
    device: "str | torch.device | None" = None,
    dtype: "torch.dtype | None" = None,
    progress: Progress | None = None,
) -> "nn.Module":
    """Open a network's weights, once, and hand out the shared instance.

    Args:
        spec: Which network.
        device: Where it runs; None: the environment's ``GALLERY_DEVICE``, else CUDA, else CPU.
        dtype: Type of its parameters; None: float32.
        progress: Called in this thread with (bytes so far, bytes in all) while a file downloads.

    Returns:
        The network in evaluation mode, without gradients for its parameters. Do not change it.

    Raises:
        WeightsMissing: The files are not in their folder.
        WeightsCorrupt: A file is not what its card says.
        HubUnavailable: It has to come from a hub that is away, slow or sends something broken.
        WeightsError: ``device_memory`` when it does not fit, even alone.
    """
    import torch

    place = _choose(device)
    kind = dtype or torch.float32
    key = (spec.name, str(place), str(kind))
    network = _find(key)
    if network is not None:
        return network
    asked = time.monotonic()
    with _holding(key, progress) as slot:
        network = _find(key)  # another caller may have opened it while this one waited
        if network is None:
            _repeat_failure(slot, asked)
            network = _open_noting_failure(spec, place, kind, slot, progress)
            _keep(key, network)
    return network


def device_of(network: "nn.Module") -> "torch.device":
    """Where a network's parameters are."""
    return next(network.parameters()).device


def forget() -> None:
    """Let go of every network; who still holds one may go on using it."""
    with _guard:
        _networks.clear()


def _choose(device: "str | torch.device | None") -> "torch.device":
    import torch

    fallback = "cuda" if torch.cuda.is_available() else "cpu"
    place = torch.device(device or os.environ.get("GALLERY_DEVICE") or fallback)
    if place.type == "cuda" and place.index is None:
        return torch.device("cuda", torch.cuda.current_device())
    return place


def _find(key: Key) -> "nn.Module | None":
    with _guard:
        return _networks.get(key)


def _keep(key: Key, network: "nn.Module") -> None:
    with _guard:
        if _bytes_of(network) <= _networks.maxsize:
            _networks[key] = network  # drops the least recently used ones that no longer fit
    # Every rerun of a page collects garbage in full, and walking a network's thousands of objects
    # each time costs more than the page: put them out of the collector's sight until the next load.
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@contextmanager
def _holding(key: Key, progress: Progress | None) -> Iterator[_Slot]:
    with _guard:
        slot = _slots.setdefault(key, _Slot())
    while not slot.lock.acquire(timeout=POLL_SECONDS):
        if progress and slot.downloaded[0]:
            progress(*slot.downloaded)
    try:
        yield slot
    finally:
        slot.downloaded = (0, 0)
        slot.lock.release()


def _repeat_failure(slot: _Slot, asked: float) -> None:
    # Who waited while the hub was found to be away need not find out again, one after the other.
    if slot.failure and slot.failed_at >= asked:
        raise type(slot.failure)(slot.failure.code, **slot.failure.values)


def _open_noting_failure(
    spec: ModelSpec,
    place: "torch.device",
    kind: "torch.dtype",
    slot: _Slot,
    progress: Progress | None,
) -> "nn.Module":
    def report(done: int, total: int) -> None:
        slot.downloaded = (done, total or spec.size_bytes)
        if progress:
            progress(*slot.downloaded)

    try:
        network = _open(spec, kind, report)
        return _move(spec, network.eval().requires_grad_(False), place)
    except WeightsError as error:
        slot.failure, slot.failed_at = error, time.monotonic()
        raise


def _open(spec: ModelSpec, kind: "torch.dtype", report: Progress) -> "nn.Module":
    if isinstance(spec.weights, Embedded):
        return _fill(spec, _read_embedded(spec, spec.weights.folder), kind)
    if isinstance(spec.weights, Torchvision):
        return _fill(spec, _read_torchvision(spec, spec.weights, report), kind)
    return _open_hub(spec, spec.weights, kind, report)


def _read_embedded(spec: ModelSpec, folder: str) -> "State":
    from safetensors.torch import load as parse

    state: State = {}
    try:
        files = read_card(folder)["files"]
        contents = {name: (WEIGHTS / folder / name).read_bytes() for name in files}
    except OSError as error:
        raise WeightsMissing(model=spec.title) from error
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != files[name]["sha256"]:
            raise WeightsCorrupt(model=spec.title, file=name)
        if name.endswith(".safetensors"):
            state |= parse(content)
    return state


def _read_torchvision(spec: ModelSpec, weights: Torchvision, report: Progress) -> "State":
    from torchvision.models import get_weight

    enum = get_weight(weights.name)
    _fetch.torchvision_file(spec.title, enum.url, report)
    state: State = enum.get_state_dict(
        progress=False, check_hash=True, weights_only=True, map_location="cpu"
    )
    return state


def _fill(spec: ModelSpec, state: "State", kind: "torch.dtype") -> "nn.Module":
    import torch

    with torch.device("meta"):  # no memory and no random numbers for what is overwritten anyway
        network = spec.build()
    wanted = network.state_dict().keys()
    embedded = isinstance(spec.weights, Embedded)
    state = {
        name: values.to(kind) if values.is_floating_point() else values
        for name, values in state.items()
        if embedded or name in wanted  # torchvision's files may hold heads used in training only
    }
    try:
        network.load_state_dict(state, assign=True)
    except RuntimeError as error:
        raise WeightsCorrupt(model=spec.title, file=str(spec.weights)) from error
    return network


def _open_hub(spec: ModelSpec, weights: Hub, kind: "torch.dtype", report: Progress) -> "nn.Module":
    from safetensors.torch import load_file

    folder = _fetch.hub_folder(spec.title, weights.repo_id, weights.revision, report)
    try:
        network = spec.build(folder)
        if hasattr(network, "from_pretrained"):  # transformers renames keys of older files itself
            return type(network).from_pretrained(
                folder,
                config=network.config,
                dtype=kind,
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
            )
        network.load_state_dict(load_file(folder / _fetch.HUB_WEIGHTS))
        return network.to(kind)
    except (OSError, ValueError, RuntimeError, KeyError, json.JSONDecodeError) as error:
        raise HubUnavailable("hub_corrupt", model=spec.title) from error


def _move(spec: ModelSpec, network: "nn.Module", place: "torch.device") -> "nn.Module":
    import torch

    try:
        return network.to(place)
    except torch.OutOfMemoryError:
        forget()
        gc.unfreeze()
        gc.collect()
        torch.cuda.empty_cache()
    try:
        return network.to(place)
    except torch.OutOfMemoryError as error:
        raise WeightsError("device_memory", model=spec.title, device=str(place)) from error
