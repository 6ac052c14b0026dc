"""Signs of life, written to the journal while a run holds its output."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from medmask.cohort.journal import BEAT_EVERY_S, Journal
from medmask.cohort.owner import Beat
from medmask.errors import MedmaskError


@contextlib.contextmanager
def beating(journal: Journal, standing: Callable[[], str]) -> Iterator[None]:
    """Write a sign of life every ten seconds, for other hosts and for ``medmask status``.

    Parameters
    ----------
    journal : Journal
    standing : callable
        Returns how far the run is, in one line; called from another thread.
    """
    over = threading.Event()

    def beat() -> None:
        number = 0
        while not over.is_set():
            with contextlib.suppress(MedmaskError):  # who works on scans meets it and says so
                journal.give_sign(Beat(number, time.time(), standing()))
            number += 1
            over.wait(BEAT_EVERY_S)

    heart = threading.Thread(target=beat, daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()
