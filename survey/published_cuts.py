"""The cuts of a publication as tables, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from survey.channel import Channel
from survey.language import worded
from survey.profile import OPTIONS, ProfileField
from survey.published_document import CellFigure, PublicCut, PublishedDocument

UNKNOWN = worded("Tidak diketahui")
_UNSAID = worded("Tidak menjawab")
WEEKDAYS = (
    worded("Senin"),
    worded("Selasa"),
    worded("Rabu"),
    worded("Kamis"),
    worded("Jumat"),
    worded("Sabtu"),
    worded("Minggu"),
)
SLOTS = (worded("08.00–12.00"), worded("13.00–17.00"))
TITLES: Mapping[PublicCut, str] = {
    PublicCut.SERVICE: worded("Menurut layanan"),
    PublicCut.CHANNEL: worded("Menurut cara menilai"),
    PublicCut.SEX: worded("Menurut jenis kelamin"),
    PublicCut.EDUCATION: worded("Menurut pendidikan"),
}
CHANNELS: Mapping[str, str] = {
    Channel.KIOSK: worded("Tablet di loket"),
    Channel.KIOSK_QR: worded("Kode QR di tablet"),
    Channel.TICKET: worded("Karcis sekali pakai"),
    Channel.DESK_QR: worded("Kode QR di poster"),
    Channel.PAPER: worded("Kuesioner kertas"),
}
_WORDS: Mapping[PublicCut, Mapping[str, str]] = {
    PublicCut.SERVICE: {},
    PublicCut.CHANNEL: CHANNELS,
    PublicCut.SEX: {**OPTIONS[ProfileField.SEX], "": _UNSAID},
    PublicCut.EDUCATION: {**OPTIONS[ProfileField.EDUCATION], "": _UNSAID},
}


@dataclass(frozen=True, slots=True)
class CutTable:
    """A cut: its rows with words for each cell; a service's name is nobody's wording."""

    title: str
    rows: tuple[tuple[str, CellFigure], ...]

    @property
    def hides(self) -> bool:
        """Whether some cell is not shown."""
        return any(cell.is_hidden for _, cell in self.rows)


@dataclass(frozen=True, slots=True)
class WeekTable:
    """Weekday by slot; None where nobody answered."""

    rows: tuple[tuple[str, tuple[CellFigure | None, ...]], ...]


def cut_tables(document: PublishedDocument) -> list[CutTable]:
    """Return the tables of all cuts but that of time."""
    return [
        CutTable(title, tuple((cell_words(cut, cell), cell) for cell in document.cuts[cut]))
        for cut, title in TITLES.items()
        if cut in document.cuts
    ]


def week_table(document: PublishedDocument) -> WeekTable | None:
    """Return the cut of time as a week; None where it is withheld."""
    cells = {cell.cell: cell for cell in document.cuts.get(PublicCut.TIME, ())}
    if not cells:
        return None
    rows = [
        (day, tuple(cells.get(f"{number}-{slot}") for slot in (1, 2)))
        for number, day in enumerate(WEEKDAYS, start=1)
    ]
    return WeekTable(tuple(row for row in rows if any(row[1])))


def cell_words(cut: PublicCut, cell: CellFigure) -> str:
    """Return what a cell is called, in Indonesian."""
    if cut is PublicCut.TIME:
        return _time_words(cell.cell)
    return cell.name or _WORDS[cut].get(cell.cell, cell.cell or UNKNOWN)


def _time_words(cell: str) -> str:
    weekday, _, slot = cell.partition("-")
    if not (weekday.isdigit() and slot.isdigit()):
        return UNKNOWN
    return f"{_at(WEEKDAYS, weekday)} {_at(SLOTS, slot)}"


def _at(words: Sequence[str], number: str) -> str:
    return words[int(number) - 1]
