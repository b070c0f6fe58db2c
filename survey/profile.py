"""The respondent's profile of the official form: every field optional (method §2).

Never a name, NIK, phone or address; age is asked as a band.
"""

from collections.abc import Mapping
from enum import StrEnum


class ProfileField(StrEnum):
    """One field of the profile."""

    SEX = "SEX"
    AGE = "AGE"
    EDUCATION = "EDUCATION"
    OCCUPATION = "OCCUPATION"


LABELS: Mapping[ProfileField, str] = {
    ProfileField.SEX: "Jenis kelamin",
    ProfileField.AGE: "Usia",
    ProfileField.EDUCATION: "Pendidikan terakhir",
    ProfileField.OCCUPATION: "Pekerjaan",
}

OPTIONS: Mapping[ProfileField, Mapping[str, str]] = {
    ProfileField.SEX: {"L": "Laki-laki", "P": "Perempuan"},
    ProfileField.AGE: {
        "0-16": "Di bawah 17 tahun",
        "17-25": "17–25 tahun",
        "26-35": "26–35 tahun",
        "36-45": "36–45 tahun",
        "46-60": "46–60 tahun",
        "61+": "Di atas 60 tahun",
    },
    ProfileField.EDUCATION: {
        "TIDAK_SEKOLAH": "Tidak sekolah",
        "SD": "SD",
        "SMP": "SMP",
        "SMA": "SMA",
        "D3": "D-III",
        "S1": "S1",
        "S2": "S2",
        "S3": "S3",
    },
    ProfileField.OCCUPATION: {
        "PNS": "PNS",
        "TNI": "TNI",
        "POLRI": "POLRI",
        "SWASTA": "Swasta",
        "WIRAUSAHA": "Wirausaha",
        "LAINNYA": "Lainnya",
    },
}
"""Answer codes and their Indonesian words, in the order of the official form."""
