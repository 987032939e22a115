"""What stands between the outside and the endpoints of ``api.py``: errors and files.

Nothing but a sentence leaves through an error, no file of this machine but those uploaded here is
ever read, and nothing is fetched from an address a caller names.
Uploads and results lie in a folder of this process and are deleted within the hour.
"""

import atexit
import base64
import binascii
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

import gradio as gr
import gradio.mcp
from gradio.utils import get_upload_folder
from pydantic import ValidationError

from gallery.api.language import language_of
from gallery.demos import Language
from gallery.incident import report
from gallery.words import sentence, shared
from models._errors import GalleryError, InputError

__all__ = ["Door", "file_bytes", "forget_files"]

FILE_ROUTE = "/gradio_api/file="
CACHE = tempfile.mkdtemp(prefix="gallery-")

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_TEMP_DIR"] = CACHE
gradio.mcp.DEFAULT_TEMP_DIR = CACHE


def forget_files() -> None:
    """Delete every upload and result of this process."""
    shutil.rmtree(CACHE, ignore_errors=True)


atexit.register(forget_files)


class Door(gr.Blocks):
    """Blocks with one boundary around every call, from whichever side it comes."""

    english: Mapping[str, str] = MappingProxyType({})  # of the labels that the browser translates

    def queue(self, *given: Any, **more: Any) -> Any:
        """Bound the queue; whoever finds it full is told so in their language."""
        super().queue(*given, **more)
        line = self._queue
        push = line.push

        async def push_or_say(body: Any, request: Any, username: Any) -> Any:
            success, told, state = await push(body, request, username)
            if state == "queue_full":
                error = InputError("queue_full", limit=line.max_size)
                told = sentence(error, language_of(request))
            return success, told, state

        vars(line)["push"] = push_or_say
        return self

    def get_api_info(self, *given: Any, **more: Any) -> Any:
        """Describe the endpoints, labels in English: programs read this, not visitors."""
        info = super().get_api_info(*given, **more)
        for endpoint in info["named_endpoints"].values():
            for each in [*endpoint["parameters"], *endpoint["returns"]]:
                key = getattr(each["label"], "key", each["label"])
                each["label"] = self.english.get(key, str(key))
        return info

    async def process_api(  # type: ignore[override]
        self, block_fn: Any, inputs: Any, state: Any = None, request: Any = None, **more: Any
    ) -> dict[str, Any]:
        """Run a call; what goes wrong becomes a sentence in the caller's language."""
        try:
            if more.get("iterator") is None:
                inputs = _complete(_only_uploaded(inputs), len(block_fn.inputs))
            return await super().process_api(block_fn, inputs, state, request, **more)
        except gr.Error:
            raise
        except Exception as error:
            language = language_of(request)
            words = _say(error, f"api {getattr(block_fn, 'api_name', block_fn)}", language)
            title = str(shared(language).labels["gallery"])
        words = words.replace("<", "‹").replace(">", "›")  # gradio would take it for HTML
        raise gr.Error(words, print_exception=False, title=title)


def _say(error: Exception, place: str, language: Language) -> str:
    if isinstance(error, ValidationError):  # something else stands where a file should
        error = InputError("file_unknown")
    if isinstance(error, GalleryError):
        try:
            return sentence(error, language)
        except Exception as unworded:
            error = unworded
    return shared(language).labels["apology"](id=report(error, place))


def file_bytes(given: Any) -> Any:
    """Read the file that an input stands for, or each of a list of them; ``None`` if there is none.

    Raises:
        InputError: It is not the name of an uploaded file.
    """
    if given is None:
        return None
    if isinstance(given, list):
        return [file_bytes(each) for each in given]
    if isinstance(given, str):
        given = {"url": given} if given.startswith("data:") else {"path": given}
    if not isinstance(given, Mapping):
        raise InputError("file_unknown")
    path, address = given.get("path"), given.get("url")
    if path is None and isinstance(address, str) and address.startswith("data:"):
        return _embedded(address)
    return Path(_uploaded(path)).read_bytes()


def _embedded(address: str) -> bytes:
    try:
        return base64.b64decode(address.partition(",")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("photo_broken") from error


def _only_uploaded(value: Any) -> Any:
    """Let no file into a call but those that were uploaded here, wherever in the data it hides."""
    if isinstance(value, list):
        return [_only_uploaded(each) for each in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("path"), str) and "meta" in value:
        return {**value, "path": _uploaded(value["path"]), "url": None}
    return {key: _only_uploaded(each) for key, each in value.items()}


def _uploaded(path: Any) -> str:
    if not isinstance(path, str):
        raise InputError("file_unknown")
    if path.lower().startswith(("http://", "https://")):
        _, own, path = unquote(urlsplit(path).path).partition(FILE_ROUTE)
        if not own:
            raise InputError("photo_address")
    try:
        place = Path(path).resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:  # not there, a zero byte, a loop of links
        raise InputError("file_unknown") from error
    if not place.is_relative_to(Path(get_upload_folder()).resolve()) or not place.is_file():
        raise InputError("file_unknown")
    return str(place)


def _complete(inputs: list[Any], count: int) -> list[Any]:
    """Leave trailing parameters to their defaults."""
    return (inputs + [None] * count)[:count]
