"""The figure of a statement in plain words, and what stands beside it (method §5)."""

from aggregation.appraisal.statement import Statement
from aggregation.method.evidence import Basis
from aggregation.output.statement_parts import Line
from aggregation.output.statement_words import Speech
from survey.language import worded


def standing(statement: Statement, speech: Speech) -> tuple[str, ...]:
    """Say the figure with its doubt, or why there is none."""
    figures, evidence = statement.figures, statement.evidence
    if figures is None:
        return _no_figure(statement, speech)
    return (
        speech.either(
            worded("Menurut %(n)s warga, indeks mentah Anda %(raw)s."),
            worded("Menurut %(n)s warga, indeks mentah petugas ini %(raw)s."),
            n=speech.number(evidence.n),
            raw=speech.figure(figures.raw),
        ),
        speech.say(
            worded("Kemungkinan besar antara %(low)s dan %(high)s (keyakinan 95%%)."),
            low=speech.figure(figures.interval.low),
            high=speech.figure(figures.interval.high),
        ),
        speech.say(worded("Selisih kecil di dalam rentang ini belum berarti.")),
    )


def _no_figure(statement: Statement, speech: Speech) -> tuple[str, ...]:
    evidence, rule = statement.evidence, statement.rule
    if not speech.own:
        # The close wrote the reason down, in Indonesian, as HR receives it.
        return speech.say(worded("Tidak ada angka untuk bulan ini.")), evidence.reason
    if evidence.basis is Basis.NO_DUTY:
        return (
            speech.say(
                worded("Anda tidak punya jadwal loket dalam masa ini, jadi tidak ada angka.")
            ),
        )
    return (
        speech.say(
            worded(
                "Belum cukup data: %(n)s tanggapan, minimal %(least)s. Tidak ada angka bulan ini."
            ),
            n=speech.number(evidence.n),
            least=speech.number(rule.minimum_n),
        ),
        speech.say(worded("Itu bukan nilai buruk, dan tidak diganti dengan angka lain.")),
    )


def basis(statement: Statement, speech: Speech) -> tuple[str, ...]:
    """Say what the figures may be used for."""
    evidence, rule, figures = statement.evidence, statement.rule, statement.figures
    if figures is None:
        return ()
    if evidence.basis is Basis.PUBLISHABLE:
        used = worded(
            "Yang dipakai dalam penilaian: %(index)s, yaitu indeks mentah yang diseimbangkan dengan"
            " rata-rata unit."
        )
        return (speech.say(used, index=speech.figure(figures.index or figures.raw)),)
    if evidence.n < rule.publishable_n:
        return (
            speech.say(
                worded(
                    "Baru %(n)s tanggapan, minimal %(least)s untuk dipakai dalam penilaian."
                    " Hanya Anda yang melihat angka ini."
                ),
                n=speech.number(evidence.n),
                least=speech.number(rule.publishable_n),
            ),
        )
    if figures.interval.half_width > rule.publishable_half_width:
        return (
            speech.say(
                worded(
                    "Rentangnya masih terlalu lebar untuk dipakai dalam penilaian."
                    " Hanya Anda yang melihat angka ini."
                )
            ),
        )
    return (
        speech.say(
            worded(
                "Cakupannya belum diketahui atau belum cukup untuk dipakai dalam penilaian."
                " Hanya Anda yang melihat angka ini."
            )
        ),
    )


def beside(statement: Statement, speech: Speech) -> tuple[Line, ...]:
    """Return coverage, reliability and the expected index."""
    evidence, figures = statement.evidence, statement.figures
    found = [
        Line(
            speech.say(worded("Tanggapan bulan ini")),
            speech.number(evidence.n_month),
        ),
        Line(
            speech.say(worded("Tanggapan yang menjadi dasar")),
            speech.number(evidence.n),
            speech.say(
                worded("dari %(count)s bulan yang ditutup"),
                count=speech.number(len(statement.window.months)),
            ),
        ),
        _coverage(statement, speech),
    ]
    if figures is not None:
        found.append(
            Line(
                speech.say(worded("Keandalan")),
                speech.figure(figures.reliability),
                speech.say(
                    worded("bagian indeks yang berasal dari jawaban warga ini; hanya keterangan")
                ),
            )
        )
    if figures is not None and figures.mix is not None:
        note = (
            worded("selisihnya diperhitungkan dalam indeks")
            if statement.rule.mix_applied
            else worded("hanya pembanding")
        )
        found.append(
            Line(
                speech.say(worded("Perkiraan untuk jenis layanan yang sama")),
                speech.figure(figures.mix),
                speech.say(note),
            )
        )
    return tuple(found)


def _coverage(statement: Statement, speech: Speech) -> Line:
    evidence, name = statement.evidence, speech.say(worded("Cakupan"))
    if evidence.coverage is None or evidence.visits is None or evidence.covered is None:
        return Line(name, speech.say(worded("tidak diketahui")), _unknown_visits(speech))
    note = speech.say(
        worded("%(covered)s tanggapan dari %(visits)s kunjungan"),
        covered=speech.number(evidence.covered),
        visits=speech.number(evidence.visits),
    )
    return Line(name, f"{speech.figure(evidence.coverage)}%", note)


def _unknown_visits(speech: Speech) -> str:
    return speech.say(worded("jumlah kunjungan tidak tercatat"))
