"""``--on-finish``: a command that is told how a run ended."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import typer

from medmask.cli.exits import Exit

_NOT_STARTED = frozenset({Exit.WRONG_REQUEST, Exit.LOCKED})


@contextlib.contextmanager
def announced(command: str, output: Path) -> Iterator[None]:
    """Run a shell command when what is done here ends with an exit code, whatever that is.

    Parameters
    ----------
    command : str
        Gets the summary as JSON on stdin; what it says and how it ends changes nothing. Empty for
        none. It is not run for a request that was refused.
    output : Path
    """
    try:
        yield
    except typer.Exit as ended:
        if command and ended.exit_code not in _NOT_STARTED:
            _tell(command, output, ended.exit_code)
        raise


def _tell(command: str, output: Path, code: int) -> None:
    summary = json.dumps(_summary(output, code)).encode()
    done = subprocess.run(command, shell=True, input=summary, check=False)  # noqa: S602 - the user's own
    if done.returncode:
        sys.stderr.write(f"medmask: --on-finish {command!r} ended with {done.returncode}\n")


def _summary(output: Path, code: int) -> dict[str, object]:
    from medmask.cohort import look_at
    from medmask.errors import MedmaskError

    statuses: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    left = 0
    with contextlib.suppress(MedmaskError):
        for look in look_at(output):
            statuses += look.statuses
            codes += look.codes
            left += look.left
    return {
        "output": str(output.resolve()),
        "exit_code": code,
        **{word: statuses[word] for word in ("done", "failed", "skipped")},
        "left": left,
        "codes": dict(sorted(codes.items())),
    }
