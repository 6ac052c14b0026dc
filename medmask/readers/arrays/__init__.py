"""Files that are one array with a header: NIfTI, Analyze, NRRD, MetaImage."""

from medmask.readers.arrays.array_file import ArrayFile
from medmask.readers.arrays.companions import companions
from medmask.readers.arrays.read import OPENERS, open_array, read_array, volume_names

__all__ = ["OPENERS", "ArrayFile", "companions", "open_array", "read_array", "volume_names"]
