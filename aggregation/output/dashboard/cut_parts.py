"""Services and channels as bars in the office's order, each with its interval."""

from collections.abc import Sequence
from decimal import Decimal

from aggregation.method.funnel import Place
from aggregation.output.charts import INDEX_SCALE, BarLine, index_chart
from aggregation.output.dashboard.part import HIDDEN, Cell, Column, Form, Part, Table, joined
from aggregation.output.dashboard.pieces import Piece, outside
from survey.language import Language, worded


def services_part(found: Sequence[Piece], language: Language) -> Part:
    """Return the services."""
    alike = worded("Layanan setara: perbedaannya mungkin kebetulan")
    return Part(
        name="layanan",
        reading=piece_reading(found, alike, worded("Layanan tampil setelah ada data"), language),
        caption=_caption(worded("IKM per jenis layanan, menurut urutan kantor."), found, language),
        label=language.say(worded("Diagram batang IKM per layanan. Angkanya ada di tabel.")),
        table=piece_table(
            language.say(worded("IKM per layanan")),
            language.say(worded("Layanan")),
            found,
            language,
        ),
        chart=_chart(found, language),
    )


def channels_part(found: Sequence[Piece], language: Language) -> Part:
    """Return the channels."""
    alike = worded("Cara masuk setara: perbedaannya mungkin kebetulan")
    return Part(
        name="kanal",
        reading=piece_reading(found, alike, worded("Cara masuk tampil setelah ada data"), language),
        caption=_caption(worded("IKM per cara masuk penilaian."), found, language),
        label=language.say(worded("Diagram batang IKM per cara masuk. Angkanya ada di tabel.")),
        table=piece_table(
            language.say(worded("IKM per cara masuk")),
            language.say(worded("Cara masuk")),
            found,
            language,
        ),
        chart=_chart(found, language),
    )


def piece_reading(found: Sequence[Piece], alike: str, nothing: str, language: Language) -> str:
    """Say which pieces differ from the unit by more than chance: in their order, never ranked."""
    apart = outside(found)
    if not any(piece.shown for piece in found):
        return language.say(nothing)
    if not apart:
        return language.say(alike)
    ways = {
        Place.BELOW: worded("%(names)s di bawah unit, bukan sekadar kebetulan"),
        Place.ABOVE: worded("%(names)s di atas unit, bukan sekadar kebetulan"),
    }
    sentences = []
    for place, way in ways.items():
        names = [piece.name for piece in apart if piece.shown and piece.shown.place is place]
        if names:
            sentences.append(language.say(way) % {"names": joined(names, language)})
    return "; ".join(sentences)


def piece_table(title: str, first: str, found: Sequence[Piece], language: Language) -> Table:
    """Return pieces as rows: name, questionnaires, index, interval."""
    columns = [
        Column(first, Form.TEXT),
        Column(language.say(worded("Kuesioner lengkap"))),
        Column(language.say(worded("IKM"))),
        Column(language.say(worded("Batas bawah 95%"))),
        Column(language.say(worded("Batas atas 95%"))),
    ]
    return Table(title, columns, [_row(piece, language) for piece in found])


def _row(piece: Piece, language: Language) -> tuple[Cell, ...]:
    if piece.shown is None:
        return (piece.name, *(language.say(HIDDEN),) * 4)
    shown = piece.shown
    return piece.name, shown.n, shown.index, shown.interval.low, shown.interval.high


def _caption(what: str, found: Sequence[Piece], language: Language) -> str:
    said = language.say(what)
    if all(piece.shown for piece in found):
        return said
    hidden = language.say(
        worded("Yang kurang dari 10 kuesioner, dan yang dapat dihitung darinya, disembunyikan.")
    )
    return f"{said} {hidden}"


def _chart(found: Sequence[Piece], language: Language) -> dict[str, object] | None:
    if not any(piece.shown for piece in found):
        return None
    lines = [
        BarLine(
            piece.name,
            piece.shown.index if piece.shown else Decimal(INDEX_SCALE[0]),
            language.figure(piece.shown.index) if piece.shown else "–",
            stands_out=piece in outside(found),
        )
        for piece in found
    ]
    return index_chart(lines, language.say(worded("IKM")))
