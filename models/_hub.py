"""Networks from the Hugging Face hub: one pinned commit, weights as safetensors, nothing else.

The hub's own client fetches the files into its own cache, which other programs on the machine
share. There each file is named by its hash, and each is held to that before anyone parses it.
``HF_ENDPOINT``, ``HF_HUB_CACHE`` and ``HF_HUB_OFFLINE`` mean what they mean to that client.

A network of transformers is described like this; ``load`` puts the weights in:

    def build(folder: Path) -> nn.Module:
        from transformers import BertConfig, BertForMaskedLM

        return BertForMaskedLM(BertConfig.from_pretrained(folder, attn_implementation="eager"))

Once it is loaded, ``hub_folder`` gives the same folder again, for its tokenizer, without a network.
"""

import functools
import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models._errors import HubUnavailable
from models._fetch import CHUNK, PATIENCE, Transfer, sha256, start, watched
from models._shelf import Progress
from models._spec import HubFile

__all__ = ["FILES", "WEIGHTS", "hub_file", "hub_folder"]

WEIGHTS = "model.safetensors"
FILES = (  # beside the weights, where a repository has them; never code, never pickles
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
)


def hub_folder(title: str, repo_id: str, revision: str, progress: Progress) -> Path:
    """Have the weights and the settings of one pinned commit of a repository on the disk.

    Args:
        title: What the visitor knows the network by.
        repo_id: ``owner/name``.
        revision: The commit, 40 hexadecimal digits.
        progress: Called in this thread with (bytes so far, bytes in all).

    Returns:
        A folder with ``model.safetensors`` and those of ``FILES`` that the repository has.

    Raises:
        HubUnavailable: It cannot be had within reason.
    """
    where = {"repo_id": repo_id, "revision": revision, "cache_dir": os.environ.get("HF_HUB_CACHE")}
    folder = _cached(where)
    if folder is not None and not _drop_broken(folder):
        return folder
    return watched(title, lambda transfer: _fetch(where, transfer), progress)


def hub_file(title: str, wanted: HubFile, progress: Progress) -> Path:
    """Have one file of a pinned commit on the disk, with the hash that is expected.

    Args:
        title: What the visitor knows the network by.
        wanted: Which file.
        progress: Called in this thread with (bytes so far, bytes in all).

    Raises:
        HubUnavailable: It cannot be had within reason, or is another file.
    """
    from huggingface_hub import try_to_load_from_cache

    where: dict[str, Any] = {
        "repo_id": wanted.repo_id,
        "revision": wanted.revision,
        "cache_dir": os.environ.get("HF_HUB_CACHE"),
    }
    found = try_to_load_from_cache(filename=wanted.file, **where)
    if isinstance(found, str) and sha256(Path(found)) == wanted.sha256:
        return Path(found)
    if isinstance(found, str):
        _drop(Path(found))
    return watched(title, lambda transfer: _fetch_file(where, wanted, transfer), progress)


def _fetch_file(where: dict[str, Any], wanted: HubFile, transfer: Transfer) -> Path:
    with _told():
        _knock(where, wanted.file)
        transfer.add(0)  # ends here if the caller has left meanwhile
        file = _getter(where, transfer)(wanted.file)
    if sha256(file) != wanted.sha256:
        _drop(file)
        raise HubUnavailable("hub_corrupt")
    return file


def _cached(where: dict[str, Any]) -> Path | None:
    """Find a complete earlier download: of every file it is known that it is or is not there."""
    from huggingface_hub import try_to_load_from_cache

    weights = try_to_load_from_cache(filename=WEIGHTS, **where)
    if not isinstance(weights, str):
        return None
    known = [try_to_load_from_cache(filename=name, **where) for name in FILES]
    return None if None in known else Path(weights).parent


def _fetch(where: dict[str, Any], transfer: Transfer) -> Path:
    from huggingface_hub.errors import RemoteEntryNotFoundError

    get = _getter(where, transfer)
    with _told():
        _knock(where, WEIGHTS)
        transfer.add(0)  # ends here if the caller has left meanwhile
        outcomes = [start(functools.partial(get, name)) for name in (WEIGHTS, *FILES)]
        wait(outcomes)
        weights = outcomes[0].result()
        for outcome in outcomes[1:]:
            if not isinstance(outcome.exception(), RemoteEntryNotFoundError):
                outcome.result()
    if _drop_broken(weights.parent):
        raise HubUnavailable("hub_corrupt")
    return weights.parent


@contextmanager
def _told() -> Iterator[None]:
    """Say in our words what the hub's client raises."""
    from huggingface_hub.errors import HfHubHTTPError

    try:
        yield
    except HfHubHTTPError as error:
        missing = error.response.status_code in {401, 403, 404}
        raise HubUnavailable("hub_missing" if missing else "hub_unavailable") from error
    except OSError as error:
        cut = "Consistency check failed" in str(error)
        raise HubUnavailable("hub_cut" if cut else "hub_unavailable") from error


def _knock(where: dict[str, Any], name: str) -> None:
    """Ask once for a file's facts: unlike a download, this gives up at the first failure."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    endpoint = os.environ.get("HF_ENDPOINT")
    url = hf_hub_url(where["repo_id"], name, revision=where["revision"], endpoint=endpoint)
    facts = get_hf_file_metadata(url, timeout=PATIENCE, endpoint=endpoint)
    if facts.commit_hash != where["revision"]:
        raise HubUnavailable("hub_corrupt")


def _getter(where: dict[str, Any], transfer: Transfer) -> Callable[[str], Path]:
    from huggingface_hub import constants, hf_hub_download

    constants.DOWNLOAD_CHUNK_SIZE = CHUNK  # its 10 MB at a time would look like standing still
    constants.HF_HUB_DOWNLOAD_TIMEOUT = int(2 * PATIENCE)
    settings = where | {"endpoint": os.environ.get("HF_ENDPOINT"), "etag_timeout": PATIENCE}
    bar = _counting_bar(transfer)
    return lambda name: Path(hf_hub_download(filename=name, tqdm_class=bar, **settings))


def _counting_bar(transfer: Transfer) -> type[Any]:
    from tqdm.std import tqdm  # type: ignore[import-untyped]

    class Bar(tqdm):  # type: ignore[misc]
        """A progress bar that draws nothing and counts bytes."""

        def __init__(self, *args: Any, **settings: Any) -> None:
            transfer.expect(settings.get("total") or 0)
            super().__init__(*args, **{**settings, "disable": True})

        def update(self, n: float | None = 1) -> None:
            transfer.add(int(n or 0))

    return Bar


def _drop_broken(folder: Path) -> bool:
    """Delete the files that are not what their names in the cache say; were there any?"""
    broken = [file for file in folder.iterdir() if not _is_intact(file)]
    for file in broken:
        _drop(file)
    return bool(broken)


def _drop(file: Path) -> None:
    file.resolve().unlink(missing_ok=True)
    file.unlink(missing_ok=True)


def _is_intact(file: Path) -> bool:
    """Hold a file to its hash: it is a link to a blob that is named by it.

    The name is the SHA-256 of a large file, or git's SHA-1 of a small one.
    """
    if not file.is_symlink() or not file.exists():
        return False
    name = file.readlink().name
    if len(name) == 64:
        return sha256(file) == name
    content = file.read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
    return blob.hexdigest() == name
