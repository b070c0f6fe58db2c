import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from aggregation.output.index_command import index
from survey.questionnaire import ORDERS, Element, ElementOrder
from tests.questionnaires import SULAWESI_BARAT, summing_by_element
from tests.spreadsheets import DISTRICT_HEADER, Cell, csv_file, district_row, xlsx_file

RATING_HEADER = [f"U{number}" for number in range(1, 10)]
SUMS = {Element(code): total for code, total in SULAWESI_BARAT["sums"].items()}
N = SULAWESI_BARAT["n"]
Save = Callable[[Sequence[Sequence[Cell]]], bytes]


def run(folder: Path, data: bytes, *options: str, name: str = "skm.csv") -> Result:
    file = folder / name
    file.write_bytes(data)
    return CliRunner().invoke(index, [str(file), *options])


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    told_object: dict[str, Any] = json.loads(result.stdout)
    return told_object


def sulawesi_barat(order: ElementOrder = ElementOrder.BODY) -> list[list[Cell]]:
    """The published office's questionnaires as its app would export them."""
    return [
        district_row(number, [sheet[element] for element in ORDERS[order]], "baik")
        for number, sheet in enumerate(summing_by_element(SUMS, N), start=1)
    ]


def decimal_commas(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    return [
        [
            f"{cell},00" if isinstance(cell, int) and place > 6 else cell
            for place, cell in enumerate(r)
        ]
        for r in rows
    ]


SAVES: dict[str, Save] = {
    "commas": csv_file,
    "semicolons": lambda rows: csv_file(rows, ";"),
    "tabs": lambda rows: csv_file(rows, "\t"),
    "windows": lambda rows: csv_file(rows, ";", "\r\n", "utf-8-sig"),
    "utf-16": lambda rows: csv_file(rows, "\t", "\r\n", "utf-16"),
    "decimal commas": lambda rows: csv_file(decimal_commas(rows), ";"),
    "quoted decimal commas": lambda rows: csv_file(decimal_commas(rows), ","),
    "titles": lambda rows: csv_file([["LAPORAN SKM"], ["Triwulan III"], [], *rows], ";", "\r\n"),
    "xlsx": xlsx_file,
    "xlsx with titles": lambda rows: xlsx_file([["LAPORAN SKM"], [], *rows]),
    "xlsx of texts": lambda rows: xlsx_file([[str(cell) for cell in row] for row in rows]),
}


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
@pytest.mark.parametrize("order", ElementOrder)
def test_the_published_office_gets_its_index_however_its_sheet_was_saved(
    tmp_path: Path, save: Save, order: ElementOrder
) -> None:
    data = save([DISTRICT_HEADER, *sulawesi_barat(order)])
    report = told(run(tmp_path, data, "--json", "--order", order.value))
    assert (report["ikm"], report["grade"]) == (SULAWESI_BARAT["ikm"], "A")
    assert (report["n"], report["complete"], report["set_aside"]) == (N, N, [])
    assert {code: f["sum"] for code, f in report["elements"].items()} == SULAWESI_BARAT["sums"]


def test_the_wrong_order_swaps_two_elements_and_keeps_the_index(tmp_path: Path) -> None:
    data = csv_file([DISTRICT_HEADER, *sulawesi_barat(ElementOrder.ANNEX)])
    report = told(run(tmp_path, data, "--json"))
    assert report["ikm"] == SULAWESI_BARAT["ikm"]
    assert report["elements"]["PENGADUAN"]["sum"] == SULAWESI_BARAT["sums"]["SARANA"]


@pytest.mark.parametrize(("method", "ikm"), SULAWESI_BARAT["legacy"].items())
def test_a_legacy_method_reproduces_the_old_figure(tmp_path: Path, method: str, ikm: str) -> None:
    data = csv_file([DISTRICT_HEADER, *sulawesi_barat()])
    report = told(run(tmp_path, data, "--json", "--method", method))
    assert (report["ikm"], report["method"]) == (ikm, method)


def test_bad_lines_are_named_and_change_nothing_else(tmp_path: Path) -> None:
    rows: list[Sequence[Cell]] = [
        ["Rekap"],
        DISTRICT_HEADER,
        *sulawesi_barat(),
        district_row(30, [4, 4, 4, 5, 4, 4, 4, 4, 4]),
        district_row(31, [4, 4, "", 4, 4, 4, 4, 4, 4]),
        [],
        ["", "", "", "", "", "", "Jumlah", *SUMS.values()],
        ["", "", "", "", "", "", "NRR", *["4,00"] * 9],
        [],
    ]
    for data, name in ((csv_file(rows, ";", "\r\n"), "skm.csv"), (xlsx_file(rows), "skm.xlsx")):
        report = told(run(tmp_path, data, "--json", name=name))
        assert (report["ikm"], report["n"], report["complete"]) == (SULAWESI_BARAT["ikm"], 30, 29)
        assert report["set_aside"] == [
            {"line": 32, "reason": "U4 berisi “5”; nilai harus 1, 2, 3, atau 4"},
            {"line": 33, "reason": "belum lengkap: U3 kosong"},
            {"line": 35, "reason": "baris “Jumlah”, bukan kuesioner"},
            {"line": 36, "reason": "baris “NRR”, bukan kuesioner"},
        ]


def test_the_object_has_the_keys_and_kinds_that_others_rely_on(tmp_path: Path) -> None:
    data = csv_file([RATING_HEADER, [3] * 9, [4, 3, 3, 3, 3, 3, 3, 3, 3]])
    result = run(tmp_path, data, "--json", "--population", "500")
    report = told(result)
    assert result.stdout.count("\n") == 1
    assert list(report) == [
        "n", "complete", "set_aside", "elements", "ikm", "grade", "category", "method",
        "required_sample",
    ]  # fmt: skip
    assert list(report["elements"]) == list(Element)
    assert report["elements"]["PERSYARATAN"] == {
        "sum": 7, "n": 2, "nrr": "3.5000", "ikm": "87.50", "grade": "B",
    }  # fmt: skip
    assert (report["ikm"], report["category"], report["required_sample"]) == (
        "76.39",
        "Kurang baik",
        217,
    )


def test_the_required_sample_is_told_only_with_a_population(tmp_path: Path) -> None:
    assert "required_sample" not in told(
        run(tmp_path, csv_file([RATING_HEADER, [3] * 9]), "--json")
    )


def test_people_get_lines_in_indonesian(tmp_path: Path) -> None:
    data = csv_file([RATING_HEADER, [3] * 9, [4] * 9, [5] * 9])
    result = run(tmp_path, data, "--population", "12", "--order", "annex")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        "IKM 87,50 · mutu B (Baik)",
        "2 kuesioner lengkap dari 2 tanggapan · metode equal",
        "Sampel minimum untuk 12 pengguna layanan: 12",
    ]
    assert "Persyaratan                 7  3,5000   87,50  B" in result.stdout
    assert result.stdout.index("Sarana prasarana") < result.stdout.index("Penanganan pengaduan")
    assert "1 baris tidak dihitung:\n  baris 4: U1 berisi “5”" in result.stdout


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "kosong"),
        (b"%PDF-1.7", "PDF"),
        (csv_file([["NO", "U1", "U2"], [1, 4, 4]]), "Baris 1: judul tidak memuat kolom U3"),
        (csv_file([RATING_HEADER]), "tidak ada baris di bawah judul"),
        (
            csv_file([RATING_HEADER, [5] * 9]),
            "tidak ada kuesioner lengkap; baris 2: U1 berisi “5”",
        ),
        (b"PK\x03\x04", "simpan ulang sebagai XLSX"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_unusable_file_ends_with_2_and_one_sentence(
    tmp_path: Path, data: bytes, says: str, options: list[str]
) -> None:
    result = run(tmp_path, data, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_that_is_not_there_ends_with_2_and_one_sentence(tmp_path: Path) -> None:
    for file in (tmp_path / "tidak-ada.csv", tmp_path):
        result = CliRunner().invoke(index, [str(file)])
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert "tidak dapat dibuka" in result.stderr


@pytest.mark.parametrize("option", ["--order=form", "--method=0.1", "--population=-1"])
def test_an_unknown_choice_is_refused(tmp_path: Path, option: str) -> None:
    assert run(tmp_path, csv_file([RATING_HEADER, [3] * 9]), option).exit_code == 2


def test_the_set_aside_lines_are_what_keeps_the_index_right(tmp_path: Path) -> None:
    """Control: were a 5 clipped to 4, or a blank filled, the index would be another."""
    good = [[3] * 9] * 3
    clipped = told(run(tmp_path, csv_file([RATING_HEADER, *good, [4] * 9]), "--json"))
    named = told(run(tmp_path, csv_file([RATING_HEADER, *good, [5] * 9]), "--json"))
    assert named["ikm"] == "75.00" != clipped["ikm"]
