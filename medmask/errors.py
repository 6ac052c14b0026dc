"""Every way in which medmask says no.

::

    MedmaskError
    ├── RequestError             the request is wrong, nothing was started (exit code 2)
    │   ├── MissingInput             missing_input
    │   ├── OutputUnwritable         output_unwritable
    │   │   └── TornJournal              output_unwritable      it can be made anew from the scans
    │   ├── RecipeError              bad_recipe
    │   ├── ManifestError            bad_manifest           with the line and column of each fault
    │   ├── Mismatch                 mismatch               what does not lie on one grid
    │   ├── UnclearMask              unclear_mask           values that may mean several things
    │   └── MissingPackage           missing_package        an extra that is not installed
    ├── RunBroken                run_broken             input or output was lost on the way (exit 1)
    ├── OutputLocked             output_locked          another run holds the output (exit code 3)
    ├── NoThreshold              no_threshold           a strategy failed; the fallback is taken
    └── ScanError                costs one scan, never the run (exit code 1)
        ├── Damaged                  damaged                what is there is not whole
        │   ├── Truncated                truncated
        │   ├── BadChecksum              bad_checksum
        │   └── BadHeader                bad_header
        ├── Unsupported              unsupported            whole, but not understood (yet)
        │   ├── UnsupportedFormat        unsupported_format
        │   ├── UnsupportedEncoding      unsupported_encoding
        │   ├── UnsupportedPixels        unsupported_pixels
        │   ├── MultiFrame               multi_frame
        │   ├── TimeSeries               time_series
        │   └── ColourImage              colour_image
        ├── BadGeometry              bad_geometry           no grid can be made of it
        │   ├── MissingGeometry          missing_geometry
        │   ├── MixedGeometry            mixed_geometry
        │   ├── DuplicatePositions       duplicate_positions
        │   └── UnevenSlices             uneven_slices
        │       └── MissingSlices            missing_slices
        ├── BadValues                bad_values             no intensities can be had
        │   ├── BadRescale               bad_rescale
        │   ├── NotHounsfield            not_hounsfield
        │   └── NoValidVoxels            no_valid_voxels
        ├── NotRegular               not_regular_file       a pipe, a device, a link out
        ├── NoSpacing                no_spacing             a step in mm on a scan without mm
        ├── TooLarge                 too_large              would need more memory than allowed
        ├── OutOfMemory              out_of_memory          took more memory than allowed
        ├── WriteFailed              write_failed
        ├── TimedOut                 timeout
        ├── WorkerDied               worker_died
        │   └── WorkerKilled             worker_died        from outside, often for memory
        ├── InternalFault            internal               a fault of medmask's own, in one scan
        ├── AnnotationRefused        annotation_refused     drawn on something else than this scan
        │   ├── NoOverlap                no_overlap
        │   ├── OtherFrameOfReference    other_frame_of_reference
        │   ├── OtherPatient             other_patient
        │   ├── OtherShape               other_shape
        │   └── ObliqueContours          oblique_contours
        └── Skip                     skipped                benign: not a scan after all
            └── IsAnnotation             annotation
                ├── ScanMissing              scan_missing
                └── SeveralScans             several_scans

A message says where it was found, what was found, and what would be accepted. Paths in messages
are file names or paths below the input, never absolute ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Self


class MedmaskError(Exception):
    """Root of all errors that medmask raises on purpose."""

    code: ClassVar[str] = "error"


class RequestError(MedmaskError):
    """The request itself is wrong; nothing was started."""

    code = "bad_request"


class MissingInput(RequestError):
    """An input does not exist or cannot be listed."""

    code = "missing_input"


class OutputUnwritable(RequestError):
    """The output folder cannot be made or written to."""

    code = "output_unwritable"


class TornJournal(OutputUnwritable):
    """The journal's file is not whole; the next run makes it anew from the scans' own files."""


class RecipeError(RequestError):
    """A recipe is not understood; the message names file and line."""

    code = "bad_recipe"


class ManifestError(RequestError):
    """A manifest is not understood, or tells of files what is not so."""

    code = "bad_manifest"


class Mismatch(RequestError):
    """Images that are to be blended or compared do not fit together."""

    code = "mismatch"


class UnclearMask(RequestError):
    """A mask's values may mean more than one thing."""

    code = "unclear_mask"


class MissingPackage(RequestError):
    """What is asked for needs a package that is not installed.

    Parameters
    ----------
    asked : str
        What was asked for.
    package : str
        What it needs.
    extra : str
        What to install.
    """

    code = "missing_package"

    def __init__(self, asked: str, package: str, extra: str) -> None:
        super().__init__(asked, package, extra)
        self.asked = asked
        self.package = package
        self.extra = extra

    def __str__(self) -> str:
        return f"{self.asked} needs {self.package}, which is missing: pip install '{self.extra}'"


class RunBroken(MedmaskError):
    """What the run stood on was lost on the way; what was done by then is kept."""

    code = "run_broken"


class OutputLocked(MedmaskError):
    """Another run holds the output folder."""

    code = "output_locked"


class NoThreshold(MedmaskError):
    """A strategy, by its name, found no threshold in a histogram, for a reason."""

    code = "no_threshold"

    def __init__(self, strategy: str, reason: str) -> None:
        super().__init__(strategy, reason)
        self.strategy = strategy
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.strategy} found no threshold: {self.reason}"


class ScanError(MedmaskError):
    """One scan cannot be processed.

    Parameters
    ----------
    where : str
        The file, series or step, by a name that is safe to print.
    found : str
        What was found there.
    accepted : str
        What would be accepted instead.

    Attributes
    ----------
    may_pass : bool
        Whether the same input may do better another time, as it failed for want of something else.
    """

    code = "scan_failed"
    may_pass: ClassVar[bool] = False

    def __init__(self, where: str, found: str, accepted: str) -> None:
        super().__init__(where, found, accepted)
        self.where = where
        self.found = found
        self.accepted = accepted

    def reworded(self, reword: Callable[[str], str]) -> Self:
        """Return the same error with each of its parts in other words."""
        return type(self)(reword(self.where), reword(self.found), reword(self.accepted))

    def __str__(self) -> str:
        return f"{self.where}: {self.found}; accepted: {self.accepted}"


class Damaged(ScanError):
    """What is there is not whole."""

    code = "damaged"


class Truncated(Damaged):
    """Fewer bytes than the header promises."""

    code = "truncated"


class BadChecksum(Damaged):
    """The stored checksum does not belong to the data."""

    code = "bad_checksum"


class BadHeader(Damaged):
    """A header that contradicts itself or the data."""

    code = "bad_header"


class Unsupported(ScanError):
    """Whole, but not understood."""

    code = "unsupported"


class UnsupportedFormat(Unsupported):
    """A file format that medmask does not read."""

    code = "unsupported_format"


class UnsupportedEncoding(Unsupported):
    """A transfer syntax or compression that cannot be decoded here."""

    code = "unsupported_encoding"


class UnsupportedPixels(Unsupported):
    """A pixel layout or intensity transform that medmask does not read."""

    code = "unsupported_pixels"


class MultiFrame(Unsupported):
    """Several frames in one DICOM instance."""

    code = "multi_frame"


class TimeSeries(Unsupported):
    """More than one volume over time, echo or direction."""

    code = "time_series"


class ColourImage(Unsupported):
    """Colour, where an intensity is wanted."""

    code = "colour_image"


class BadGeometry(ScanError):
    """No grid can be made of the positions given."""

    code = "bad_geometry"


class MissingGeometry(BadGeometry):
    """Position, orientation or spacing is absent."""

    code = "missing_geometry"


class MixedGeometry(BadGeometry):
    """Slices of one series that do not share one grid."""

    code = "mixed_geometry"


class DuplicatePositions(BadGeometry):
    """Different pixels at one position."""

    code = "duplicate_positions"


class UnevenSlices(BadGeometry):
    """Steps between slices that are not even."""

    code = "uneven_slices"


class MissingSlices(UnevenSlices):
    """A gap between slices that is too wide to be bridged."""

    code = "missing_slices"


class BadValues(ScanError):
    """No intensities can be had."""

    code = "bad_values"


class BadRescale(BadValues):
    """A rescale that maps nothing, or is not a number."""

    code = "bad_rescale"


class NotHounsfield(BadValues):
    """A CT whose values cannot be Hounsfield units."""

    code = "not_hounsfield"


class NoValidVoxels(BadValues):
    """Nothing but padding, NaN or infinity."""

    code = "no_valid_voxels"


class NotRegular(ScanError):
    """Not a regular file inside the input."""

    code = "not_regular_file"


class NoSpacing(ScanError):
    """A length in mm is asked of a scan whose spacing is unknown."""

    code = "no_spacing"


class TooLarge(ScanError):
    """The scan would need more memory than it is allowed."""

    code = "too_large"
    may_pass = True


class OutOfMemory(ScanError):
    """The scan took more memory than it is allowed, or than there was."""

    code = "out_of_memory"
    may_pass = True


class WriteFailed(ScanError):
    """An output could not be written whole."""

    code = "write_failed"
    may_pass = True


class TimedOut(ScanError):
    """The scan took longer than it is allowed."""

    code = "timeout"
    may_pass = True


class WorkerDied(ScanError):
    """The process that worked on the scan ended without an answer."""

    code = "worker_died"
    may_pass = True


class WorkerKilled(WorkerDied):
    """The process that worked on the scan was killed from outside, often for want of memory."""


class InternalFault(ScanError):
    """A fault of medmask's own, met while working on one scan."""

    code = "internal"


class AnnotationRefused(ScanError):
    """An annotation that does not belong onto the scan it was paired with."""

    code = "annotation_refused"


class NoOverlap(AnnotationRefused):
    """Nothing of the annotation lies inside the scan."""

    code = "no_overlap"


class OtherFrameOfReference(AnnotationRefused):
    """The annotation's millimetres are counted from another origin than the scan's."""

    code = "other_frame_of_reference"


class OtherPatient(AnnotationRefused):
    """Annotation and scan name different patients."""

    code = "other_patient"


class OtherShape(AnnotationRefused):
    """Without geometry only equal shapes belong together, and they are not."""

    code = "other_shape"


class ObliqueContours(AnnotationRefused):
    """Contours in planes that the scan's grid does not have."""

    code = "oblique_contours"


class Skip(ScanError):
    """Benign: the file is whole and understood, but it is no scan."""

    code = "skipped"


class IsAnnotation(Skip):
    """A mask, label map or overlay rather than a scan."""

    code = "annotation"


class ScanMissing(IsAnnotation):
    """An annotation whose scan is not among those found."""

    code = "scan_missing"


class SeveralScans(IsAnnotation):
    """An annotation that may belong to more than one scan."""

    code = "several_scans"
