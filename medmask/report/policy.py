"""What a page of the report may load, and to whom it may talk."""

from __future__ import annotations

from typing import Final

POLICY: Final = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'none'; base-uri 'none'; form-action 'none'"
)
RATINGS_ADDRESS: Final = '<meta name="medmask-ratings" content="">'


def connected(page: bytes, address: str) -> bytes:
    """Return a page that may send ratings to the server it came from.

    Parameters
    ----------
    page : bytes
        As it lies on the disk, where it may talk to nobody.
    address : str
        Where ratings go; without characters that need escaping.
    """
    served = POLICY.replace("connect-src 'none'", "connect-src 'self'")
    told = RATINGS_ADDRESS.replace('""', f'"{address}"')
    return page.replace(POLICY.encode(), served.encode(), 1).replace(
        RATINGS_ADDRESS.encode(), told.encode(), 1
    )
