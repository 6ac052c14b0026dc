"""Outcomes by hand: each kind of end, and names that a page must not run."""

from datetime import UTC, datetime

from medmask.outcome import Outcome, Status
from medmask.report import Finding, RunFacts

FACTS = RunFacts("auto", "0.1.0", datetime(2026, 3, 1, 20, 15, tzinfo=UTC), 3720.0, ("night",))
CANARY = """"'><script>alert(1)</script><img src=x onerror=alert(2)>&{{7*7}}javascript:alert(3)"""


def done(name, **more):
    facts = {
        "modality": "CT", "columns": 512, "rows": 512, "slices": 40,
        "spacing_x_mm": 0.977, "spacing_y_mm": 0.977, "spacing_z_mm": 3.27,
        "soft_level": 32.0, "bone_level": 64.0, "soft_native": -190.0, "bone_native": 226.0,
        "soft_voxels": 2_000_000, "bone_voxels": 100_000, "soft_ml": 6242.9, "bone_ml": 312.1,
        "seconds": 2.5, "labels": f"scans/{name}/labels.nii.gz",
        "overlay": f"scans/{name}/overlay.png",
    }  # fmt: skip
    return Outcome(name, name, f"{name}.nii.gz", "nifti", **facts | more)


def failed(name, code="truncated", message="12 of 40 bytes; accepted: a whole file", **more):
    return Outcome(
        name, name, f"{name}.nii.gz", "nifti", status=Status.FAILED, code=code, message=message,
        **more,
    )  # fmt: skip


def skipped(name):
    return Outcome(
        name, name, f"{name}.dcm", "dicom", status=Status.SKIPPED, code="annotation",
        message="a segmentation object; accepted: an image",
    )  # fmt: skip


def mixed():
    return [
        skipped("a-seg"),
        done("b-plain"),
        done("c-warned", warnings=("modality_guessed",)),
        done("d-flagged", flags=("empty_mask",), warnings=("modality_guessed",)),
        failed("e-broken"),
    ]


def findings(outcomes):
    """What a report finds of outcomes without any file beside them."""
    return [Finding(each, thumb=each.overlay) for each in outcomes]
