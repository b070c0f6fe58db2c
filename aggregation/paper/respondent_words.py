"""How offices write who answered: age, sex, education, occupation (method §2)."""

import re
from collections.abc import Callable, Mapping

from aggregation.sheets.cells import BadCell, quoted
from survey.profile import OPTIONS, ProfileField

OLDEST = 120
"""Years; what is beyond is a mistake, or part of somebody's number."""

_YEARS = re.compile(r"([0-9]{1,3})(?:[.,]0+)?(?:\s*(?:tahun|thn|th)\.?)?", re.ASCII | re.IGNORECASE)
_BAND_ENDS = {"0-16": 16, "17-25": 25, "26-35": 35, "36-45": 45, "46-60": 60, "61+": OLDEST}

_ALSO: Mapping[ProfileField, Mapping[str, tuple[str, ...]]] = {
    ProfileField.SEX: {
        "L": ("LAKI LAKI", "LAKI", "LK", "PRIA"),
        "P": ("PEREMPUAN", "PR", "WANITA"),
    },
    ProfileField.AGE: {"0-16": ("<17",), "61+": (">60",)},
    ProfileField.EDUCATION: {
        "TIDAK_SEKOLAH": ("TIDAK SEKOLAH", "BELUM SEKOLAH", "TIDAK/BELUM SEKOLAH"),
        "SD": ("SD/MI", "MI", "SD SEDERAJAT"),
        "SMP": ("SMP/MTS", "MTS", "SLTP", "SMP SEDERAJAT", "SLTP SEDERAJAT"),
        "SMA": (
            *("SMA/SMK", "SMA/SMK/MA", "SMA/MA", "SMK", "MA", "SMU", "STM", "SLTA"),
            *("SMA SEDERAJAT", "SLTA SEDERAJAT"),
        ),
        "D3": ("D-III", "DIPLOMA III", "DIPLOMA 3"),
        "S1": ("SARJANA", "STRATA 1", "STRATA I", "D4", "D-IV", "D4/S1", "D-IV/S1", "S1/D4"),
        "S2": ("MAGISTER", "STRATA 2", "STRATA II"),
        "S3": ("DOKTOR", "STRATA 3", "STRATA III"),
    },
    ProfileField.OCCUPATION: {
        "PNS": ("PEGAWAI NEGERI SIPIL", "PEGAWAI NEGERI"),
        "POLRI": ("POLISI",),
        "SWASTA": ("PEGAWAI SWASTA", "KARYAWAN SWASTA", "KARYAWAN"),
        "WIRAUSAHA": ("WIRASWASTA", "PENGUSAHA", "WIRAUSAHA/WIRASWASTA"),
        "LAINNYA": (
            *("LAIN LAIN", "LAIN", "PELAJAR", "MAHASISWA", "PELAJAR/MAHASISWA", "PETANI"),
            *("NELAYAN", "BURUH", "PENSIUNAN", "IBU RUMAH TANGGA", "IRT", "MENGURUS RUMAH TANGGA"),
            *("TIDAK BEKERJA", "BELUM BEKERJA", "PPPK"),
        ),
    },
}


def reader_of(field: ProfileField) -> Callable[[str], str]:
    """Return the reader of a cell about the respondent, giving the code of the official form.

    Its error names the words of the form, not every spelling that is understood.
    """
    read = read_age if field is ProfileField.AGE else None
    words = _meanings(field)

    def read_word(text: str) -> str:
        if _letters(text) not in words:
            allowed = ", ".join(OPTIONS[field].values())
            message = f"“{quoted(text)}” tidak dikenal; pakai {allowed}, atau kosongkan"
            raise BadCell(message)
        return words[_letters(text)]

    return read or read_word


def read_age(text: str) -> str:
    """Return the band of an age in years; a band as the form words it is read too.

    Raises
    ------
    BadCell
        If it is neither.

    Examples
    --------
    >>> read_age("34"), read_age("17 tahun"), read_age("61"), read_age("26–35 tahun")
    ('26-35', '17-25', '61+', '26-35')
    """
    years, bands = _YEARS.fullmatch(text.strip()), _meanings(ProfileField.AGE)
    if years is not None and int(years[1]) <= OLDEST:
        return next(band for band, end in _BAND_ENDS.items() if int(years[1]) <= end)
    if years is None and _letters(text) in bands:
        return bands[_letters(text)]
    message = f"“{quoted(text)}” bukan umur; tulis angka 0 sampai {OLDEST}, atau kosongkan"
    raise BadCell(message)


def _meanings(field: ProfileField) -> Mapping[str, str]:
    """Return every spelling of a field's answers, reduced → the code."""
    return {
        _letters(word): code
        for code, label in OPTIONS[field].items()
        for word in (code, label, *_ALSO[field].get(code, ()))
    }


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or c in "<>+").upper()
