"""The way in for the first visitors of a fresh process, who may come by deep links at once.

Until some session has called ``st.navigation``, Streamlit serves ``pages/`` by its older rules and
runs a page without Home.py. Home.py has to run: it draws the navigation, and it lets one session at
a time import what the demos compute with. A session that is inside by the older rules is therefore
sent back to Home.py as soon as it can be told, which is before it imports anything of ours.

This module may import nothing that is heavy: it comes with ``import gallery``.
"""

import sys
import threading
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["keep", "send_back"]

OURS = ("gallery.", "models")
_run = threading.local()


def send_back() -> None:
    """Start this session's run over with Home.py if it runs by the older rules."""
    runner = sys.modules.get("streamlit.runtime.scriptrunner")
    context = runner and runner.get_script_run_ctx(suppress_warning=True)
    if not context or getattr(_run, "sent_back", False):
        return
    manager = context.pages_manager
    pages = manager.get_pages()
    home = Path(manager.main_script_path).resolve()
    # Only the older rules make a page of Home.py; before any navigation, it is all there is.
    if len(pages) > 1 and any(_leads(page, home) for page in pages.values()):
        type(manager).uses_pages_directory = False  # as ``st.navigation`` does, for everyone
        _run.sent_back = True  # what runs in this thread from now on is Home.py
        sys.modules["streamlit"].rerun()


def _leads(page: Mapping[str, Any], home: Path) -> bool:
    path = page["script_path"]
    return bool(path) and Path(path).resolve() == home


def keep() -> None:
    """Watch what is imported from here on; what has been imported needs no watch."""
    if not any(isinstance(finder, _Doorstep) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Doorstep())


class _Doorstep:
    """Finds no module, but sees who is about to import one."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Send the one who imports back to Home.py, or let the other finders find."""
        if name.startswith(OURS):
            send_back()
        return None
