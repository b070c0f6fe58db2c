"""What the roles are called on pages, in mails and on the command line."""

from collections.abc import Mapping

from aggregation.access.roles import Role
from survey.language import worded

ROLE_NAMES: Mapping[Role, str] = {
    Role.OPERATOR: worded("Operator TI"),
    Role.UNIT_HEAD: worded("Kepala unit"),
    Role.ASSESSOR: worded("Pejabat penilai"),
    Role.HR: worded("Kepegawaian (SDM)"),
    Role.REVIEWER: worded("Pemeriksa (Inspektorat)"),
    Role.OFFICER: worded("Petugas loket"),
    Role.AUDITOR: worded("Auditor"),
}
"""Indonesian; pages say them in the reader's language."""
