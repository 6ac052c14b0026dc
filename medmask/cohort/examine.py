"""Files by their first bytes and headers, several at a time where disks are waited for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from joblib import Parallel, delayed

from medmask.cohort.names import scan_id
from medmask.cohort.walk import Found
from medmask.errors import ScanError, Skip
from medmask.outcome import Outcome, Status
from medmask.readers import Header, companions, read_header, sniff
from medmask.scan import Format

_THREADS = 4
_BATCH = 64  # files
_WAITING = 3.0  # times the busy seconds


def examined(files: Sequence[Found]) -> Iterator[list[Examined]]:
    """Yield files examined, in their order; several at a time where disk or network are waited for.

    Where files come from memory, threads would only wait for each other: Python runs one at a time,
    and beside a busy core handing over takes as long as the work.
    """
    batches = [files[k : k + _BATCH] for k in range(0, len(files), _BATCH)]
    seconds = busy = 0.0
    done = 0
    while done < len(batches) and seconds <= _WAITING * busy:
        start, start_busy = time.perf_counter(), time.thread_time()
        some = _examine_some(batches[done])
        seconds += time.perf_counter() - start
        busy += time.thread_time() - start_busy
        done += 1
        yield some
    if done < len(batches):
        threads = Parallel(n_jobs=_THREADS, backend="threading", return_as="generator")
        yield from threads(delayed(_examine_some)(some) for some in batches[done:])


@dataclass(frozen=True)
class Examined:
    """One file by its first bytes and header.

    Attributes
    ----------
    file : Found
    kind : Format or None
        ``None`` if it is no image.
    header : Header or None
        Of a DICOM instance.
    data : tuple of Path
        The data files that a detached header names.
    error : ScanError or None
        Why it cannot be a scan.
    """

    file: Found
    kind: Format | None = None
    header: Header | None = None
    data: tuple[Path, ...] = ()
    error: ScanError | None = None


def _examine_some(files: Sequence[Found]) -> list[Examined]:
    return [examine(file) for file in files]


def examine(file: Found) -> Examined:
    """Sniff one file and read its header."""
    kind: Format | None = None
    try:
        kind = sniff(file.path)
        if kind is None:
            return Examined(file)
        if kind is not Format.DICOM:
            return Examined(file, kind, data=companions(file.path, kind))
        header = read_header(file.path)
    except ScanError as error:
        return Examined(file, kind, error=error)
    if header.not_an_image and header.fault is not None:
        return Examined(file, kind, error=header.fault)
    return Examined(file, kind, header)


def refusal(source: str, kind: str, error: ScanError, key: str = "") -> Outcome:
    """Return the row of a file that is no scan."""
    name = scan_id(source, key)
    status = Status.SKIPPED if isinstance(error, Skip) else Status.FAILED
    return Outcome(name, name, source, kind, status=status, code=error.code, message=str(error))
