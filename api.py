"""The second door: every public function of ``models`` as a tab, an endpoint and an MCP tool.

    python api.py        then http://127.0.0.1:7860, its "API" page, or /gradio_api/mcp/

What is served is read from signatures (``gallery/api/parameters.py``), and so are the inputs:

    photo    a picture file of at most 10 MB        number   a slider with the limits of its Range
    choice   one of the values of a Literal         switch   true or false
    text     at most 20,000 characters              data     JSON: lists, numbers, objects, names

An endpoint is named after its demo and function: ``/edge_filters_respond``. Its answer is JSON
(``gallery/api/plain.py`` has the rule); where the result may hold arrays, two more answers follow:
pictures, and the files that the JSON refers to (NumPy for large arrays). Generators stream.
What a visitor can change is refused with the sentence the page would say, in English or Chinese as
``Accept-Language`` asks; anything else ends in an apology with an id that the log knows.
"""

import importlib.util
import inspect
import io
import json
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import gradio as gr
import numpy as np
from gradio.data_classes import FileData
from gradio.mcp import GradioMCPServer
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware

from gallery.api.bodies import BodyLimit
from gallery.api.boundary import Door, file_bytes, forget_files
from gallery.api.endpoints import Endpoint, endpoints
from gallery.api.inputs import make_input, make_photo, say
from gallery.api.parameters import PHOTOS, REQUIRED
from gallery.api.plain import Plain, plain
from gallery.demos import LANGUAGES, Demo, demos
from gallery.incident import log_to_stderr
from gallery.words import shared
from models._images import MAXIMUM_BYTES

__all__ = ["SERVING", "build", "main", "teach_mcp"]

# A ZeroGPU Space lends its GPU through this package, which has to come before torch.
SPACES = importlib.import_module("spaces") if importlib.util.find_spec("spaces") else None
SESSIONS = 200  # whose last inputs are remembered; gradio would keep 10,000
PICTURES_IN_MCP = 4  # more would fill the memory of whoever asked
FONT = ("system-ui", "sans-serif")
MONO = ("ui-monospace", "monospace")

SERVING: dict[str, Any] = {  # how the door is served, alone and beside the pages
    "max_file_size": MAXIMUM_BYTES,
    "allowed_paths": [],
    "show_error": False,
    "footer_links": ["api"],
    "run_history": False,
    "ssr_mode": False,
    "pwa": False,
    "enable_monitoring": False,
    "mcp_server": True,
    "theme": gr.themes.Base(font=FONT, font_mono=MONO, primary_hue="teal"),
    "app_kwargs": {"middleware": [Middleware(BodyLimit)]},
}


def build(chosen: Iterable[Demo] | None = None) -> Door:
    """Make the tabs, endpoints and tools of some demos, all by default."""
    title = shared("en").labels["gallery"]
    door = Door(title=title, analytics_enabled=False, delete_cache=(600, 3600))
    door.english = dict(_words("en"))
    with door:
        gr.Markdown(say("kept"))
        for demo in demos() if chosen is None else chosen:
            with gr.Tab(say(f"{demo.name}.title")):
                gr.Markdown(say(f"{demo.name}.summary"))
                _add_endpoints(demo)
    door.state_session_capacity = SESSIONS
    door.queue(max_size=32, default_concurrency_limit=1, api_open=False)
    return door


def translations() -> gr.I18n:
    """Every word of the tabs in both languages; the browser picks."""
    return gr.I18n(**{language: dict(_words(language)) for language in LANGUAGES})


def _words(language: Any) -> Iterator[tuple[str, str]]:
    for key in ("start", "take_png", "take_json", "take_npy", "photo", "text_placeholder", "kept"):
        yield key, str(shared(language).labels[key])
    for demo in demos():
        worded = demo.worded(language)
        yield f"{demo.name}.title", worded.title
        yield f"{demo.name}.summary", worded.summary
        for key in worded.controls:
            yield f"{demo.name}.{key}", worded.controls[key].label
            yield f"{demo.name}.{key}.help", worded.controls[key].help


def _add_endpoints(demo: Demo) -> None:
    found = endpoints(demo.name)
    wants_photo = any(
        each.kind == "photo" and each.default is REQUIRED
        for endpoint in found
        for each in endpoint.parameters
    )
    photo = make_photo(say("photo"), True) if wants_photo else None
    for endpoint in found:
        names = ", ".join(each.name for each in endpoint.parameters)
        with gr.Accordion(f"{endpoint.title}({names})", open=False):
            _add_endpoint(demo, endpoint, photo)


def _add_endpoint(demo: Demo, endpoint: Endpoint, photo: gr.Image | None) -> None:
    inputs: list[Any] = [
        photo if each.kind == "photo" and each.default is REQUIRED else make_input(demo, each)
        for each in endpoint.parameters
    ]
    start = gr.Button(say("start"), variant="primary")
    outputs: list[Any] = [gr.JSON(label=say("take_json"))]
    if endpoint.shows:
        outputs += [
            gr.Gallery(label=say("take_png"), columns=4, height="auto", object_fit="contain"),
            gr.Files(label=say("take_npy")),
        ]
    start.click(
        _handler(endpoint),
        inputs,
        outputs,
        api_name=endpoint.name,
        preprocess=False,
        postprocess=False,
        concurrency_id="network" if endpoint.heavy else "arithmetic",
        concurrency_limit=1 if endpoint.heavy else 2,
    )


def _handler(endpoint: Endpoint) -> Callable[..., Any]:
    """Make what Gradio calls: it takes raw inputs and gives data, pictures and files."""

    def read(raw: tuple[Any, ...]) -> dict[str, Any]:
        named = zip(endpoint.parameters, raw, strict=True)
        return {
            each.name: file_bytes(value) if each.kind in PHOTOS else value for each, value in named
        }

    def answer(*raw: Any) -> Any:
        return _packed(endpoint, plain(endpoint.call(read(raw))))

    def stream(*raw: Any) -> Iterator[Any]:
        for step in endpoint.call(read(raw)):
            yield _packed(endpoint, plain(step))

    handle: Callable[..., Any] = stream if endpoint.streams else answer
    if endpoint.heavy and SPACES is not None:
        handle = SPACES.GPU(handle)
    handle.__name__ = endpoint.name
    handle.__doc__ = endpoint.help
    keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter(each.name, keyword, default=each.default) for each in endpoint.parameters
    ]
    vars(handle)["__signature__"] = inspect.Signature(parameters)
    return handle


def _packed(endpoint: Endpoint, answer: Plain) -> Any:
    if not endpoint.shows:
        return answer.data
    pictures = [
        {"image": _file(name, _png(picture)), "caption": name}
        for name, picture in answer.pictures.items()
    ]
    return answer.data, pictures, [_file(name, _npy(x)) for name, x in answer.arrays.items()]


def _file(name: str, data: bytes) -> dict[str, Any]:
    path = save_bytes_to_cache(data, name, get_upload_folder())
    return FileData(path=path, orig_name=name, size=len(data)).model_dump()


def _png(picture: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def _npy(values: Any) -> bytes:
    target = io.BytesIO()
    np.save(target, values, allow_pickle=False)
    return target.getvalue()


def teach_mcp(server: GradioMCPServer | None) -> None:
    """Have tools answer with JSON, the first pictures and the addresses of the rest."""
    if server is None:
        return
    original = server.postprocess_output_data

    def postprocess(data: Any, root_url: str) -> Any:
        answer, *media = data[0] if isinstance(data[0], tuple) else data
        files = [entry.get("image", entry) for each in media for entry in each or []]
        shown, rest = files[:PICTURES_IN_MCP], files[PICTURES_IN_MCP:]
        addresses = [f"{root_url}{entry['url']}" for entry in rest]
        return original([json.dumps(answer, ensure_ascii=False), *shown, *addresses], root_url)

    vars(server)["postprocess_output_data"] = postprocess


def _stop(*_: object) -> None:
    """Delete every upload and end, without the seconds that clearing the memory would take."""
    forget_files()
    os._exit(0)


def main() -> None:
    """Serve this door alone."""
    signal.signal(signal.SIGTERM, _stop)
    door = build()
    log_to_stderr()
    door.launch(
        share=False,
        state_session_capacity=SESSIONS,
        i18n=translations(),
        prevent_thread_lock=True,
        _frontend=False,  # or a machine that takes three seconds to answer itself would be given up
        **SERVING,
    )
    teach_mcp(door.mcp_server_obj)
    door.block_thread()


if __name__ == "__main__":
    main()
