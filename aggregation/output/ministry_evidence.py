"""What the ministry's assessors (PEKPPP) ask a unit to prove of a year, as one zip (method §11).

Files come from the database one at a time, so a bundle takes little more memory than its largest.
The same year packed twice on one day is the same file, byte for byte.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlmodel import Session

from aggregation.evidence.kept_files import kept_file
from aggregation.improvements.ministry_score import Finished, MinistryScore, ministry_score
from aggregation.improvements.proofs import proof, proofs_of
from aggregation.improvements.register import RegisterLine, register
from aggregation.output.csv_rows import csv_rows
from aggregation.output.improvement_files import as_csv, as_xlsx
from aggregation.publishing.issued_reports import Issued, issued_file, issued_reports
from aggregation.publishing.models import Medium
from aggregation.publishing.publication_log import LoggedShowing, Media, media_of, showings
from survey.language import INDONESIAN, Language
from survey.publication_models import CardFormat
from survey.published import Issue, card_of, issues_of
from survey.units import Unit

_WORDS = Language(INDONESIAN, {})
_NO_CLOCK = (2000, 1, 1, 0, 0, 0)
CONTENTS = "00-daftar-isi.csv"
REPORTS, SHOWN, DONE = "1-laporan", "2-publikasi", "3-tindak-lanjut"

MEDIA: Mapping[Medium, str] = {
    Medium.WEBSITE: "laman",
    Medium.SOCIAL: "media sosial",
    Medium.SCREEN: "layar atau tablet di ruang tunggu",
    Medium.PRINTED: "cetakan",
    Medium.PRESS: "media massa",
    Medium.OTHER: "media lain",
}
_FINISHED: Mapping[Finished, str] = {
    Finished.NOTHING: "belum ada rencana",
    Finished.PLANNED: "direncanakan, belum ada yang selesai",
    Finished.BELOW_30: "kurang dari 30%",
    Finished.FROM_30_TO_80: "30% sampai 80%",
    Finished.ABOVE_80: "lebih dari 80%",
    Finished.ALL: "100%",
}
Body = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class YearOfProof:
    """What a unit has to show of a year, without the files themselves."""

    unit: Unit
    year: int
    today: date
    reports: Sequence[Issued]
    issues: Sequence[Issue]
    shown: Sequence[LoggedShowing]
    actions: Sequence[RegisterLine]

    @property
    def media(self) -> Media:
        """The kinds of media of the year."""
        return media_of(self.shown, is_on_public_page=bool(self.issues))

    @property
    def score(self) -> MinistryScore:
        """How much of the follow-up is finished, and how fast."""
        return ministry_score(self.actions)


def year_of_proof(session: Session, unit: Unit, year: int, today: date) -> YearOfProof:
    """Gather what proves a unit's year: reports, publications, the log, the register."""
    of_year = str(year)
    return YearOfProof(
        unit,
        year,
        today,
        [each for each in issued_reports(session, unit.id) if each.period[:4] == of_year][::-1],
        [
            each
            for each in issues_of(session, unit.id)
            if each.withdrawn_at is None and each.period.text[:4] == of_year
        ][::-1],
        showings(session, unit.id, year)[::-1],
        [line for line in register(session, unit.id, today) if line.period.name[:4] == of_year],
    )


def write_evidence(session: Session, proof_of: YearOfProof, target: IO[bytes]) -> None:
    """Write the zip; its first file is the table of contents."""
    files = list(_files(session, proof_of))
    with ZipFile(target, "w") as bundle:
        _put(bundle, proof_of, CONTENTS, contents(proof_of, [name for name, _ in files]))
        for name, body in files:
            _put(bundle, proof_of, name, body())


def contents(of: YearOfProof, names: Sequence[str]) -> bytes:
    """Return the table of contents: each indicator, its weight, what is reached, what proves it."""

    def within(*folders: str) -> str:
        return "\n".join(name for name in names if name.startswith(folders))

    score, media = of.score, of.media
    whole = f"{len(of.reports)} laporan, {len(of.issues)} publikasi, {score.planned} tindak lanjut"
    used = ", ".join(MEDIA[medium] for medium in media.used) or "–"
    done = f"{score.done} dari {score.planned}"
    speed = "belum diketahui" if score.within is None else f"{score.within} bulan"
    rows = [
        ["SKM sesuai ketentuan, dipublikasikan dan ditindaklanjuti", "0,17", whole, "",
         within(REPORTS, SHOWN, DONE)],
        ["Jumlah media publikasi", "0,07", media.class_, used, within(SHOWN)],
        ["Tindak lanjut yang selesai", "0,07", _FINISHED[score.finished], done, within(DONE)],
        ["Kecepatan tindak lanjut", "0,07", speed, "", within(f"{DONE}/rtl")],
    ]  # fmt: skip
    head = ["Indikator", "Bobot", "Tercapai", "Keterangan", "Berkas bukti"]
    return csv_rows(head, rows)


def bundle_name(unit: Unit, year: int) -> str:
    """Return the name of the zip, and of the folder within."""
    return f"pekppp-{unit.code}-{year}".lower()


def _files(session: Session, of: YearOfProof) -> Iterator[tuple[str, Body]]:
    yield from _report_files(session, of)
    for issue in of.issues:
        for kind in (CardFormat.PDF, CardFormat.PNG):
            if (body := _card(session, issue, kind)) is not None:
                yield f"{SHOWN}/kartu-{issue.period.text}.{kind}", body
    yield f"{SHOWN}/catatan-publikasi.csv", lambda: _log_csv(of.shown)
    for entry in of.shown:
        if entry.file_id and entry.file_name:
            name = f"{SHOWN}/foto/{entry.showing.shown_on}-{entry.id.hex[:8]}-{entry.file_name}"
            yield name, _evidence(session, of.unit.id, entry)
    yield f"{DONE}/rtl.csv", lambda: as_csv(of.actions, of.today, _WORDS)
    yield f"{DONE}/rtl.xlsx", lambda: as_xlsx(of.actions, of.today, _WORDS)
    for line in of.actions:
        for number, file in enumerate(proofs_of(session, of.unit.id, line.id), start=1):
            name = f"{DONE}/bukti/{line.number:03}-{number:02}-{file.name}"
            yield name, _proof(session, of.unit.id, line, number - 1)


def _report_files(session: Session, of: YearOfProof) -> Iterator[tuple[str, Body]]:
    for report in of.reports:
        name = f"{REPORTS}/laporan-skm-{report.period}-{report.year}-{report.number:03}"
        yield f"{name}.pdf", _report(session, of.unit.id, report, "pdf")
        yield f"{name}.xlsx", _report(session, of.unit.id, report, "xlsx")


def _log_csv(shown: Sequence[LoggedShowing]) -> bytes:
    head = ["Periode", "Media", "Tanggal", "Alamat atau tempat", "Berkas"]
    rows = (
        [
            entry.showing.period,
            MEDIA[entry.showing.medium],
            entry.showing.shown_on.isoformat(),
            entry.showing.place,
            entry.file_name or "",
        ]
        for entry in shown
    )
    return csv_rows(head, rows)


def _put(bundle: ZipFile, of: YearOfProof, name: str, body: bytes) -> None:
    entry = ZipInfo(f"{bundle_name(of.unit, of.year)}/{name}", _NO_CLOCK)
    # Only tables shrink; documents and pictures are packed already.
    entry.compress_type = ZIP_DEFLATED if name.endswith(".csv") else ZIP_STORED
    bundle.writestr(entry, body)


def _report(session: Session, unit_id: int, report: Issued, kind: str) -> Body:
    return lambda: (
        issued_file(session, unit_id, report.id, "pdf" if kind == "pdf" else "xlsx") or b""
    )


def _card(session: Session, issue: Issue, kind: CardFormat) -> Body | None:
    body = card_of(session, issue, kind, INDONESIAN)
    return None if body is None else lambda: body


def _evidence(session: Session, unit_id: int, entry: LoggedShowing) -> Body:
    file_id = entry.file_id
    return lambda: kept_file(session, unit_id, file_id).body if file_id else b""


def _proof(session: Session, unit_id: int, line: RegisterLine, place: int) -> Body:
    def body() -> bytes:
        file = proofs_of(session, unit_id, line.id)[place]
        return proof(session, unit_id, line.id, file.id).body

    return body
