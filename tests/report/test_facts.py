from datetime import UTC, datetime

import pytest

from medmask.report import RunFacts, Tally
from medmask.report.triage import Triage
from tests.report.cohorts import findings, mixed


def test_counts_come_from_the_outcomes():
    assert Tally.of(Triage.of(findings(mixed()))) == Tally(
        found=5, done=3, failed=1, skipped=1, flagged=1, warned=2
    )


def test_a_start_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="accepted: a time with its zone"):
        RunFacts("ct", "1", datetime(2026, 1, 1), 1.0, ())  # noqa: DTZ001


def test_an_input_is_named_without_its_path_and_the_path_is_not_repeated():
    with pytest.raises(ValueError, match=r"accepted: its name alone") as caught:
        RunFacts("ct", "1", datetime.now(UTC), 1.0, ("/home/miller/scans",))
    assert "miller" not in str(caught.value)
