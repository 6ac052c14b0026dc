"""Signals that ask a run to stop: raised where nothing is lost, else answered or put off."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

_NUMBERS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Interrupted(BaseException):
    """A signal asked the run to stop.

    Parameters
    ----------
    signal_number : int
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


class Signals:
    """Listens for the signals that end a run.

    Attributes
    ----------
    number : int or None
        The signal that came last.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._answer: Callable[[], None] | None = None

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Turn signals into `Interrupted`; only the main thread can, in others nothing is done.

        A signal that is ignored stays so: that is how nohup lets a run outlive its terminal. One
        that was answered or put off is raised at the end.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        heard = [number for number in _NUMBERS if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self._hear) for number in heard}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        if self.number is not None:
            raise Interrupted(self.number)

    @contextlib.contextmanager
    def answered(self, answer: Callable[[], None]) -> Iterator[None]:
        """Call something when a signal comes, in place of raising."""
        self._answer, before = answer, self._answer
        try:
            yield
        finally:
            self._answer = before

    def put_off(self) -> contextlib.AbstractContextManager[None]:
        """Do nothing when a signal comes: what is being done is short and must be whole."""
        return self.answered(lambda: None)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        self.number = number
        if self._answer is None:
            raise Interrupted(number)
        self._answer()
