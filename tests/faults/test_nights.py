"""Short versions of the campaigns, whose full ones are run by hand."""

import signal
import subprocess

import pytest

from medmask.cohort import CrewOptions
from tests.faults.full_disk import cramped_nights, disk, night_with_room_later
from tests.faults.kill import broken_nights
from tests.faults.night import write_cohort
from tests.faults.sixty import BAD, Nights, faults_of, spoil


def test_a_night_that_was_broken_off_goes_on_to_the_bytes_of_an_unbroken_one(tmp_path):
    nights = broken_nights(tmp_path, times=1, scans=3, number=signal.SIGKILL, seed=1)
    assert [one.faults for one in nights] == [()]


def test_five_bad_scans_cost_five_rows(tmp_path):
    inputs = write_cohort(tmp_path / "in", 10)
    spoil(inputs)
    ended = Nights(CrewOptions(2, 10.0, allowed_mb=700.0)).over(inputs, tmp_path / "out")
    assert faults_of(ended, 10 - len(BAD)) == []


@pytest.fixture(scope="module")
def may_mount(tmp_path_factory):
    try:
        with disk(tmp_path_factory.mktemp("mount") / "disk", 1 << 20):
            pass
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no right to mount: {error}")


@pytest.mark.usefixtures("may_mount")
def test_a_full_disk_holds_nothing_short_and_the_run_goes_on_when_there_is_room(tmp_path):
    (night,) = cramped_nights(tmp_path, scans=2, sizes=1)
    assert night.faults == ()
    assert night.code == 1
    assert "No space left on device" in night.said


@pytest.mark.usefixtures("may_mount")
def test_a_run_waits_for_room(tmp_path):
    code, said = night_with_room_later(tmp_path, scans=3)
    assert code == 0, said
    assert "No space left on device; the run waits for up to 60 s" in said
    assert "the run goes on" in said
