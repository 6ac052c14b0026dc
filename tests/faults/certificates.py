"""Certificates for an encrypted cluster, made by the openssl command."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True)
class Certificate:
    """An authority's certificate, one that it signed, and its key.

    Attributes
    ----------
    ca, cert, key : Path
    """

    ca: Path
    cert: Path
    key: Path

    def words(self, ca: str) -> tuple[str, ...]:
        """Return the options of a command; dask calls the first one otherwise than we do."""
        return (ca, str(self.ca), "--tls-cert", str(self.cert), "--tls-key", str(self.key))


def certificate(folder: Path) -> Certificate:
    """Make an authority, and a certificate that it signs for all who take part."""
    folder.mkdir(parents=True)
    ca, cert, key = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
    asked = folder / "asked.csr"
    _openssl("req", "-x509", *_KEY, "-keyout", folder / "ca.key", "-out", ca, "-subj", "/CN=ca")
    _openssl("req", *_KEY, "-keyout", key, "-out", asked, "-subj", "/CN=cluster")
    signed_by = ("-CA", ca, "-CAkey", folder / "ca.key", "-CAcreateserial")
    _openssl("x509", "-req", "-in", asked, *signed_by, "-out", cert, "-days", "2")
    return Certificate(ca, cert, key)


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
