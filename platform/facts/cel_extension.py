"""The compiled part of the CEL package alone.

The package's own `__init__` imports an interactive command line (terminal, colours, completion), which took half of the
time in which `lighttouch check` starts. The compiled module needs none of it.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import cel
else:

    def _load() -> ModuleType:
        """Load `cel.cel` without running `cel/__init__.py`; the whole package where that cannot be done."""
        if "cel" in sys.modules:
            return sys.modules["cel"]
        package = importlib.util.find_spec("cel")
        folders = package.submodule_search_locations if package else None
        spec = PathFinder.find_spec("cel.cel", list(folders)) if folders else None
        if spec is None or spec.loader is None:
            return importlib.import_module("cel")
        # Registered under its own name, so that a later import of the package finds it and does not load it twice.
        module = sys.modules["cel.cel"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    cel = _load()

__all__ = ["cel"]
