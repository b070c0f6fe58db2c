"""A letter of appreciation as a file to print: A4, accessible, the same bytes whenever it is asked.

It is written in Indonesian, as letters of an office are, and tells no score: who is thanked was
rated by so many citizens, and that is enough.
"""

from sqlmodel import Session

from aggregation.appraisal.letters import Ground, IssuedLetter, ground_of
from aggregation.output.letterhead import units_above
from kiosk.posters import ACCENT
from kiosk.typesetting import Sheet
from survey.language import INDONESIAN, Language
from survey.month import Month
from survey.units import accent_for

_WORDS = Language(INDONESIAN, {})


def letter_sheet(session: Session, letter: IssuedLetter) -> Sheet:
    """Return everything a letter prints, before it is set."""
    ground = ground_of(session, letter)
    accent = accent_for(session.connection(), letter.unit_id)
    return Sheet(
        "letter.typ",
        {
            "title": f"Surat apresiasi {letter.reference}, {letter.officer}",
            "accent": accent or ACCENT,
            "above": units_above(session, letter.unit_id),
            "unit": letter.unit,
            "reference": letter.reference,
            "officer": letter.officer,
            "work": "petugas pelayanan",
            "issued_on": _WORDS.day(letter.issued_on),
            "issuer": letter.issuer,
            **_sentences(letter, ground),
        },
    )


def _sentences(letter: IssuedLetter, ground: Ground) -> dict[str, str]:
    n = _WORDS.number(ground.n)
    span = _span(letter.month, ground.window_months)
    return {
        "opening": "Terima kasih. Warga yang Anda layani pulang dengan puas, dan mereka "
        "mengatakannya sendiri.",
        "ground": f"Penilaian {n} warga {span} menunjukkan dengan bukti yang cukup bahwa "
        "pelayanan Anda sangat baik. Mereka menilai sendiri, tanpa menyebut nama.",
        "thanks": "Di balik penilaian itu ada orang yang disapa dengan ramah, didengarkan, dan "
        "urusannya diselesaikan. Untuk setiap kesempatan itu kami menyampaikan penghargaan yang "
        "setinggi-tingginya.",
        "wish": "Surat ini tidak membandingkan Anda dengan siapa pun. Surat ini meneruskan rasa "
        "terima kasih warga. Semoga menjadi penyemangat bagi Anda.",
        "small_print": f"Dasar: {_WORDS.month(letter.month)}, bulan yang sudah ditutup "
        f"(revisi {ground.revision}, aturan penilaian versi {ground.rule_version}). Tercatat di "
        "Nilai Loket; keaslian surat dapat ditanyakan kepada unit yang menerbitkannya.",
    }


def _span(month: Month, window_months: int) -> str:
    """Say when the ratings were given; months without responses are in no window."""
    last = _WORDS.month(month)
    if window_months == 1:
        return f"pada {last}"
    return f"dalam {window_months} bulan yang sudah ditutup, terakhir {last},"
