"""The known standards: every module of ``exports`` ends in ``EXPORTS``."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from biomoa.exchange import exports
from biomoa.exchange.bundle import Export


@functools.cache
def known_exports() -> dict[str, Export]:
    """Export by name, as ``sra-xml``."""
    modules = sorted(name for _, name, _ in pkgutil.iter_modules(exports.__path__))
    found = [importlib.import_module(f"{exports.__name__}.{name}").EXPORTS for name in modules]
    return {export.name: export for group in found for export in group}
