import csv
import io
import threading

import pytest

from medmask.errors import RequestError, WriteFailed
from medmask.report.ratings import (
    COLUMNS,
    Rating,
    append_rating,
    check_appendable,
    csv_lines,
    latest,
    read_ratings,
)

DIGEST = "ab" * 32


def rating(scan_id="scan-1", verdict="fail", **more):
    return Rating(scan_id=scan_id, rating=verdict, **more)


def test_what_is_appended_is_read_again(tmp_path):
    table = tmp_path / "ratings.csv"
    said = [
        rating(note='rib "3", cut', rater="Ann", recipe_sha256=DIGEST, inputs_sha256=DIGEST),
        rating("scan-2", "", time="2026-03-01T00:00:00Z"),
    ]
    for one in said:
        append_rating(table, one)
    assert read_ratings(table) == tuple(said)
    assert table.read_bytes().startswith(",".join(COLUMNS).encode() + b"\r\n")


@pytest.mark.parametrize("note", ["=1+1", "+1", "-1", "@sum(a1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula_and_none_changes_on_the_way(tmp_path, note):
    table = tmp_path / "ratings.csv"
    append_rating(table, rating(note=note, rater=note))
    cells = list(csv.reader(io.StringIO(table.read_text(), newline="")))[1]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    (one,) = read_ratings(table)
    assert (one.note, one.rater) == (note, note)


def test_a_line_break_cannot_make_a_line(tmp_path):
    append_rating(tmp_path / "r.csv", rating(note="one\r\nscan-9,pass"))
    (one,) = read_ratings(tmp_path / "r.csv")
    assert one.note == "one scan-9,pass"


def test_lines_of_many_at_once_are_whole(tmp_path):
    table = tmp_path / "ratings.csv"
    append_rating(table, rating("first"))

    def rate(name):
        for n in range(40):
            append_rating(table, rating(f"{name}-{n}", rater=name, note="x" * 300))

    threads = [threading.Thread(target=rate, args=(name,)) for name in ("Ann", "Ben", "Cleo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_ratings(table)) == 121


def test_a_line_that_an_editor_left_open_is_closed_first(tmp_path):
    table = tmp_path / "ratings.csv"
    table.write_bytes(csv_lines([COLUMNS]) + b"scan-1,pass,,,,,")
    append_rating(table, rating("scan-2"))
    assert [one.scan_id for one in read_ratings(table)] == ["scan-1", "scan-2"]


def test_a_table_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(WriteFailed, match=r"ratings.csv"):
        append_rating(tmp_path / "none" / "ratings.csv", rating())


def test_columns_may_stand_in_any_order_and_be_more(tmp_path):
    table = tmp_path / "ratings.csv"
    table.write_text("\ufeffextra,rating,scan_id\nx,pass,scan-1\n", encoding="utf-8")
    assert read_ratings(table) == (rating(verdict="pass"),)
    with pytest.raises(RequestError, match=r"columns extra, rating, scan_id; accepted: scan_id,"):
        check_appendable(table)


def test_no_table_is_no_rating(tmp_path):
    assert read_ratings(tmp_path / "ratings.csv") == ()
    check_appendable(tmp_path / "ratings.csv")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "scan_id,rating\na,pass\nb,good\n",
            "line 3: rating 'good'; accepted: pass",
        ),
        ("scan,rating\n", "no column scan_id; accepted: scan_id, rating, note"),
        ("scan_id,rating\n,pass\n", "line 2: scan_id ''"),
        ("", "no column rating, scan_id"),
    ],
)
def test_a_table_that_is_not_understood_is_refused_by_line(tmp_path, text, sentence):
    (tmp_path / "ratings.csv").write_text(text)
    with pytest.raises(RequestError, match=sentence):
        read_ratings(tmp_path / "ratings.csv")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "ratings.csv").write_bytes(b"scan_id,rating\n\xff\xfe,pass\n")
    with pytest.raises(RequestError, match="accepted: a table in UTF-8"):
        read_ratings(tmp_path / "ratings.csv")


def test_of_each_rater_and_result_the_last_line_holds():
    said = [
        rating(verdict="fail", rater="Ann"),
        rating(verdict="pass", rater="Ben"),
        rating(verdict="pass", rater="Ann"),
        rating(verdict="doubtful", rater="Ann", recipe_sha256=DIGEST),
    ]
    assert [(one.rater, one.rating) for one in latest(said)] == [
        ("Ann", "pass"), ("Ben", "pass"), ("Ann", "doubtful"),
    ]  # fmt: skip
