"""Short versions of the campaigns, whose full ones are run by hand."""

import signal

from medmask.cohort import CrewOptions
from tests.faults.kill import broken_nights
from tests.faults.night import write_cohort
from tests.faults.sixty import BAD, faults_of, night, spoil


def test_a_night_that_was_broken_off_goes_on_to_the_bytes_of_an_unbroken_one(tmp_path):
    nights = broken_nights(tmp_path, times=2, scans=3, number=signal.SIGKILL, seed=1)
    assert [one.faults for one in nights] == [(), ()]


def test_five_bad_scans_cost_five_rows(tmp_path):
    inputs = write_cohort(tmp_path / "in", 10)
    spoil(inputs)
    ended = night(inputs, tmp_path / "out", CrewOptions(2, 10.0, allowed_mb=700.0))
    assert faults_of(ended, 10 - len(BAD)) == []
