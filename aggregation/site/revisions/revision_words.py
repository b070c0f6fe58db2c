"""Grounds of revisions and how far one has come, in words."""

from collections.abc import Mapping

from aggregation.appraisal.models import Ground
from aggregation.appraisal.revision_list import Standing
from survey.language import worded

OWN_FIGURES = worded("Revisi ini menyangkut nilai Anda sendiri. Orang lain yang mengurusnya.")

GROUNDS: Mapping[Ground, str] = {
    Ground.OBJECTION: worded("Keberatan yang dikabulkan"),
    Ground.LATE: worded("Tanggapan terlambat"),
    Ground.DUTY: worded("Perbaikan jadwal"),
    Ground.SCREENING: worded("Tanggapan yang dilepas pemeriksa"),
}
STANDINGS: Mapping[Standing, tuple[str, str]] = {
    Standing.WAITING: ("warn", worded("menunggu orang kedua")),
    Standing.VOID: ("", worded("batal: ada revisi lain")),
    Standing.APPROVED: ("ok", worded("disetujui")),
    Standing.REFUSED: ("", worded("ditolak")),
}
"""Kind of chip and words."""
