"""Every command of the guides is run as it stands (`tests.guides` tells what is different here)."""

import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.activated import activated
from tests.durability.servers import crashing_server
from tests.guides import Root, blocks_of, empty_root, labels_of
from tests.postgres import QUICK
from tests.proxy import Proxy, running
from tests.test_proxy import asked

AN_OLDER_ONE = "rm /srv/nilai/deploy/migrations/versions/v0007_*"
"""Makes the installed version one whose schema is the one before: there is a way back."""

GUIDES = {
    "one-office": {""},
    "city": {""},
    "province": {"", "db1", "db2", "db", "standby", "together", "app1", "app"},
    "take-over": {"", "fence", "takes-over", "comes-back", "leads-now", "alone", "together-again"},
    "upgrade": {"", "city", "back", "restore", "restore-city"},
}
SLOW = re.compile(r"^systemctl start (?=nilai)|^nilai-as .*$|^.* compileall .*$", re.MULTILINE)
LINK = re.compile(r"https://\S+(/staff/masuk/\S+)")


@pytest.fixture
def root() -> Iterator[Root]:
    with empty_root() as made:
        yield made


@pytest.fixture
def root_with_postgresql() -> Iterator[Root]:
    with (
        crashing_server(QUICK) as server,
        empty_root(str(server.folder), str(server.programs)) as made,
    ):
        server.administer("DROP DATABASE nilai")
        yield made


def worked(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def environment(root: Root) -> dict[str, str]:
    text = (root.folder / "etc/nilai/environment").read_text()
    return dict(line.split("=", 1) for line in text.splitlines() if re.match("NILAI", line))


def test_the_guide_for_one_office_leads_to_a_running_office(root: Root) -> None:
    said = worked(root.follow(blocks_of("one-office")))
    assert "Sudah dipulihkan dan diperiksa" in said
    assert (root.folder / "etc/nilai/environment").stat().st_mode & 0o077 == 0
    link = LINK.search(said)
    assert link
    is_running(root, link[1])


def is_running(root: Root, link: str) -> None:
    """Start what was installed, and open the operator's link through what was installed."""
    shutil.copy(root.folder / "media/fullchain.pem", root.folder)
    installed = Proxy(root.folder, root.http, root.https, "etc/nginx/nginx.conf")
    with activated(root.folder / "run/nilai", environment(root)), running(installed) as proxy:
        for path in ("/readyz", link, "/"):
            assert asked(proxy.phone(), path)[0].status == 200


def test_the_guide_for_a_city_leads_there(root_with_postgresql: Root) -> None:
    said = worked(root_with_postgresql.follow(blocks_of("city")))
    assert "Sudah dipulihkan dan diperiksa" in said
    assert LINK.search(said)
    assert "NILAI_SEAL_KEY_FILE" not in environment(root_with_postgresql)


@pytest.mark.soak
@pytest.mark.timeout(900)  # some thirty commands, each a process of its own
def test_one_office_is_upgraded_and_goes_back_to_its_backup(root: Root) -> None:
    worked(root.follow(blocks_of("one-office")))
    before, after = (installed(root), version("upgrade"))
    said = worked(root.follow([*blocks_of("upgrade"), *blocks_of("upgrade", ["restore"])]))
    assert said.count("skema terbaru") == 1
    assert "Backup dipulihkan" in said
    assert installed(root) == before != f"nilai-{after}"
    assert (root.folder / f"srv/nilai-{after}/deploy").is_dir()
    assert (root.folder / f"var/lib/nilai/aside-{after}/nilai.db").exists()


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_city_is_upgraded_and_goes_back_in_both_ways(root_with_postgresql: Root) -> None:
    root = root_with_postgresql
    worked(root.follow(blocks_of("city")))
    way = [AN_OLDER_ONE, *blocks_of("upgrade", ["", "city"]), *blocks_of("upgrade", ["back"])]
    said = worked(root.follow([*way, *blocks_of("upgrade", ["restore-city"])]))
    assert "kembali ke skema 0006" in said
    assert said.count("Backup dipulihkan") == 1


def installed(root: Root) -> str:
    return str((root.folder / "srv/nilai").readlink())


def version(guide: str) -> str:
    """Return the version that a guide installs."""
    (found,) = re.findall(r"^VERSION=(.*)$", "\n".join(blocks_of(guide)), re.MULTILINE)
    return str(found)


def test_no_block_of_a_guide_is_left_out() -> None:
    assert {name: {*labels_of(name)} for name in GUIDES} == GUIDES


def without_what_takes_long(text: str) -> str:
    """Return a guide that asks for the units only, instead of running them."""
    return SLOW.sub(lambda found: "systemctl enable " if "start" in found[0] else "", text)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("useradd --system", "useradd --sistem", "useradd"),
        ("chown root:nilai ", "chown root:nilay ", "no user nilay"),
        ("make -C /srv/nilai install", "make -C /srv/nilai instal", "instal"),
        ("nilai-migrate.service", "nilai-migration.service", "Unit nilai-migration.service"),
        ('install -m 644 "$CERTIFICATE"', ': "$CERTIFICATE"', "fullchain.pem"),
    ],
)
def test_a_wrong_command_in_a_guide_is_noticed(
    root: Root, right: str, wrong: str, said: str
) -> None:
    text = without_what_takes_long("\n".join(blocks_of("one-office")))
    assert right in text
    done = root.follow([text.replace(right, wrong)])
    assert done.returncode != 0
    assert said in done.stderr


def test_what_those_wrong_commands_were_changed_from_is_right(root: Root) -> None:
    text = "\n".join([*blocks_of("one-office"), *blocks_of("upgrade")])
    worked(root.follow([without_what_takes_long(text)]))
    assert installed(root) == f"nilai-{version('upgrade')}"
