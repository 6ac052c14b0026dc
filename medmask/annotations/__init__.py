"""What others drew: files to named layers on the scan's own grid."""

from medmask.annotations.names import label_names
from medmask.annotations.read import READERS, read_annotation
from medmask.annotations.result import Reading

__all__ = ["READERS", "Reading", "label_names", "read_annotation"]
