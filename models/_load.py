"""The only place that opens weights: ``load(spec)`` gives a network ready to run.

Files are hashed before they are parsed, and only safetensors are parsed (torchvision's own files:
with torch's ``weights_only`` reader). All visitors share one instance per name, device and number
type, so a network that came from here is never changed: no hooks, no ``.to()``, no ``.train()``.
"""

import atexit
import gc
import hashlib
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from models import _fetch, _hub
from models._errors import HubUnavailable, WeightsCorrupt, WeightsError, WeightsMissing
from models._shelf import Progress, Shelf
from models._spec import WEIGHTS, Embedded, Hub, HubFile, ModelSpec, Torchvision, read_card

if TYPE_CHECKING:
    import torch
    from torch import nn

    State = dict[str, torch.Tensor]

__all__ = [
    "BUDGET",
    "Progress",
    "device_of",
    "forget",
    "load",
    "read_file",
    "spare_the_collector",
    "watching",
]

BUDGET = int(os.environ.get("GALLERY_MODEL_BYTES", 2 * 1024**3))  # of parameters held at a time


_watcher: ContextVar[Progress | None] = ContextVar("watcher", default=None)


def _bytes_of(network: "nn.Module") -> int:
    tensors = [*network.parameters(), *network.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


_shelf: "Shelf[nn.Module]" = Shelf(BUDGET, _bytes_of)
atexit.register(gc.unfreeze)  # or what is hidden below is taken for leaked at the end


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
        progress: Called in this thread with (bytes so far, bytes in all) while a file downloads;
            None: what ``watching`` has installed.

    Returns:
        The network in evaluation mode, without gradients for its parameters. Do not change it.

    Raises:
        WeightsMissing: The files are not in their folder.
        WeightsCorrupt: A file is not what its card says.
        HubUnavailable: It has to come from a hub that is away, slow or sends something broken.
        WeightsError: ``device_memory`` when the device has no room for it, even alone.
    """
    import torch

    progress = progress or _watcher.get()
    place = _choose(device)
    kind = dtype or torch.float32

    def make(report: Progress) -> "nn.Module":
        with torch.inference_mode(mode=False):  # others may ask the same network for gradients
            network = _open(spec, kind, lambda done, total: report(done, total or spec.size_bytes))
            network = _move(spec, network.eval().requires_grad_(False), place)
        spare_the_collector()
        return network

    return _shelf.take((spec.name, str(place), str(kind)), make, progress)


@contextmanager
def watching(progress: Progress) -> Iterator[None]:
    """Have every download within this block reported, however deep in the calls it happens."""
    token = _watcher.set(progress)
    try:
        yield
    finally:
        _watcher.reset(token)


def device_of(network: "nn.Module") -> "torch.device":
    """Where a network's parameters are."""
    return next(network.parameters()).device


def forget() -> None:
    """Let go of every network; who still holds one may go on using it."""
    _shelf.clear()


def _choose(device: "str | torch.device | None") -> "torch.device":
    import torch

    fallback = "cuda" if torch.cuda.is_available() else "cpu"
    place = torch.device(device or os.environ.get("GALLERY_DEVICE") or fallback)
    if place.type == "cuda" and place.index is None:
        return torch.device("cuda", torch.cuda.current_device())
    return place


def spare_the_collector() -> None:
    """Hide from the garbage collector what is there to stay: modules, networks, constants.

    Streamlit collects garbage in full at every rerun of a page, and walking the objects of torch
    and of a network each time costs more than the page. Call it after a load or a large import.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _open(spec: ModelSpec, kind: "torch.dtype", report: Progress) -> "nn.Module":
    if isinstance(spec.weights, Embedded):
        return _fill(spec, _read_embedded(spec, spec.weights), kind)
    if isinstance(spec.weights, Torchvision):
        return _fill(spec, _read_torchvision(spec, spec.weights, report), kind)
    if isinstance(spec.weights, HubFile):
        return _open_hub_file(spec, spec.weights, report)
    return _open_hub(spec, spec.weights, kind, report)


def _read_embedded(spec: ModelSpec, weights: Embedded) -> "State":
    from safetensors.torch import load as parse

    state: State = {}
    try:
        files = read_card(weights.folder)["files"]
        contents = {name: (WEIGHTS / weights.folder / name).read_bytes() for name in files}
    except OSError as error:
        raise WeightsMissing(model=spec.title) from error
    except (ValueError, KeyError) as error:
        raise WeightsCorrupt(model=spec.title, file="card.json") from error
    for name, content in contents.items():
        _check(spec, name, content, files[name]["sha256"])
        if name.endswith(".safetensors"):
            state |= parse(content)
    return state


def read_file(spec: ModelSpec, name: str) -> bytes:
    """Read one file that lies beside embedded weights, hashed before anyone parses it.

    Raises:
        WeightsMissing: It is not in its folder, or not on the card.
        WeightsCorrupt: It is not what the card says.
    """
    folder = spec.weights.folder if isinstance(spec.weights, Embedded) else spec.name
    try:
        entry = read_card(folder)["files"][name]
        content = (WEIGHTS / folder / name).read_bytes()
    except (OSError, KeyError) as error:
        raise WeightsMissing(model=spec.title) from error
    _check(spec, name, content, entry["sha256"])
    return content


def _check(spec: ModelSpec, name: str, content: bytes, sha256: str) -> None:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise WeightsCorrupt(model=spec.title, file=name)


def _read_torchvision(spec: ModelSpec, weights: Torchvision, report: Progress) -> "State":
    from torchvision.models import get_weight

    enum = get_weight(weights.name)
    _fetch.torchvision_file(spec.title, enum.url, report)
    try:
        state: State = enum.get_state_dict(
            progress=False, check_hash=True, weights_only=True, map_location="cpu"
        )
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise WeightsCorrupt(model=spec.title, file=weights.name) from error
    return state


def _fill(spec: ModelSpec, state: "State", kind: "torch.dtype") -> "nn.Module":
    import torch

    with torch.device("meta"):  # no memory and no random numbers for what is overwritten anyway
        network = spec.build()
    tied = getattr(network, "_tied_weights_keys", None) or {}  # stored once, used twice
    state |= {name: state[source] for name, source in tied.items() if source in state}
    state = {
        name: values.to(kind) if values.is_floating_point() else values
        for name, values in state.items()
    }
    try:
        unfit = network.load_state_dict(state, strict=False, assign=True)
        # torchvision's files may hold heads that only training uses, and names that it renames
        if unfit.missing_keys or (unfit.unexpected_keys and isinstance(spec.weights, Embedded)):
            raise RuntimeError(str(unfit))
    except RuntimeError as error:
        raise WeightsCorrupt(model=spec.title, file=str(spec.weights)) from error
    if tied:
        network.tie_weights()  # type: ignore[operator]
    return network


def _open_hub(spec: ModelSpec, weights: Hub, kind: "torch.dtype", report: Progress) -> "nn.Module":
    from safetensors.torch import load_file

    folder = _hub.hub_folder(spec.title, weights.repo_id, weights.revision, report)
    try:
        network = spec.build(folder)
        from_pretrained: Any = getattr(type(network), "from_pretrained", None)
        if from_pretrained is None:
            network.load_state_dict(load_file(folder / _hub.WEIGHTS))
            return network.to(kind)
        trained: nn.Module
        trained, said = from_pretrained(  # it renames the keys of older files
            folder,
            config=network.config,
            dtype=kind,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
        if said["missing_keys"]:  # it would fill them with random numbers
            raise ValueError(f"weights lack {sorted(said['missing_keys'])}")
        return trained
    except Exception as error:  # the content is what its hash says, but not this network
        raise HubUnavailable("hub_corrupt", model=spec.title) from error


def _open_hub_file(spec: ModelSpec, weights: HubFile, report: Progress) -> "nn.Module":
    file = _hub.hub_file(spec.title, weights, report)
    try:
        return spec.build(file)
    except Exception as error:  # the content is what its hash says, but its reader refuses it
        raise HubUnavailable("hub_corrupt", model=spec.title) from error


def _move(spec: ModelSpec, network: "nn.Module", place: "torch.device") -> "nn.Module":
    import torch

    try:
        return network.to(place)
    except torch.OutOfMemoryError:
        forget()
        spare_the_collector()
        torch.cuda.empty_cache()
    try:
        return network.to(place)
    except torch.OutOfMemoryError as error:
        raise WeightsError("device_memory", model=spec.title, device=str(place)) from error
