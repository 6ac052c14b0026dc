"""What runs on a dask worker: its own children, one scan at a time each."""

from __future__ import annotations

import multiprocessing
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from medmask.cohort.allowance import allowed_mb
from medmask.cohort.answer import Answer
from medmask.cohort.cell import Order
from medmask.cohort.cells import Cells
from medmask.cohort.server import single_threaded_children
from medmask.errors import OutOfMemory, WriteFailed
from medmask.version import __version__

_GUARD: Final = threading.Lock()
_KEPT_AS: Final = "medmask_cells"  # on the worker's own object, as modules hold no state


@dataclass(frozen=True)
class Facts:
    """Whether a worker can do the work, and how much at a time.

    Attributes
    ----------
    version : str
    is_daemon : bool
        Daemons may not have children.
    free_mb : float
        Memory that its machine has to spare, in MB (2**20 bytes).
    """

    version: str
    is_daemon: bool
    free_mb: float


def facts_here() -> Facts:
    """Return what there is to know of this worker."""
    return Facts(__version__, multiprocessing.current_process().daemon, allowed_mb(None))


@dataclass(frozen=True)
class Run:
    """The run that a scan is worked on for.

    Attributes
    ----------
    key : str
        Its own: no two runs share children, whatever they do alike.
    ground : Path
        A file of its output, which workers must see.
    """

    key: str
    ground: Path


def work_here(order: Order, run: Run) -> Answer:
    """Work on a scan in a child of this worker.

    Parameters
    ----------
    order : Order
    run : Run

    Raises
    ------
    WriteFailed
        If the run's output is not seen here: it is not on a shared folder.
    ScanError
        See `Cell.run`.
    """
    from distributed import get_worker

    if not run.ground.is_file():
        found = f"{run.ground.name} of the run is not to be seen on this worker"
        raise WriteFailed(order.scan.source, found, "an output that all workers share")
    cells = _cells(get_worker(), run)
    with single_threaded_children():
        cell = cells.take()

    def watch(resident_mb: float) -> None:
        if resident_mb > order.allowed_mb:
            found = f"it took {resident_mb:,.0f} MB and more was to come"
            accepted = f"a scan within {order.allowed_mb:,.0f} MB (--mem-gb)"
            raise OutOfMemory(order.scan.source, found, accepted)

    try:
        answer = cell.run(order, watch)
    except BaseException:
        cells.drop(cell)
        raise
    cells.keep(cell)
    return answer


def stop_here(key: str, dask_worker: Any = None) -> None:  # noqa: ANN401
    """Kill the children that work for a run."""
    cells = getattr(dask_worker, _KEPT_AS, {}).pop(key, None)
    if cells is not None:
        threading.Thread(target=cells.stop, daemon=True).start()  # this is the worker's own loop


def dismiss_here(key: str, dask_worker: Any = None) -> None:  # noqa: ANN401
    """Let the children that worked for a run end."""
    cells = getattr(dask_worker, _KEPT_AS, {}).pop(key, None)
    if cells is not None:
        threading.Thread(target=cells.dismiss, daemon=True).start()


def _cells(worker: Any, run: Run) -> Cells:  # noqa: ANN401
    """Return this worker's cells for a run; free ones of runs that have gone are closed."""
    with _GUARD:
        kept: dict[str, Cells] = worker.__dict__.setdefault(_KEPT_AS, {})
        if run.key not in kept:
            for other in kept.values():
                other.close_free()
            kept[run.key] = Cells()
        return kept[run.key]
