"""`nilai rule suggest`: which k the closed months of a unit suggest for the next rule."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from aggregation.method.suggest_k import LARGEST_K
from aggregation.months.k_advice import KAdvice, advise_k
from aggregation.rules.rule_book import EVERYBODY
from survey.command import Installation, pass_installation
from survey.database import reading
from survey.units import unit_with


@click.group(help="Aturan penilaian: saran untuk aturan berikutnya.")
def rule() -> None:
    """Group what is asked about rules."""


@rule.command(help="Sarankan k dari bulan-bulan yang sudah ditutup. Tidak ada yang diubah.")
@click.option("--unit", "unit_code", required=True, help="Kode unit.")
@click.option("--group", default=EVERYBODY, help="Kelompok jabatan yang punya aturan sendiri.")
@pass_installation
def suggest(installation: Installation, *, unit_code: str, group: str) -> None:
    """Print which k the closed months suggest, how sure that is, and what it means."""
    with reading(installation.engine) as session:
        unit = unit_with(session, unit_code)
        advice = advise_k(session, unit.id or 0, datetime.now(UTC), group)
        for line in _sentences(advice, unit.name):
            click.echo(line)


def _sentences(advice: KAdvice, unit: str) -> Iterator[str]:
    found, k = advice.suggested, advice.rule.shrinkage_k
    yield (
        f"{unit}: {advice.months} bulan tertutup ({advice.first} s.d. {advice.last}), "
        f"{found.officers} petugas, {_dotted(found.responses)} tanggapan."
    )
    reach = f"{_dotted(found.low)} s.d. {_upper(found.high)}"
    yield f"Saran k: {_dotted(found.k)}. Rentang 80 %: {reach}."
    yield (
        f"Artinya: pada {_dotted(found.k)} tanggapan, separuh skor petugas berasal dari "
        "warganya sendiri dan separuh dari rata-rata unit."
    )
    stands = "di dalam" if advice.fits else "di luar"
    yield (
        f"Aturan yang berlaku (versi {advice.rule.version}) memakai k = {_dotted(k)}, "
        f"{stands} rentang itu."
    )
    yield (
        "Riwayat ini tidak memberi alasan untuk menggantinya."
        if advice.fits
        else "Pertimbangkan k lain saat menyusun aturan berikutnya."
    )
    yield "Ini saran bagi penyusun aturan berikutnya; tidak ada skor yang berubah."


def _upper(k: int) -> str:
    return f"{_dotted(k)} atau lebih" if k == LARGEST_K else _dotted(k)


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")
