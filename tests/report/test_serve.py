import http.client
import json
import threading
from urllib.parse import urlsplit

import pytest

from medmask.errors import MissingInput, RequestError
from medmask.report import write_report
from medmask.report.ratings import read_ratings
from medmask.report.serve import ReportDesk, ReportServer
from tests.report.cohorts import FACTS, done, findings

JSON = {"Content-Type": "application/json"}


class Client:
    """Requests to a served report, headers and all."""

    def __init__(self, server):
        self.token = server.desk.token
        self.port = urlsplit(server.url).port

    def ask(self, path, method="GET", body=None, headers=None, token=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        address = f"/{self.token if token is None else token}/{path}"
        connection.request(method, address, body, headers or {})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer, text

    def rate(self, headers=JSON, **row):
        body = json.dumps({"scan_id": "plain", "rating": "fail", "rater": "Ann"} | row)
        answer, text = self.ask("ratings", "POST", body, headers)
        return answer.status, text.decode()


@pytest.fixture
def output(tmp_path):
    out = tmp_path / "out"
    write_report(out, findings([done("plain")]), FACTS)
    (out / "scans" / "plain").mkdir(parents=True)
    (out / "scans" / "plain" / "labels.nii.gz").write_bytes(b"\x1f\x8b...")
    (out / "journal.sqlite").write_bytes(b"secret")
    (tmp_path / "beside.txt").write_text("secret")
    (out / "report" / "way-out").symlink_to(tmp_path / "beside.txt")
    return out


@pytest.fixture
def client(output):
    with ReportServer(ReportDesk(output, frozenset({"plain"}))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield Client(server)
        server.shutdown()
        thread.join()


def test_pages_and_files_of_the_output_are_served(client):
    answer, page = client.ask("report/index.html")
    assert answer.status == 200
    assert b"medmask" in page
    assert client.ask("report/assets/report.css")[0].headers["Content-Type"].startswith("text/css")
    assert client.ask("scans/plain/labels.nii.gz")[1] == b"\x1f\x8b..."


def test_a_served_page_may_talk_to_its_server_and_one_on_the_disk_to_nobody(client, output):
    served, there = client.ask("report/index.html")[1], (output / "report/index.html").read_bytes()
    assert b"connect-src 'none'" in there
    assert b"connect-src 'self'" in served
    assert f'content="/{client.token}/ratings"'.encode() in served
    assert client.token.encode() not in there


@pytest.mark.parametrize(
    "path",
    ["journal.sqlite", "../beside.txt", "report/../../beside.txt", "report/%2e%2e/journal.sqlite",
     "report/way-out", "report", "", "scans/plain", "%00", "/etc/passwd", "report/none.html"],
)  # fmt: skip
def test_nothing_else_is_served(client, path):
    assert client.ask(path)[0].status == 404


@pytest.mark.parametrize("token", ["", "x", "%00", "%C3%A9"])
def test_nothing_is_served_without_the_token(client, token):
    answer, text = client.ask("report/index.html", token=token)
    assert (answer.status, text) == (404, b"")


def test_another_host_name_is_refused(client):
    answer, _ = client.ask("report/index.html", headers={"Host": "evil.example"})
    assert answer.status == 421
    assert client.ask("report/index.html", headers={"Host": "localhost:9"})[0].status == 200


def test_a_rating_becomes_a_line_and_everyone_hears_of_it(client, output):
    status, text = client.rate(note="=rib")
    assert status == 200
    (told,) = json.loads(text)["ratings"]
    (kept,) = read_ratings(output / "ratings.csv")
    assert told == kept.model_dump(mode="json")
    assert (kept.rating, kept.rater, kept.note) == ("fail", "Ann", "=rib")
    assert kept.time.endswith("Z")


def test_two_raters_see_how_far_they_agree(client):
    client.rate(rater="Ann")
    _, text = client.rate(rater="Ben", rating="pass")
    assert json.loads(text)["agreement"] == "Ann and Ben: 0 of 1 alike (0 %), Cohen's kappa 0.00."
    assert len(json.loads(client.ask("ratings")[1])["ratings"]) == 2


@pytest.mark.parametrize(
    ("row", "headers", "status"),
    [
        ({"scan_id": "other"}, JSON, 409),
        ({"rating": "good"}, JSON, 400),
        ({"recipe_sha256": "zz"}, JSON, 400),
        ({"note": "x" * 501}, JSON, 400),
        ({"note": "x" * 20_000}, JSON, 413),
        ({}, {"Content-Type": "text/plain"}, 415),
        ({}, {}, 415),
        ({}, JSON | {"Origin": "http://evil.example"}, 403),
        ({}, JSON | {"Origin": "null"}, 403),
    ],
)
def test_what_is_no_rating_of_this_report_is_refused_and_leaves_nothing(
    client, output, row, headers, status
):
    assert client.rate(headers, **row)[0] == status
    assert not (output / "ratings.csv").exists()


def test_a_body_of_unknown_length_is_refused(client):
    answer, _ = client.ask(
        "ratings", "POST", iter([b"{}"]), JSON | {"Transfer-Encoding": "chunked"}
    )
    assert answer.status == 413


def test_a_table_edited_into_something_else_is_told_not_overwritten(client, output):
    (output / "ratings.csv").write_text("scan_id,rating\nplain,good\n")
    answer, text = client.ask("ratings")
    assert answer.status == 409
    assert b"line 2: rating 'good'" in text


def test_a_folder_without_a_report_is_refused(tmp_path):
    with pytest.raises(MissingInput, match="`medmask report` draws it"):
        ReportDesk(tmp_path, frozenset())


def test_a_port_that_is_taken_is_told(client, output):
    with pytest.raises(RequestError, match=f"port {client.port}"):
        ReportServer(ReportDesk(output, frozenset()), client.port)
