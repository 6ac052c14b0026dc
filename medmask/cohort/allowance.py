"""How much memory a run may use: as asked, or a share of what the machine or its container has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

SHARE_OF_AVAILABLE: Final = 0.8
MB: Final = 2**20
_PROC: Final = Path("/proc/self/cgroup")
_ROOTS: Final = Path("/sys/fs/cgroup")


def allowed_mb(memory_gb: float | None) -> float:
    """Return the memory that all scans of a run may take together, in MB (2**20 bytes).

    Parameters
    ----------
    memory_gb : float or None
        As asked, in GB (2**30 bytes); ``None`` takes 80 % of what is available now. A container's
        or job's limit (control groups, both versions) is honoured, less what it uses already.
    """
    if memory_gb is not None:
        return memory_gb * 1024
    return SHARE_OF_AVAILABLE * min(psutil.virtual_memory().available / MB, group_room_mb())


def group_room_mb(membership: Path = _PROC, roots: Path = _ROOTS) -> float:
    """Return the memory that this process' control groups leave, in MB; infinite if unlimited.

    Parameters
    ----------
    membership : Path
        ``/proc/self/cgroup``: lines of ``number:controllers:path``.
    roots : Path
        Where the hierarchies are mounted.

    Notes
    -----
    Every group up to the root may set a limit and the tightest holds. File pages that are not in
    use are given back on demand, so they count as room [1]_.

    References
    ----------
    .. [1] https://docs.kernel.org/admin-guide/cgroup-v2.html, memory.stat
    """
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        return float("inf")
    rooms = [float("inf")]
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:
            for root in (roots, roots / "unified"):
                rooms += _along(root, path, _room_v2)
        elif "memory" in controllers.split(","):
            rooms += _along(roots / "memory", path, _room_v1)
    return min(rooms)


def _along(root: Path, path: str, room: Callable[[Path], float]) -> list[float]:
    """Return the room in each group from the root down; a container may see its root alone."""
    parts = [part for part in path.split("/") if part not in {"", ".."}]
    return [room(root.joinpath(*parts[:depth])) for depth in range(len(parts) + 1)]


def _room_v2(group: Path) -> float:
    return _room(group, "memory.max", "memory.current", "inactive_file")


def _room_v1(group: Path) -> float:
    return _room(group, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def _room(group: Path, limit: str, usage: str, reclaimable: str) -> float:
    try:
        allowed = (group / limit).read_text().strip()
        used = int((group / usage).read_text())
        facts = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):
        return float("inf")
    if not allowed.isdigit():  # "max"
        return float("inf")
    return max(0.0, int(allowed) - used + int(facts.get(reclaimable, 0))) / MB
