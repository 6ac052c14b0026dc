from medmask.cohort.agenda import Job
from medmask.cohort.forecast import Forecast
from medmask.cohort.standing import Pace
from medmask.outcome import Outcome
from medmask.scan import Format, Scan


def test_no_time_is_left_at_the_end_whatever_was_rounded():
    seconds = {"a": 0.1, "b": 0.4, "c": 0.1}  # their sum less each in turn is below 0 by 3e-17
    scans = [Scan(name, name, name, Format.NIFTI, ()) for name in seconds]
    jobs = [Job(scan, None, Forecast(0.0, seconds[scan.scan_id])) for scan in scans]
    pace = Pace(jobs, 0, 100.0, lambda: 0.0)
    for name in seconds:
        pace.count(Outcome(name, name, name, "nifti"))
    assert "about 0 s left" in str(pace.standing)
