"""Manifests: what is understood, and how what is not is told."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medmask.cohort import Manifest
from medmask.cohort.manifest_table import Faults, lines_of
from medmask.errors import ManifestError, MissingInput
from medmask.recipe import RecipeChoice
from medmask.scan import Format, Scan

AUTO = RecipeChoice.of("auto")


@pytest.fixture
def folder(tmp_path):
    for name in ("a/x.nii.gz", "a/y.nii.gz", "drawn/1.nii.gz", "drawn/2.nii.gz", "z.nii.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def manifest(folder, *lines, recipes=AUTO, modality="auto", encoding="utf-8"):
    (folder / "m.csv").write_text("\n".join(lines) + "\n", encoding=encoding)
    return Manifest.of(folder / "m.csv", recipes, modality)


def faults(folder, *lines):
    with pytest.raises(ManifestError) as caught:
        manifest(folder, *lines)
    return str(caught.value).splitlines()


def test_a_row_names_its_scan_by_its_path_below_the_manifest(folder):
    (row,) = manifest(folder, "path", "a/x.nii.gz").rows
    assert (row.line, row.root.source, row.scan_id, row.annotations) == (2, "a/x.nii.gz", "", ())
    assert (row.recipes, row.modality) == (AUTO, "auto")


@pytest.mark.parametrize("written", ["./a/x.nii.gz", "drawn/../a/x.nii.gz", "{}/a/x.nii.gz"])
def test_one_place_has_one_source_however_it_is_written(folder, written):
    (row,) = manifest(folder, "path", written.format(folder)).rows
    assert row.root.source == "a/x.nii.gz"


def test_a_link_is_called_by_its_own_name(folder):
    (folder / "p1.nii.gz").symlink_to(folder / "a/x.nii.gz")
    (row,) = manifest(folder, "path", "p1.nii.gz").rows
    assert row.root.source == "p1.nii.gz"


def test_of_a_path_outside_nothing_but_its_name_is_told(folder):
    (folder / "lists").mkdir()
    (folder / "lists/m.csv").write_text(f"path\n../a/x.nii.gz\n{folder}/drawn\n")
    rows = Manifest.of(folder / "lists/m.csv", AUTO).rows
    assert [row.root.source for row in rows] == ["x.nii.gz", "drawn"]


def test_all_columns_are_understood(folder):
    (folder / "mine.yaml").write_text("thresholds: {bone: {strategy: otsu}}")
    one, two = manifest(
        folder,
        "path,id,annotation,recipe,modality,thresholds.bone.native",
        "a/x.nii.gz,P-1,drawn/1.nii.gz; drawn/2.nii.gz,ct,ct,300",
        "a/y.nii.gz,,,mine.yaml,,",
        modality="MR",
    ).rows
    assert one.scan_id == "P-1"
    assert [path.name for path in one.annotations] == ["1.nii.gz", "2.nii.gz"]
    assert one.recipes.name == "ct + thresholds.bone.native 300"
    assert (one.modality, two.modality) == ("CT", "MR")
    assert two.recipes.name == "mine"


def test_a_blank_recipe_is_the_runs_own_with_the_rows_changes(folder):
    rows = manifest(
        folder,
        "path,thresholds.bone.level",
        "a/x.nii.gz,",
        "a/y.nii.gz,70",
        recipes=RecipeChoice.of("ct"),
    ).rows
    assert [row.recipes.name for row in rows] == ["ct", "ct + thresholds.bone.level 70"]


def test_rows_with_the_same_recipe_share_it(folder):
    lines = ("path,recipe,thresholds.bone.level", "a/x.nii.gz,ct,70", "a/y.nii.gz,ct,70")
    one, two = manifest(folder, *lines).rows
    assert one.recipes is two.recipes


def test_a_spreadsheets_marks_blanks_and_empty_lines_do_no_harm(folder):
    rows = manifest(
        folder, "Path , ID,,", " a/x.nii.gz ,p1,,", ",,,", "", "z.nii.gz", encoding="utf-8-sig"
    ).rows
    assert [(row.line, row.root.source, row.scan_id) for row in rows] == [
        (2, "a/x.nii.gz", "p1"),
        (5, "z.nii.gz", ""),
    ]


def test_lines_are_counted_as_an_editor_counts_them(folder):
    said = faults(folder, "path,annotation", '"a/x.nii.gz","drawn/1.nii.gz;\n\n"', "gone,")
    assert [line.split(" ")[0] for line in said] == ["m.csv:5:"]


def test_everything_that_is_wrong_is_told_at_once_with_line_and_column(folder):
    assert faults(
        folder,
        "path,id,annotation,recipe,modality,thresholds.bone.native",
        "a/x.nii.gz,p 1,,ct,,x",
        "a/y.nii.gz,,no.nii;drawn,ct-bnoe,CTX,",
        "gone.nii.gz,,,,,",
        ",p9,,,,",
        "a/x.nii.gz,,,,,300: 2",
    ) == [
        (
            "m.csv:2: thresholds.bone.native: x: Input should be a valid number, unable to parse "
            "string as a number"
        ),
        "m.csv:2: id: 'p 1'; accepted: letters, digits and single hyphens, such as p-1",
        (
            "m.csv:3: recipe: no recipe 'ct-bnoe' (nearest known: ct-bone); presets are ct, "
            "ct-bone, mr-body, overnight, xray, xray-local, or give a file"
        ),
        (
            "m.csv:3: modality: 'CTX' is not known; auto or one of CR, CT, DX, IO, MG, MR, NM, OT, "
            "PT, PX, RF, RG, US, XA, XR is"
        ),
        (
            "m.csv:3: annotation: 'no.nii' is not there; accepted: a file, or several with ; "
            "between relative to the manifest"
        ),
        (
            "m.csv:3: annotation: 'drawn' is a folder; accepted: a file, or several with ; "
            "between relative to the manifest"
        ),
        (
            "m.csv:4: path: 'gone.nii.gz' is not there; accepted: a folder or file relative to the "
            "manifest"
        ),
        "m.csv:5: path: no path is given",
        (
            "m.csv:6: thresholds.bone.native: '300: 2' is not a value in YAML: mapping values are "
            "not allowed here"
        ),
        "m.csv:6: path: line 2 lists x.nii.gz already",
    ]


def test_a_mistake_in_a_recipe_file_is_told_with_both_places(folder):
    (folder / "mine.yaml").write_text("name: mine\nmask: {}\n")
    (said,) = faults(folder, "path,recipe", "z.nii.gz,mine.yaml")
    assert said.startswith("m.csv:2: recipe: mine.yaml:2: mask: unknown key (nearest known: masks)")


def test_an_unknown_column_is_told_with_the_nearest(folder):
    said = faults(folder, "path,annotaton,thresholds.bone.natve,sex", "z.nii.gz,,,")
    assert [line.split(";")[0] for line in said] == [
        "m.csv:1: annotaton: unknown column (nearest known: annotation)",
        "m.csv:1: thresholds.bone.natve: unknown column (nearest known: thresholds.bone.native)",
        "m.csv:1: sex: unknown column",
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("id", "a"), "m.csv:1: no column path; accepted: path, id,"),
        (("path,id,id", "a,,"), "m.csv:1: id: this column is there twice"),
        (("path;id", "a;b"), "m.csv:1: columns apart by semicolons; accepted: by commas"),
        (("path\tid", "a\tb"), "m.csv:1: columns apart by tabs; accepted: by commas"),
        (("path", "z.nii.gz,p1"), "m.csv:2: 2 cells, of which 'p1' is in no column of the 1"),
        (("path,", "z.nii.gz,p1"), "m.csv:2: 'p1' is in a column without a name"),
        (("path,id", '"a,b'), "m.csv:2: not CSV: unexpected end of data"),
        (("path,id", ","), "m.csv:1: path: no scan is listed"),
        (("",), "m.csv:1: nothing is there; accepted: path, id,"),
    ],
)
def test_what_is_no_such_table_is_refused(folder, lines, said):
    assert faults(folder, *lines)[0].startswith(said)


def test_other_encodings_and_missing_files_are_refused(folder):
    (folder / "m.csv").write_bytes("path\nz.nii.gz\nGräte.png\n".encode("latin-1"))
    with pytest.raises(ManifestError, match=r"m\.csv:3: byte 16 is not UTF-8; accepted: CSV saved"):
        Manifest.of(folder / "m.csv", AUTO)
    with pytest.raises(MissingInput, match="No such file"):
        Manifest.of(folder / "none.csv", AUTO)


@pytest.mark.parametrize(
    "name", ["a/b", "..", "a.b", "a_b", "-a", "a--b", "nul", "Com1", "x" * 74, "Grät", "a b"]
)
def test_ids_that_are_not_safe_everywhere_are_refused(folder, name):
    (said,) = faults(folder, "path,id", f"z.nii.gz,{name}")
    assert said.startswith("m.csv:2: id: ")


def test_what_two_rows_claim_is_told_by_name(folder):
    (folder / "twin").symlink_to(folder / "a", target_is_directory=True)
    assert faults(
        folder,
        "path,id,annotation",
        "a,p1,",
        "a/x.nii.gz,P1,",
        "z.nii.gz,,a/y.nii.gz",
        "twin/y.nii.gz,,",
    ) == [
        "m.csv:3: id: 'P1' is the id of line 2 already, upper or lower case aside",
        "m.csv:3: path: x.nii.gz lies in what line 2 lists; accepted: one of the two rows",
        "m.csv:4: annotation: y.nii.gz is listed as a scan by line 5; accepted: as one of the two",
        "m.csv:5: path: y.nii.gz lies in what line 2 lists; accepted: one of the two rows",
    ]


def test_rows_keep_apart_from_inputs_and_from_the_output(folder):
    listed = manifest(folder, "path", "a/x.nii.gz", "z.nii.gz")
    listed.demand_apart((folder / "drawn",), folder / "out")
    with pytest.raises(
        ManifestError,
        match=r"m\.csv:2: path: x\.nii\.gz lies in the input a; "
        r"accepted: this row, or a as an INPUT, but not both",
    ):
        listed.demand_apart((folder / "a",))
    with pytest.raises(ManifestError, match=r"m\.csv:2: path: a holds x\.nii\.gz; accepted: this"):
        manifest(folder, "path", "a").demand_apart((folder / "a/x.nii.gz",))
    with pytest.raises(ManifestError, match=r"m\.csv:3: path: z.nii.gz lies in the output"):
        listed.demand_apart((), folder)


def test_many_faults_are_counted(folder):
    said = faults(folder, "path", *[f"gone-{k}" for k in range(70)])
    assert len(said) == 51
    assert said[-1] == "m.csv: and 20 faults more"


def test_a_scan_finds_its_row(folder):
    listed = manifest(folder, "path,id", "a/x.nii.gz,p1", "z.nii.gz,p2")
    scan = Scan("p2", "p2", "z.nii.gz", Format.NIFTI, (), line=3)
    assert listed.row_of(scan).scan_id == "p2"
    assert listed.row_of(Scan("i", "i", "i", Format.NIFTI, ())) is None


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)


@given(rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
def test_what_is_written_as_csv_comes_back(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    out = io.StringIO()
    csv.writer(out).writerows([("path", "id", "recipe"), *rows])
    path.write_bytes(out.getvalue().encode())
    told = Faults("any.csv")
    lines = lines_of(path, told)
    wanted = [
        (
            number,
            {name: cell for name, cell in zip(("path", "id", "recipe"), row, strict=True) if cell},
        )
        for number, row in enumerate(rows, 2)
    ]
    assert [(line.number, line.cells) for line in lines] == [pair for pair in wanted if pair[1]]
