"""A report's tables in words: respondents, elements, sample sizes, trend, follow-up, annex."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from aggregation.improvements.quarters import number_of
from aggregation.improvements.register import State
from aggregation.method.cuts import Cut
from aggregation.method.sample_size import TABLE_ROWS, krejcie_morgan
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.output.period_words import period_name
from aggregation.output.report.report_blocks import Table
from aggregation.output.report.report_words import WORDS, number
from aggregation.output.report.skm_report import Group, Planned, Respondents, SkmReport
from survey.questionnaire import ITEMS

HIDDEN = "–"
WEIGHT = "0,111"
"""How printed tables label the weight of each element; the arithmetic is 1/9 (method §3)."""

STATES: Mapping[State, str] = {
    State.PLANNED: "Direncanakan",
    State.RUNNING: "Berjalan",
    State.LATE: "Terlambat",
    State.DONE: "Selesai",
    State.DROPPED: "Dibatalkan",
}
CUTS: Mapping[Cut, str] = {
    Cut.SEX: "Jenis kelamin",
    Cut.AGE: "Usia",
    Cut.EDUCATION: "Pendidikan terakhir",
    Cut.OCCUPATION: "Pekerjaan",
    Cut.SERVICE: "Jenis layanan",
}
WHY_HIDDEN = (
    f"Tanda {HIDDEN} berarti tidak ditampilkan: kelompok dengan kurang dari {SMALLEST_CELL} "
    "responden, dan kelompok yang dapat membukanya lewat pengurangan, ditutup agar jawaban "
    "seseorang tidak dapat ditebak."
)
WITHHELD = (
    "Rincian ini tidak ditampilkan untuk periode ini: kelompoknya terlalu kecil, sehingga jawaban "
    "seseorang dapat ditebak."
)

_SAMPLE_ROWS = 15
_QUARTERS = ("I", "II", "III", "IV")


def respondents_table(of: Respondents) -> Table:
    """Return respondents by one cut; services also with their index."""
    name, is_service = CUTS[of.cut], of.cut is Cut.SERVICE
    head = [name, "Jumlah", "Persen", *(["IKM", "Mutu"] if is_service else [])]
    return Table(
        f"Responden menurut {name.lower()}",
        head,
        [_group(group, with_index=is_service) for group in of.groups],
        [3.0, *([1.0] * (len(head) - 1))],
        note="",
    )


def elements_table(report: SkmReport) -> Table:
    """Return the table of the index by element, with its sums."""
    rows = [
        [
            each.number,
            each.name,
            number(each.figures.rating_sum),
            WORDS.figure(each.figures.nrr),
            WORDS.figure(each.weighted),
            WORDS.figure(each.figures.index),
            each.figures.grade.letter,
        ]
        for each in report.elements
    ]
    index = report.standing.index
    ends = ["", "", WORDS.figure(report.weighted_mean), WORDS.figure(index.index)]
    return Table(
        "Indeks per unsur pelayanan",
        ["", "Unsur", "Jumlah nilai", "NRR", f"NRR tertimbang ({WEIGHT})", "IKM", "Mutu"],
        [*rows, ["", "IKM unit pelayanan", *ends, index.grade.letter]],
        [0.55, 2.6, 1.0, 1.0, 1.35, 1.0, 0.8],
        texts=2,
        strong=1,
        note=f"n = {number(report.counts.n)} kuesioner lengkap. Bobot sepersembilan ditulis "
        f"{WEIGHT} menurut lampiran peraturan; hitungan memakai sepersembilan yang tepat, dan IKM "
        "dibulatkan satu kali di akhir.",
    )


def sample_table(report: SkmReport) -> Table:
    """Return the official table of sample sizes, six pairs of columns wide."""
    size = report.sample.visits
    listed = None if size is None else next((row for row in TABLE_ROWS if row >= size), None)
    columns = -(-len(TABLE_ROWS) // _SAMPLE_ROWS)
    rows = [
        [
            cell
            for column in range(columns)
            for cell in _pair(column * _SAMPLE_ROWS + line, marked=listed)
        ]
        for line in range(_SAMPLE_ROWS)
    ]
    note = "" if listed is None else "Tanda * menunjukkan baris yang dipakai."
    return Table(
        "Jumlah sampel (S) menurut populasi (N), Krejcie dan Morgan",
        ["N", "S"] * columns,
        rows,
        [1.25, 0.75] * columns,
        texts=0,
        note=note,
        is_small=True,
    )


def trend_table(report: SkmReport) -> Table:
    """Return the indices of the periods up to this one."""
    rows: list[Sequence[str]] = []
    before: Decimal | None = None
    for each in report.trend:
        standing = each.standing
        name = period_name(each.period, WORDS)
        if standing is None or each.counts is None:
            rows.append([name, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN])
            before = None
            continue
        index, interval = standing.index, standing.interval
        span = f"{WORDS.figure(interval.low)}–{WORDS.figure(interval.high)}"
        change = HIDDEN if before is None else WORDS.difference(index.index - before)
        figures = [number(each.counts.n), WORDS.figure(index.index), span, change]
        rows.append([name, *figures, index.grade.letter])
        before = index.index
    return Table(
        "IKM dari periode ke periode",
        ["Periode", "Responden", "IKM", "Rentang 95%", "Selisih", "Mutu"],
        rows,
        [2.2, 1.1, 0.9, 1.4, 0.9, 0.7],
    )


def plan_table(report: SkmReport) -> Table:
    """Return the follow-up plan as the regulation lays it out: TW I to IV hold the year."""
    rows = [
        [str(place), _priority(each), each.action, *_quarters(each), each.responsible]
        for place, each in enumerate(report.plan, start=1)
    ]
    return Table(
        "Rencana tindak lanjut",
        ["No", "Prioritas unsur", "Program/kegiatan", *(f"TW {each}" for each in _QUARTERS),
         "Penanggung jawab"],
        rows,
        [0.4, 1.3, 2.5, 0.5, 0.5, 0.55, 0.55, 1.5],
        texts=8,
    )  # fmt: skip


def earlier_plan_table(report: SkmReport) -> Table:
    """Return what became of what was planned before."""
    return Table(
        "Pelaksanaan rencana sebelumnya",
        ["No", "Prioritas unsur", "Program/kegiatan", "Rencana", "Keadaan"],
        [
            [str(place), _priority(each), each.action, _quarter(each), STATES[each.state]]
            for place, each in enumerate(report.earlier_plan, start=1)
        ],
        [0.4, 1.4, 3.2, 1.2, 1.2],
        texts=5,
    )


def _group(group: Group, *, with_index: bool) -> Sequence[str]:
    if group.n is None or group.share is None:
        return [group.label, *([HIDDEN] * (4 if with_index else 2))]
    cells = [group.label, number(group.n), WORDS.figure(group.share)]
    if not with_index:
        return cells
    index = HIDDEN if group.index is None else WORDS.figure(group.index)
    return [*cells, index, group.letter or HIDDEN]


def _pair(place: int, *, marked: int | None) -> Sequence[str]:
    if place >= len(TABLE_ROWS):
        return ["", ""]
    population = TABLE_ROWS[place]
    mark = "*" if population == marked else ""
    return [f"{mark}{number(population)}", number(krejcie_morgan(population))]


def _priority(each: Planned) -> str:
    return "Umum" if each.element is None else ITEMS[each.element].short


def _quarter(each: Planned) -> str:
    return f"TW {_QUARTERS[number_of(each.quarter) - 1]} {each.quarter.months[0].year}"


def _quarters(each: Planned) -> Sequence[str]:
    due = number_of(each.quarter)
    year = str(each.quarter.months[0].year)
    return [year if place == due else "" for place in range(1, len(_QUARTERS) + 1)]
