"""What children are forked from: a process of its own, with the heavy modules loaded."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import types
from collections.abc import Iterator
from multiprocessing import forkserver, get_all_start_methods, get_context, resource_tracker
from multiprocessing.context import ForkServerContext, SpawnContext
from typing import Final

LOADED: Final = (
    "medmask.cohort.cell",
    # loaded where they are used, so that who only looks at headers need not wait for them
    *("medmask.pipeline.task", "scipy.ndimage", "nibabel", "pydicom.pixels"),
    *("PIL.PngImagePlugin", "PIL.WebPImagePlugin"),
)
_ONE_THREAD: Final = (
    "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def warm_up() -> None:
    """Begin to load what children need, while there is still something else to do.

    Who has nothing for them to do in the end leaves a server that ends with this process.
    """
    if isinstance(children_context(), ForkServerContext):
        with single_threaded_children(), main_left_alone(), _interrupts_held_back():
            forkserver.ensure_running()


def children_context() -> ForkServerContext | SpawnContext:
    """Return how children are started: from a server with the heavy modules loaded, if there is."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    return context


@contextlib.contextmanager
def single_threaded_children() -> Iterator[None]:
    """Let children inherit one thread for ITK, BLAS and OpenMP: the scans are the parallelism."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def main_left_alone() -> Iterator[None]:
    """Keep the child from running the user's script again: it needs nothing from there."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let the server not hear an interrupt, which would break off what it is loading."""
    resource_tracker.ensure_running()  # it is started with the server, and lets interrupts in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
