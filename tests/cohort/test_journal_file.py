import dataclasses
import sqlite3

import pytest

from medmask.cohort import CrewOptions, Journal, Request, Silent, run, write_tables
from medmask.cohort.journal_file import JOURNAL, SET_ASIDE
from medmask.errors import TornJournal
from medmask.pipeline import ConvertScan, MaskScan
from medmask.recipe import RecipeChoice
from tests.faults.night import Night, write_cohort


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The request of a run that has been made."""
    folder = tmp_path_factory.mktemp("made")
    inputs = write_cohort(folder / "in", 2)
    crew = CrewOptions(2)
    return Request((inputs,), folder / "out", RecipeChoice.of("ct"), crew, modality="CT")


def again(request):
    return run(request, MaskScan(request.recipes, request.reading, request.output), Silent())


def without_times(row):
    return dataclasses.replace(row, seconds=None, peak_rss_mb=None)


@pytest.mark.parametrize(
    "tear",
    [
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(b"\0" * 4096),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192),
        lambda path: path.write_bytes(b"words"),
    ],
    ids=["cut", "holes", "rubbish", "no database"],
)
def test_a_torn_journal_is_made_anew_from_the_scans_and_nothing_is_done_again(made, tear):
    first = again(made)
    night = Night(made.inputs[0], made.output)
    before = night.digests()
    for ending in ("-wal", "-shm"):
        (made.output / f"{JOURNAL}{ending}").unlink(missing_ok=True)
    tear(made.output / JOURNAL)
    second = again(made)
    assert second.worked_on == 0
    assert [*map(without_times, second.outcomes)] == [*map(without_times, first.outcomes)]
    assert night.digests() == before
    assert (made.output / JOURNAL).with_suffix(SET_ASIDE).is_file()


def test_what_was_converted_is_not_converted_again_either(made, tmp_path):
    request = dataclasses.replace(made, output=tmp_path / "converted")
    task = ConvertScan(request.recipes, request.reading, request.output)
    first = run(request, task, Silent())
    (request.output / JOURNAL).write_bytes(b"words")
    second = run(request, task, Silent())
    assert (first.worked_on, second.worked_on) == (2, 0)
    assert [*map(without_times, second.outcomes)] == [*map(without_times, first.outcomes)]


def test_a_scan_whose_account_is_torn_too_is_done_again(made):
    again(made)
    (made.output / JOURNAL).write_bytes(b"words")
    account = next((made.output / "scans").glob("*/scan.json"))
    account.write_bytes(account.read_bytes()[:100])
    assert again(made).worked_on == 1


def test_tables_can_be_made_of_a_torn_journal(made):
    again(made)
    night = Night(made.inputs[0], made.output)
    rows = night.rows()
    (made.output / JOURNAL).write_bytes(b"words")
    with Journal(made.output, mend=True) as journal:
        write_tables(made.output, journal)
    assert night.rows() == rows


def test_an_older_schema_is_renewed(made):
    again(made)
    (made.output / JOURNAL).unlink()
    db = sqlite3.connect(made.output / JOURNAL)
    db.executescript("CREATE TABLE scans (scan_id TEXT); PRAGMA user_version=1;")
    db.close()
    assert again(made).worked_on == 0


def test_who_only_looks_is_told(tmp_path):
    (tmp_path / JOURNAL).write_bytes(b"words, not a database" * 100)
    with pytest.raises(TornJournal, match="the next run makes it anew"):
        Journal(tmp_path)
