"""Resident memory of a child: its peak, scan by scan, and its limit."""

from __future__ import annotations

import contextlib
import math
import sys
from pathlib import Path

import psutil

if sys.platform == "linux":
    import resource

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"  # proc(5): resets VmHWM
_MB = 2**20


def reset_peak() -> None:
    """Start a new peak; where the system cannot, the peak stays that of the process' life."""
    with contextlib.suppress(OSError):
        _CLEAR.write_text(_RESET_PEAK)


def peak_rss_mb() -> float:
    """Return the peak of resident memory in MB (2**20 bytes) since the last reset.

    Notes
    -----
    Where there is no /proc the peak of the process' life is returned (Windows), or what is
    resident now (elsewhere).
    """
    if _STATUS.exists():
        return round(_status_mb("VmHWM"), 1)
    facts = psutil.Process().memory_info()
    return round(getattr(facts, "peak_wset", facts.rss) / _MB, 1)


def limit_memory(allowed_mb: float) -> None:
    """Let this process refuse itself more memory than is allowed, where the system can.

    An allocation beyond the limit fails at once with `MemoryError`, before a page of it is
    touched; what is watched from outside is seen only after it was taken.

    Parameters
    ----------
    allowed_mb : float
        What may be resident, in MB (2**20 bytes), of which some is taken already; infinite for no
        limit.
    """
    if sys.platform != "linux" or math.isinf(allowed_mb):
        return
    more_mb = max(0.0, allowed_mb - _status_mb("VmRSS"))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = int((_status_mb("VmData") + more_mb) * _MB)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _status_mb(name: str) -> float:
    """Return a figure of ``/proc/self/status``, which is in kB."""
    for line in _STATUS.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0
