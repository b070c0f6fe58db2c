"""The one fixed set of cuts of a closed period (method §9): one at a time, never crossed."""

from enum import StrEnum


class Cut(StrEnum):
    """What the full questionnaires of a period are divided by."""

    WHOLE = "WHOLE"
    """Not at all: its one cell is `EVERYBODY`."""
    SERVICE = "SERVICE"
    CHANNEL = "CHANNEL"
    DESK = "DESK"
    TIME = "TIME"
    """Weekday × legal slot: "1-1" is Monday 08.00–12.00, "5-2" Friday 13.00–17.00."""
    SEX = "SEX"
    AGE = "AGE"
    EDUCATION = "EDUCATION"
    OCCUPATION = "OCCUPATION"


EVERYBODY = "*"
"""The one cell of the whole."""

UNKNOWN = ""
"""The cell of those of whom it is not known, in every other cut."""

PROFILE_CUTS = (Cut.SEX, Cut.AGE, Cut.EDUCATION, Cut.OCCUPATION)
