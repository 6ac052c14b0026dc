import json

from medmask.report.scan_account import ScanAccount
from tests.report.accounts import account, document, layer


def test_what_a_run_wrote_is_read(tmp_path):
    (tmp_path / "scan.json").write_text(json.dumps(document()))
    assert ScanAccount.read(tmp_path) == account()
    assert account().sheets.planes[0].tile_px == (40, 80)


def test_a_scan_without_an_account_or_with_one_that_is_not_understood_is_unknown(tmp_path):
    assert ScanAccount.read(tmp_path) == ScanAccount()
    (tmp_path / "scan.json").write_text("{")
    assert ScanAccount.read(tmp_path) == ScanAccount()


def test_a_run_without_sheets_has_none():
    assert account(review={"thumbnail": "review/thumb.webp"}).sheets is None
    assert account(review=None).sheets is None


def test_a_colour_that_is_no_colour_never_reaches_a_page(tmp_path):
    bad = document()
    bad["review"]["layers"] = [layer(colour='"/><script>')]
    (tmp_path / "scan.json").write_text(json.dumps(bad))
    assert ScanAccount.read(tmp_path) == ScanAccount()


def test_a_layer_is_a_colour_matrix():
    one = account(review=document()["review"]).sheets.layers[1]
    assert one.paint == "0 0 0 0 1.0 0 0 0 0 0.70588 0 0 0 0 0.0"
    assert one.opaque((0, 1)) == "255 255 0 0 -127"
