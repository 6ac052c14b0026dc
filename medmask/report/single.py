"""The first page of a report as one file that can be mailed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final, Self

from markupsafe import Markup

SCRIPTS: Final = ("ratings.js", "report.js")
_KINDS: Final = {".webp": "image/webp", ".png": "image/png", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Single:
    """What a page needs to be whole without a file beside it.

    Attributes
    ----------
    output : Path
        Where the pictures are taken from.
    style : Markup
        Of the page.
    scripts : tuple of Markup
        In the order in which they run.
    icon : str
        As a data address.
    """

    output: Path
    style: Markup
    scripts: tuple[Markup, ...]
    icon: str

    @classmethod
    def of(cls, output: Path) -> Self:
        """Take style, scripts and icon from the package."""
        assets = resources.files("medmask.report").joinpath("assets")

        def own(name: str) -> Markup:
            text = assets.joinpath(name).read_text(encoding="utf-8")
            return Markup(text)  # noqa: S704 - our own file, which ends no element

        icon = _data_address(assets.joinpath("icon.svg").read_bytes(), ".svg")
        return cls(output, own("report.css"), tuple(own(name) for name in SCRIPTS), icon)

    @property
    def policy(self) -> Markup:
        """What the page may load: pictures within it; run: these very scripts and no other."""
        scripts = " ".join(_digest(script) for script in self.scripts)
        return Markup(  # noqa: S704 - digests in base 64
            f"default-src 'none'; img-src data:; style-src {_digest(self.style)}; "
            f"script-src {scripts}; connect-src 'none'; base-uri 'none'; form-action 'none'"
        )

    def picture(self, path: str) -> str:
        """Return a picture of the output as a data address; empty if there is none.

        Parameters
        ----------
        path : str
            Below the output. A file that is gone costs its picture, not the page.
        """
        file = self.output / path
        if not path or not file.is_file():
            return ""
        return _data_address(file.read_bytes(), file.suffix)


def _data_address(content: bytes, suffix: str) -> str:
    return f"data:{_KINDS[suffix]};base64,{base64.b64encode(content).decode()}"


def _digest(text: str) -> str:
    """Return what a policy calls an inline text by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
