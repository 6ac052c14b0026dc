"""Answers -> journal and log, also over a disk that is full for a while."""

from __future__ import annotations

from medmask.cohort.agenda import Job
from medmask.cohort.answer import Answer
from medmask.cohort.entry import Entry
from medmask.cohort.grounds import Grounds
from medmask.cohort.journal import Journal
from medmask.cohort.log import RunLog
from medmask.errors import OutputUnwritable, RunBroken
from medmask.outcome import Outcome

_LOGGED = ("scan_id", "status", "code", "warnings", "flags", "attempts", "seconds", "peak_rss_mb")


class Scribe:
    """Writes down what became of each scan.

    Parameters
    ----------
    journal : Journal
    log : RunLog
    grounds : Grounds
        Tell whether a journal that cannot be written may be soon.
    """

    def __init__(self, journal: Journal, log: RunLog, grounds: Grounds) -> None:
        self._journal = journal
        self._log = log
        self._grounds = grounds

    def write(self, answer: Answer, job: Job) -> None:
        """Write one scan to the journal, then to the log; where there is no room, wait for it.

        Raises
        ------
        RunBroken
            If the journal cannot be written and patience ran out.
        """
        forecast_mb = job.forecast.memory_mb
        entry = Entry(answer.finished, job.task.sha256, answer.proof, forecast_mb)
        while not self._is_recorded(entry):
            pass
        row = answer.finished.outcome
        self._log.write("scan", **_logged(row), forecast_mb=forecast_mb, fault=answer.fault)

    def _is_recorded(self, entry: Entry) -> bool:
        try:
            self._journal.record(entry)
        except OutputUnwritable as error:
            if self._grounds.fault() and self._grounds.come_back(lambda: False):
                return False
            reason = self._grounds.lost or str(error)
            raise RunBroken(f"{reason}; the same command goes on from here") from error
        return True


def _logged(row: Outcome) -> dict[str, object]:
    return {name: getattr(row, name) for name in _LOGGED}
