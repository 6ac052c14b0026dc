"""How a command ends: exit codes, and one clear sentence on stderr."""

from __future__ import annotations

import contextlib
import signal
import sys
import traceback
from collections.abc import Iterator
from enum import IntEnum
from typing import NoReturn

import typer

from medmask.errors import MedmaskError, OutputLocked, RequestError


class Exit(IntEnum):
    """Exit codes that scripts may rely on."""

    FINE = 0
    SOME_FAILED = 1
    WRONG_REQUEST = 2
    LOCKED = 3
    OWN_FAULT = 70
    SIGNAL = 128


@contextlib.contextmanager
def said_clearly() -> Iterator[None]:
    """Turn what a command raises into its exit code and a sentence."""
    try:
        yield
    except OutputLocked as error:
        _end(Exit.LOCKED, str(error))
    except RequestError as error:
        _end(Exit.WRONG_REQUEST, str(error))
    except MedmaskError as error:
        _end(Exit.SOME_FAILED, str(error))
    except KeyboardInterrupt:
        _end(Exit.SIGNAL + signal.SIGINT, "interrupted; the same command goes on from here")
    except (typer.Exit, typer.Abort):
        raise
    except Exception:  # noqa: BLE001 - the last resort of a command: say whose fault it is
        traceback.print_exc()
        _end(Exit.OWN_FAULT, "this is a fault of medmask's own; please report it with these lines")


def _end(code: int, sentence: str) -> NoReturn:
    for line in sentence.splitlines():
        sys.stderr.write(f"medmask: {line}\n")
    raise typer.Exit(code)
