"""Who is who while a sheet of officers is read: people known already, and those it brings."""

from collections.abc import Collection, Iterable

from aggregation.models import Officer
from aggregation.people.officer_lines import NAME, NIP, STAFF_NUMBER, OfficerLine
from aggregation.sheets.sheet_import import Findings
from survey.spelling import random_letters

KEY_LETTERS = 12


class Directory:
    """Officers by NIP and by staff number; nothing is stored or changed by looking."""

    def __init__(self, known: Iterable[Officer], here: Collection[int]) -> None:
        """Begin with the officers of the whole installation, and the ids of those of the unit."""
        self._new: dict[str, Officer] = {}
        self._here = here
        self._first_lines: dict[str, OfficerLine] = {}
        self._by_number: dict[str, Officer] = {}
        for officer in known:
            self._list(officer, officer.nip, officer.staff_number)

    @property
    def new(self) -> tuple[Officer, ...]:
        """The officers that the sheet brings."""
        return tuple(self._new.values())

    def find(self, number: str | None) -> Officer | None:
        """Return the officer of a NIP or staff number."""
        return None if number is None else self._by_number.get(number)

    def is_new(self, officer: Officer) -> bool:
        """Say whether the sheet brings this officer."""
        return officer.key in self._new

    def enter(self, line: OfficerLine, findings: Findings) -> Officer | None:
        """Return the officer a line speaks of, a new one if nobody has the numbers.

        None, with an error noted, if the numbers are of two people, or the line contradicts an
        earlier one.
        """
        by_nip, by_staff_number = self.find(line.nip), self.find(line.staff_number)
        officer = by_nip or by_staff_number
        contradiction = (
            _two_people(line, by_nip, by_staff_number)
            or self._another_units(line, by_nip, by_staff_number)
            or self._said_otherwise(line, officer)
        )
        if contradiction is not None:
            findings.refuse(line.line, *contradiction)
            return None
        if officer is None:
            officer = _new_officer(line)
            self._new[officer.key] = officer
        elif _corrects_nip(line, officer):
            text = f"menggantikan NIP lama petugas {line.staff_number}; pastikan orangnya sama"
            findings.warn(line.line, NIP, text)
        self._list(officer, line.nip, line.staff_number)
        self._first_lines.setdefault(officer.key, line)
        return officer

    def enter_one(
        self, line: OfficerLine, findings: Findings, who: Officer | None
    ) -> Officer | None:
        """Return the officer a single line speaks of, as `enter` does.

        Parameters
        ----------
        who
            The officer whom the line changes; None for one it adds. Nobody reads a single line
            over before it is saved, so a known number under another name is taken for a mistake.
        """
        by_nip, by_staff_number = self.find(line.nip), self.find(line.staff_number)
        taken = [
            (column, found)
            for column, found in ((NIP, by_nip), (STAFF_NUMBER, by_staff_number))
            if found is not None and found is not who
        ]
        if who is None:
            taken = [each for each in taken if not _same_name(line, each[1])]
        for column, _ in taken:
            findings.refuse(line.line, column, "sudah dipakai petugas lain; periksa nomornya")
        if who is None:
            return None if taken else self.enter(line, findings)
        if _corrects_nip(line, who):
            findings.warn(line.line, NIP, "menggantikan NIP lama; pastikan orangnya sama")
        self._list(who, line.nip, line.staff_number)
        return who

    def _list(self, officer: Officer, *numbers: str | None) -> None:
        self._by_number |= {number: officer for number in numbers if number is not None}

    def _another_units(
        self, line: OfficerLine, by_nip: Officer | None, by_staff_number: Officer | None
    ) -> tuple[str, str] | None:
        """Staff numbers are each office's own: the same one elsewhere is somebody else.

        Who has the NIP elsewhere may have moved here, by the same name: no unit learns or changes
        what somebody of another one is called.
        """
        if by_nip and not self._is_ours(by_nip) and not _same_name(line, by_nip):
            return NIP, "dipakai petugas unit lain dengan nama lain; periksa NIP dan namanya"
        if by_nip or by_staff_number is None or self._is_ours(by_staff_number):
            return None
        return (
            STAFF_NUMBER,
            f"{line.staff_number} sudah dipakai unit lain; tambahkan awalan kantor Anda",
        )

    def _is_ours(self, officer: Officer) -> bool:
        return self.is_new(officer) or officer.id in self._here

    def _said_otherwise(self, line: OfficerLine, officer: Officer | None) -> tuple[str, str] | None:
        first = self._first_lines.get(officer.key) if officer else None
        if first is None:
            return None
        if (first.name, first.employment) != (line.name, line.employment):
            text = f"nama atau status orang ini lain dari baris {first.line}; samakan keduanya"
            return NAME, text
        if first.nip and line.nip and first.nip != line.nip:
            return NIP, f"NIP orang ini lain dari baris {first.line}; samakan keduanya"
        return None


def _two_people(
    line: OfficerLine, by_nip: Officer | None, by_staff_number: Officer | None
) -> tuple[str, str] | None:
    if by_nip and by_staff_number and by_nip is not by_staff_number:
        return NIP, "NIP dan NOMOR PEGAWAI di baris ini milik dua orang; perbaiki salah satu"
    if (
        by_staff_number
        and _corrects_nip(line, by_staff_number)
        and not _same_name(line, by_staff_number)
    ):
        return STAFF_NUMBER, f"{line.staff_number} milik petugas dengan NIP dan nama lain; perbaiki"
    return None


def _corrects_nip(line: OfficerLine, officer: Officer) -> bool:
    return line.nip is not None and officer.nip not in (None, line.nip)


def _same_name(line: OfficerLine, officer: Officer) -> bool:
    """Say whether the names agree: a number with another NIP and name went to a successor."""
    return line.name.casefold() == officer.name.casefold()


def _new_officer(line: OfficerLine) -> Officer:
    return Officer(
        key=random_letters(KEY_LETTERS),
        nip=line.nip,
        staff_number=line.staff_number,
        name=line.name,
        employment=line.employment,
    )
