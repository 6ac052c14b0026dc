"""Bone and soft-tissue masks for every scan of a folder.

>>> import medmask
>>> medmask.__version__.count(".")
2
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medmask.version import __version__

if TYPE_CHECKING:
    from medmask.api import blend, read, run, segment

__all__ = ["__version__", "blend", "read", "run", "segment"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import the interface when it is first used: `import medmask` alone loads nothing heavy."""
    if name in __all__:
        from medmask import api

        return getattr(api, name)
    raise AttributeError(f"module 'medmask' has no attribute {name!r}")
