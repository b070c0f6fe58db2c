"""The demo office: one invented Disdukcapil with six desks, ten services and nine officers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoService:
    """A service and how much harder than others it is for everybody (latent points)."""

    code: str
    share: float
    effect: float


@dataclass(frozen=True, slots=True)
class DemoDesk:
    """A desk, the services it gives, and where its ratings come from."""

    code: str
    name: str
    about: str
    kind: str
    services: tuple[str, ...]
    channels: tuple[tuple[str, float], ...]
    visits: float


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """An invented officer and how much better than the average he or she serves (latent)."""

    nip: str | None
    staff_number: str | None
    name: str
    employment: str
    job_group: str
    effect: float

    @property
    def number(self) -> str:
        """NIP, or the office's own staff number."""
        return self.nip or self.staff_number or ""


UNIT_CODE = "DISDUKCAPIL-CONTOH"
UNIT_NAME = "Disdukcapil Kota Contoh"
TIME_ZONE = "Asia/Jakarta"

SERVICES = (
    DemoService("KTP-EL", 0.27, -0.25),
    DemoService("KK", 0.24, -0.10),
    DemoService("AKTA-LAHIR", 0.14, 0.10),
    DemoService("AKTA-MATI", 0.05, 0.20),
    DemoService("KIA", 0.10, 0.25),
    DemoService("PINDAH-DATANG", 0.08, -0.30),
    DemoService("IKD", 0.06, 0.15),
    DemoService("AKTA-KAWIN", 0.03, 0.05),
    DemoService("AKTA-CERAI", 0.01, -0.15),
    DemoService("BIODATA", 0.02, 0.30),
)

_TABLET = (("kiosk", 0.62), ("desk_qr", 0.23), ("ticket", 0.15))
_SLIPS = (("ticket", 0.70), ("desk_qr", 0.30))
_POSTER = (("desk_qr", 0.60), ("ticket", 0.40))

DESKS = (
    DemoDesk("L1", "Loket 1", "Perekaman KTP-el", "counter", ("KTP-EL",), _TABLET, 1.15),
    DemoDesk(
        "L2", "Loket 2", "KK dan pindah datang", "counter", ("KK", "PINDAH-DATANG"), _SLIPS, 0.95
    ),
    DemoDesk("L3", "Loket 3", "KTP-el dan KK", "counter", ("KTP-EL", "KK"), _TABLET, 1.10),
    DemoDesk(
        "L4",
        "Loket 4",
        "Akta catatan sipil",
        "counter",
        ("AKTA-LAHIR", "AKTA-MATI", "AKTA-KAWIN", "AKTA-CERAI"),
        _SLIPS,
        0.80,
    ),
    DemoDesk(
        "L5",
        "Loket 5",
        "KIA, IKD, dan biodata",
        "counter",
        ("KIA", "IKD", "BIODATA"),
        _POSTER,
        0.65,
    ),
    DemoDesk(
        "MPP",
        "Gerai MPP",
        "Semua layanan di Mal Pelayanan Publik",
        "counter",
        ("KTP-EL", "KK", "AKTA-LAHIR", "KIA"),
        _POSTER,
        0.70,
    ),
)

OFFICERS = (
    DemoOfficer("198503122009012003", None, "Siti Rahmawati", "PNS", "Operator SIAK", 0.35),
    DemoOfficer("197911052006041011", None, "Hendra Saputra", "PNS", "Operator SIAK", -0.05),
    DemoOfficer("199007212015032004", None, "Yulia Fitriani", "PNS", "Verifikator", 0.20),
    DemoOfficer("198812302011011005", None, "Rizal Firmansyah", "PNS", "Operator SIAK", -0.60),
    DemoOfficer("199205182019021002", None, "Dedi Kurniawan", "PNS", "Verifikator", 0.05),
    DemoOfficer("199604112023212008", None, "Maya Anggraini", "PPPK", "Operator SIAK", 0.10),
    DemoOfficer("199301262022211003", None, "Taufik Hidayat", "PPPK", "Verifikator", -0.20),
    DemoOfficer(None, "HL-021", "Nurul Aini", "NON_ASN", "Tenaga loket", 0.25),
    DemoOfficer(None, "HL-034", "Bayu Pratama", "NON_ASN", "Tenaga loket", 0.00),
)

MORNING = (16, 24)
AFTERNOON = (26, 30)
FRIDAY_MORNING = (16, 23)
FRIDAY_AFTERNOON = (27, 30)
FRIDAY = 5
"""Half hours of the day [start, end): 08.00–12.00, 13.00–15.00; Friday 08.00–11.30, 13.30–15.00."""


def opening(weekday: int) -> tuple[tuple[int, int], ...]:
    """Return the stretches of half hours in which the desks are open on a weekday 1 to 7."""
    if weekday > FRIDAY:
        return ()
    return (FRIDAY_MORNING, FRIDAY_AFTERNOON) if weekday == FRIDAY else (MORNING, AFTERNOON)


def on_duty(desk_index: int, weekday: int, stretch: int) -> DemoOfficer:
    """Return who serves a desk by the standing roster.

    Six officers have a desk of their own in the morning; the other three, and some of the six
    in turn, take the afternoons, so that every officer is seen at more than one desk.
    """
    if stretch == 0:
        return OFFICERS[desk_index]
    return OFFICERS[(desk_index + 3 + weekday) % len(OFFICERS)]
