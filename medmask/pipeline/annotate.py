"""What was drawn onto a scan, laid onto its grid or refused by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from medmask.annotation import Annotation, Fit
from medmask.annotations import Reading, read_annotation
from medmask.errors import AnnotationRefused, ScanError
from medmask.outcome import ScanWarning
from medmask.scan import AnnotationFile, Scan
from medmask.volume import Volume


@dataclass(frozen=True)
class Refusal:
    """Why an annotation, or a part of it, is not drawn.

    Attributes
    ----------
    file : AnnotationFile
    error : ScanError
    """

    file: AnnotationFile
    error: ScanError


@dataclass(frozen=True, eq=False)
class Annotated:
    """All that is known of a scan's annotations.

    Attributes
    ----------
    annotations : tuple of Annotation
        On the scan's grid, in the order of their files.
    refusals : tuple of Refusal
    warnings : tuple of ScanWarning
        ``annotation_refused`` and ``annotation_unreadable`` for what is not drawn,
        ``annotation_snapped``, ``annotation_resampled``, ... for what does not lie as it should.
    """

    annotations: tuple[Annotation, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[ScanWarning, ...] = ()

    @property
    def message(self) -> str:
        """Why annotations are not drawn, for the scan's row; empty if all are."""
        return "; ".join(dict.fromkeys(str(refusal.error) for refusal in self.refusals))


def annotate(scan: Scan, volume: Volume) -> Annotated:
    """Read a scan's annotations; a bad one costs itself, never the scan.

    Parameters
    ----------
    scan : Scan
    volume : Volume
        The scan's.
    """
    annotations: list[Annotation] = []
    refusals: list[Refusal] = []
    warnings: list[ScanWarning] = []
    for file in scan.annotations:
        try:
            reading = read_annotation(file, scan, volume.grid)
        except ScanError as error:
            refusals.append(Refusal(file, error))
            continue
        annotations += reading.annotations
        refusals += [Refusal(file, error) for error in reading.refused]
        warnings += [*reading.warnings, *_misfits(reading)]
    warnings += [_refused(refusal) for refusal in refusals]
    return Annotated(tuple(annotations), tuple(refusals), tuple(warnings))


def _refused(refusal: Refusal) -> ScanWarning:
    is_wrong_pair = isinstance(refusal.error, AnnotationRefused)
    code = "annotation_refused" if is_wrong_pair else "annotation_unreadable"
    return ScanWarning(code, str(refusal.error))


def _misfits(reading: Reading) -> Iterator[ScanWarning]:
    """Yield a warning for each way in which annotations of a file do not lie on the scan's grid."""
    misfits = [one for one in reading.annotations if one.verdict.fit is not Fit.IDENTICAL]
    counts = Counter(one.verdict.fit for one in misfits)
    for fit, count in counts.items():
        first = next(one for one in misfits if one.verdict.fit is fit)
        others = f", and {count - 1} more of it" if count > 1 else ""
        text = f"{first.source}, {first.name}{others}: {first.verdict.message}"
        yield ScanWarning(f"annotation_{fit}", text)
