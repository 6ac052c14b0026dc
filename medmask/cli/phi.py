"""``--phi``: the privacy that it stands for, and the key of the hashes."""

from __future__ import annotations

import contextlib
import os
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from medmask.errors import RequestError

if TYPE_CHECKING:
    from medmask.pipeline import Privacy

KEY_VARIABLE = "MEDMASK_PHI_KEY"


class Phi(StrEnum):
    """What is told of the people that scans are of."""

    HASH = "hash"
    KEEP = "keep"


def privacy_of(phi: Phi | None) -> Privacy:
    """Return what ``--phi`` asks for."""
    from medmask.pipeline import Privacy
    from medmask.pipeline.veil import Veil

    if phi is Phi.HASH:
        return Privacy(Veil(key()))
    return Privacy(keeps_identity=phi is Phi.KEEP)


def key() -> str:
    """Return the key of the hashes: the variable's, or a file's that is made at its first use.

    Raises
    ------
    RequestError
        If the file cannot be read or made.
    """
    import secrets  # takes 9 ms, and every command comes by here

    given = os.environ.get(KEY_VARIABLE, "")
    if given:
        return given
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    path = home / "medmask" / "phi.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(32))
        deadline = time.monotonic() + 2.0  # another run may be writing it
        while not (found := path.read_text(encoding="ascii").strip()):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
    except (OSError, ValueError) as error:
        raise RequestError(
            f"--phi hash needs a key: {path} cannot be used ({error}); set {KEY_VARIABLE} instead"
        ) from error
    if len(found) < 32:
        raise RequestError(f"--phi hash: {path} holds no key; remove it or set {KEY_VARIABLE}")
    return found
