import subprocess
import sys

import pytest

from medmask.cohort import cluster
from medmask.cohort.cluster import Cluster, Tls
from medmask.errors import RequestError

pytest.importorskip("distributed")


def test_a_scheduler_file_that_never_comes_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE_S", 0.3)
    with pytest.raises(RequestError, match=r"no such file came .* accepted: an address such as"):
        Cluster(str(tmp_path / "scheduler.json"), Tls())


def test_an_address_without_a_port_is_refused_and_the_process_ends():
    program = (
        "from medmask.cohort.cluster import Cluster, Tls\n"
        "try:\n    Cluster('tcp://127.0.0.1', Tls())\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, timeout=60
    )
    assert ran.stdout.startswith(b"RequestError --scheduler tcp://127.0.0.1: missing port")


def test_half_of_a_certificate_is_refused(tmp_path):
    with pytest.raises(RequestError, match="go together"):
        Tls(ca=tmp_path / "ca.pem")


def test_a_certificate_that_is_not_there_is_named(tmp_path):
    missing = tmp_path / "ca.pem"
    with pytest.raises(RequestError, match=r"--tls-ca .*ca\.pem: no such file"):
        Cluster("tls://127.0.0.1:1", Tls(missing, missing, missing))
