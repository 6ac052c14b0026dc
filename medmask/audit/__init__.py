"""Whether identifying values of an input are found in an output."""

from medmask.audit.search import Audit, Finding, audit

__all__ = ["Audit", "Finding", "audit"]
