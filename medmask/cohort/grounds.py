"""What a run stands on: inputs that are there, an output with room; lost and come back."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROBE_BYTES: Final = 1 << 20
_LOOK_EVERY_S: Final = 1.0


@dataclass(frozen=True)
class _Place:
    """A folder or file as it was when the run began: a mount that is lost leaves another one."""

    path: Path
    what: str
    device: int
    inode: int

    @classmethod
    def of(cls, path: Path, what: str) -> _Place:
        facts = path.stat()
        return cls(path, what, facts.st_dev, facts.st_ino)

    @property
    def fault(self) -> str:
        """What is wrong with it, empty if nothing."""
        try:
            facts = self.path.stat()
            if self.path.is_dir():
                os.scandir(self.path).close()
        except OSError as error:
            return f"{self.what} {self.path}: {error.strerror or error}"
        if (facts.st_dev, facts.st_ino) != (self.device, self.inode):
            return f"{self.what} {self.path} is not the one that the run began with"
        return ""


class Grounds:
    """Tells whether the places of a run are still there, and waits for them to come back.

    Parameters
    ----------
    inputs : tuple of Path
    output : Path
        A folder that exists.
    patience_s : float
        How long it waits, once; then the run is over.
    tell : callable
        Told in one sentence that the run waits, and that it goes on; from any thread.
    """

    def __init__(
        self,
        inputs: tuple[Path, ...],
        output: Path,
        patience_s: float,
        tell: Callable[[str], None],
    ) -> None:
        self._places = [_Place.of(path, "input") for path in inputs]
        self._output = _Place.of(output, "output")
        self._patience_s = patience_s
        self._tell = tell
        self._one_waits = threading.Lock()
        self.lost = ""

    def fault(self) -> str:
        """Return what is wrong in one sentence, empty if nothing."""
        return self.lost_place() or self._lack_of_room()

    def lost_place(self) -> str:
        """Return which input or output is gone, in one sentence; empty if none."""
        return next((p.fault for p in (*self._places, self._output) if p.fault), "")

    def _lack_of_room(self) -> str:
        try:
            with tempfile.TemporaryFile(dir=self._output.path) as file:
                file.write(bytes(_PROBE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            return f"output {self._output.path}: {error.strerror or error}"
        return ""

    def come_back(self, give_up: Callable[[], bool]) -> bool:
        """Wait until nothing is wrong any more; from any thread, of which one looks.

        Parameters
        ----------
        give_up : callable
            Asked every second whether the wait is to end.

        Returns
        -------
        bool
            ``False`` if patience ran out; `lost` says why.
        """
        with self._one_waits:
            found = self.lost or self.fault()
            if not found:
                return True
            if self.lost:
                return False
            self._tell(f"{found}; the run waits for up to {self._patience_s:g} s")
            end = time.monotonic() + self._patience_s
            while time.monotonic() < end and not give_up():
                time.sleep(_LOOK_EVERY_S)
                if not self.fault():
                    self._tell("the run goes on")
                    return True
            self.lost = found
            return False
