"""What a run does to each scan: mask it, or convert it."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Final, Protocol, Self, TypeVar

from medmask.annotation import Annotation
from medmask.errors import ScanError, WriteFailed
from medmask.finished import Finished
from medmask.histogram import Histogram
from medmask.outcome import ScanWarning, Status
from medmask.overlay import montage
from medmask.pipeline.account import Provenance, masked_row, row_of, scan_document
from medmask.pipeline.annotate import Annotated, annotate
from medmask.pipeline.annotation_account import write_annotations
from medmask.pipeline.decide import Decisions
from medmask.pipeline.dicom_objects import demand_packages, write_dicom_objects
from medmask.pipeline.digest import file_sha256, scan_sha256
from medmask.pipeline.evidence import evidence_document, evidence_picture
from medmask.pipeline.mask_files import write_masks
from medmask.pipeline.privacy import Privacy
from medmask.pipeline.review import write_review
from medmask.pipeline.segment import Segmentation, segment
from medmask.pipeline.sheets import SLICES
from medmask.pipeline.stored import Stored
from medmask.readers import ReadOptions, read
from medmask.recipe import RecipeChoice
from medmask.scan import Scan
from medmask.version import __version__
from medmask.volume import Volume
from medmask.writers import (
    json_bytes,
    levels_nifti,
    png,
    volume_nifti,
    write_atomically,
)

_IMAGE_ACCOUNT: Final = "image.json"  # of what was converted; that of masks is scan.json
T = TypeVar("T")


class Task(Protocol):
    """What a run does to each scan. It is sent to other processes, so it must pickle.

    Attributes
    ----------
    verb : str
        What it does, in one word.
    """

    verb: ClassVar[str]

    @property
    def sha256(self) -> str:
        """Digest of all but the input that its result hangs on: what resume goes by."""

    def by(self, recipes: RecipeChoice, options: ReadOptions) -> Task:
        """Return the same by other recipes; raise `RequestError` where that cannot be done."""

    def __call__(self, scan: Scan) -> Finished:
        """Work on one scan and write its files; raise `ScanError` where that cannot be done."""


@dataclass(frozen=True)
class MaskScan:
    """Read, segment, draw and write one scan.

    Attributes
    ----------
    recipes : RecipeChoice
    options : ReadOptions
    output : Path
        The run's folder; the scan's files go to ``scans/<scan_id>/`` in it.
    report_slices : int
        Slices of each plane that the scan's page shows, at most.
    reuse : bool
        Whether masks of an earlier run are taken where they still hold.
    privacy : Privacy
        What is told of the people that scans are of.

    Raises
    ------
    MissingPackage
        If the recipes need a package that is not installed.
    RequestError
        If the recipes ask for DICOM objects, which tell a patient's name, and names are veiled.
    """

    verb: ClassVar[str] = "mask"
    recipes: RecipeChoice
    options: ReadOptions
    output: Path
    report_slices: int = SLICES
    reuse: bool = True
    privacy: Privacy = field(default_factory=Privacy)

    def __post_init__(self) -> None:
        demand_packages(self.recipes)
        self.privacy.demand_none_named(self.recipes)

    @property
    def sha256(self) -> str:
        """Digest of recipes, stated modality, slices drawn and version."""
        slices = f"{self.report_slices} slices"
        identity = str(self.privacy.keeps_identity)
        return _sha256(self.verb, slices, self.recipes.sha256, self.options.modality, identity)

    def by(self, recipes: RecipeChoice, options: ReadOptions) -> Self:
        """Return the same by other recipes."""
        return replace(self, recipes=recipes, options=options)

    def __call__(self, scan: Scan) -> Finished:
        """Mask one scan; if only what shows them has changed, its masks are taken as they are."""
        try:
            return self._masked(scan)
        except ScanError as error:
            raise self.privacy.error(error, scan) from error

    def _masked(self, scan: Scan) -> Finished:
        clock, folder = _Clock(), self.output / "scans" / scan.scan_id
        stored = Stored.of(folder) if self.reuse else None
        _empty(folder)
        volume = clock.time("read", lambda: _read(scan, self.options))
        inputs = clock.time("digest", lambda: scan_sha256(scan))
        recipe = self.recipes.for_family(volume.family)
        masks = _sha256(recipe.masks_sha256, self.options.modality)
        if stored is not None and stored.holds(inputs, masks):
            earlier = stored.masks(volume.grid)
            result = clock.time("restore", lambda: segment(volume, recipe, earlier))
        else:
            stored = None
            result = clock.time("segment", lambda: segment(volume, recipe))
        annotated = clock.time("annotate", lambda: annotate(scan, volume))
        annotated = replace(annotated, annotations=self.privacy.drawings(annotated.annotations))
        result = replace(result, warnings=(*result.warnings, *annotated.warnings))
        clock.time("draw", lambda: _write_pictures(folder, result, annotated))
        drawn_on = (self.report_slices, annotated.annotations)
        review = clock.time("review", lambda: write_review(folder, result, *drawn_on))
        files = (scan, self.options, annotated.annotations)
        unwritten = clock.time("write", lambda: _write_files(folder, result, *files))
        result = replace(result, warnings=(*result.warnings, *unwritten))
        drawn = clock.time("agree", lambda: write_annotations(folder, annotated, result))
        digests = _digests(folder)
        said = recipe.model_dump(mode="json"), recipe.sha256
        provenance = Provenance(inputs, *said, masks, self.sha256, clock.seconds)
        below = folder.relative_to(self.output).as_posix()
        row = replace(
            masked_row(scan, result),
            message=self.privacy.sentence(annotated.message, scan),
            annotations=len(annotated.annotations),
            labels=f"{below}/labels.nii.gz",
            overlay=f"{below}/overlay.png",
        )
        document = scan_document(scan, result, digests, provenance)
        if stored is not None:
            document["figures"] = stored.document["figures"]
        document |= {"histogram": evidence_document(_decisions(result)), "review": review}
        document |= {"annotations": drawn, "row": asdict(row)}
        document = self.privacy.document(document, scan)
        _write(folder, "scan.json", json_bytes(document))
        digests["scan.json"] = file_sha256(folder / "scan.json")
        return Finished(row, inputs, tuple((f"{below}/{n}", d) for n, d in digests.items()))


@dataclass(frozen=True)
class ConvertScan:
    """Read one scan and write its intensities as NIfTI.

    Attributes
    ----------
    recipes : RecipeChoice
        For the scale, where levels are wanted.
    options : ReadOptions
    output : Path
    levels : bool
        Write levels on the 0..255 scale, float32, instead of native values.
    """

    verb: ClassVar[str] = "convert"
    recipes: RecipeChoice
    options: ReadOptions
    output: Path
    levels: bool = False

    @property
    def sha256(self) -> str:
        """Digest of which values are written, recipes, stated modality and version."""
        values = "levels" if self.levels else "native"
        return _sha256(self.verb, values, self.recipes.sha256, self.options.modality)

    def by(self, recipes: RecipeChoice, options: ReadOptions) -> Self:
        """Return the same by other recipes."""
        return replace(self, recipes=recipes, options=options)

    def __call__(self, scan: Scan) -> Finished:
        """Convert one scan."""
        folder = self.output / "scans" / scan.scan_id
        _empty(folder)
        volume = _read(scan, self.options)
        inputs = scan_sha256(scan)
        histogram = Histogram.of(volume)
        row = replace(
            row_of(scan, volume),
            status=Status.DONE,
            native_min=histogram.native_min,
            native_max=histogram.native_max,
        )
        if self.levels:
            recipe = self.recipes.for_family(volume.family)
            scale = recipe.scale.build().scale(volume, histogram)
            row = replace(row, scale=scale.kind)
            image = levels_nifti(volume, scale)
        else:
            image = volume_nifti(volume)
        below = folder.relative_to(self.output).as_posix()
        row = replace(row, labels=f"{below}/image.nii.gz")
        digests = {"image.nii.gz": file_sha256(_write(folder, "image.nii.gz", image))}
        provenance = {"inputs_sha256": inputs, "work_sha256": self.sha256, "medmask": __version__}
        document = {"row": asdict(row), "outputs": digests, "provenance": provenance}
        account = _write(folder, _IMAGE_ACCOUNT, json_bytes(document))
        digests = digests | {_IMAGE_ACCOUNT: file_sha256(account)}
        return Finished(row, inputs, tuple((f"{below}/{n}", d) for n, d in digests.items()))


def _sha256(*what: str) -> str:
    return hashlib.sha256("\n".join((*what, __version__)).encode()).hexdigest()


class _Clock:
    """Wall-clock seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, stage: str, work: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = work()
        self.seconds[stage] = round(time.perf_counter() - start, 4)
        return result


def _read(scan: Scan, options: ReadOptions) -> Volume:
    """Return the volume, with what was noticed already when the scan was found."""
    volume = read(scan, options)
    return replace(volume, warnings=(*scan.warnings, *volume.warnings))


def _write_pictures(folder: Path, result: Segmentation, annotated: Annotated) -> None:
    """Write the picture to check the masks by, and the one that tells why they are as they are."""
    style, drawn = result.recipe.overlay.build(), annotated.annotations
    overlay = montage(result.volume, result.labels, style, drawn)
    _write(folder, "overlay.png", png(overlay))
    _write(folder, "histogram.png", png(evidence_picture(_decisions(result), result.recipe)))


def _decisions(result: Segmentation) -> Decisions:
    return Decisions(result.histogram, result.soft_tissue, result.bone)


def _write_files(
    folder: Path,
    result: Segmentation,
    scan: Scan,
    options: ReadOptions,
    annotations: Sequence[Annotation],
) -> tuple[ScanWarning, ...]:
    """Write all that is no picture, and return what could not be made of the scan."""
    write_masks(folder, result)
    return write_dicom_objects(folder, scan, options, result, annotations)


def _digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by its path in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): file_sha256(path) for path in files}


def _write(folder: Path, name: str, content: bytes) -> Path:
    write_atomically(folder / name, content)
    return folder / name


def _empty(folder: Path) -> None:
    """Remove what an earlier try left of a scan."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        found = f"what an earlier run left cannot be removed: {error.strerror or error}"
        raise WriteFailed(folder.name, found, "a writable folder") from error
