"""A scan and a task -> an answer: in the child, where every failure becomes a row."""

from __future__ import annotations

import contextlib
import time
import traceback
from dataclasses import dataclass, replace

from medmask.cohort.memory import peak_rss_mb, reset_peak
from medmask.errors import InternalFault, OutOfMemory, ScanError, Skip
from medmask.outcome import Outcome, Status
from medmask.pipeline import Finished, Task
from medmask.pipeline.digest import quick_proof, scan_sha256
from medmask.scan import Scan


@dataclass(frozen=True)
class Answer:
    """What a child says of one scan.

    Attributes
    ----------
    finished : Finished
    fault : str
        For a fault of medmask's own: where it happened, without values from the scan.
    proof : str
        Of the input as it was before it was read, see `quick_proof`; empty if it cannot be had.
    """

    finished: Finished
    fault: str = ""
    proof: str = ""


def answer(scan: Scan, task: Task) -> Answer:
    """Work on a scan in this process; every failure becomes its row.

    Parameters
    ----------
    scan : Scan
    task : Task
    """
    reset_peak()
    start = time.perf_counter()
    fault, proof = "", _proof(scan)
    try:
        finished = task(scan)
    except ScanError as error:
        finished = _failed(scan, error)
    except MemoryError as error:
        finished = _failed(scan, _ran_out(scan, error))
    except Exception as error:  # noqa: BLE001 - the one catch-all: a fault costs one scan
        fault = f"{type(error).__name__} at {_where(error)}"
        finished = _failed(scan, InternalFault(scan.source, fault, "nothing: please report this"))
    seconds = round(time.perf_counter() - start, 3)
    row = replace(finished.outcome, seconds=seconds, peak_rss_mb=peak_rss_mb())
    return Answer(replace(finished, outcome=row), fault, proof)


def _proof(scan: Scan) -> str:
    try:
        return quick_proof(scan.all_files)
    except OSError:
        return ""


def _failed(scan: Scan, error: ScanError) -> Finished:
    """Return a failure with the digest of what failed: the same bytes fail the same way again.

    A failure that may pass has no digest, so that the next run tries again by itself.
    """
    inputs = ""
    if not error.may_pass:
        with contextlib.suppress(OSError):
            inputs = scan_sha256(scan)
    return Finished(failure(scan, error), inputs)


def _ran_out(scan: Scan, error: MemoryError) -> OutOfMemory:
    """Say how much there was and, where the error tells it, how much more was asked for."""
    asked = f"; {error}" if str(error) else ""
    found = f"it held {peak_rss_mb():,.0f} MB and was refused more{asked}"
    return OutOfMemory(scan.source, found, "a smaller scan, or more memory (--mem-gb)")


def failure(scan: Scan, error: ScanError) -> Outcome:
    """Return the row of a scan that could not be processed, or is none after all."""
    return Outcome(
        scan_id=scan.scan_id,
        study_id=scan.study_id,
        source=scan.source,
        format=str(scan.format),
        status=Status.SKIPPED if isinstance(error, Skip) else Status.FAILED,
        code=error.code,
        message=str(error),
    )


def _where(error: Exception) -> str:
    """Return the innermost place in medmask, as ``module:line``; no values, no paths."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "medmask" in frame.filename] or list(frames)
    last = ours[-1]
    module = last.filename.replace("\\", "/").rpartition("medmask/")[2]
    return f"{module}:{last.lineno}"
