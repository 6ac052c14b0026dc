"""The journal's rows and the run's pictures to a page that opens anywhere."""

from medmask.report.facts import RunFacts, Tally
from medmask.report.finding import Finding
from medmask.report.write import write_report

__all__ = ["Finding", "RunFacts", "Tally", "write_report"]
