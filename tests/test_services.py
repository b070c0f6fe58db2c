"""The shipped services and timers: what systemd says of them, and what they run."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from shlex import split

import click
import pytest

from deploy.migrate import upgrade
from deploy.nilai import main
from survey.settings import HOME, settings_from
from tests.debian import program
from tests.test_deploy import FACTORIES
from tests.units import ADDED, FORMS, SHIPPED, Unit, unit, units

MOST_EXPOSED = 15
"""Of systemd's own scale from 0 to 100: a service without any sandbox has 96."""

INSTALLED = "/srv/nilai"
SERVICES = [each for form in (*FORMS, *ADDED) for each in units(form, "service")]
EXAMPLE = HOME / "deploy" / "environment.example"


def name_of(each: object) -> str:
    return f"{each.path.parent.name}/{each.path.name}" if isinstance(each, Unit) else str(each)


def analysed(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program("systemd-analyze"), *words],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "SYSTEMD_LOG_TARGET": "console"},
        timeout=120,
    )


def verified(form: str, folder: Path, change: Callable[[str], str] = str) -> str:
    """Return what systemd finds wrong in the files of a form, installed where this checkout is."""
    for each in units(form):
        text = each.path.read_text().replace(INSTALLED, str(HOME))
        (folder / each.path.name).write_text(change(text))
    said = analysed("verify", *(str(folder / each.path.name) for each in units(form)))
    return said.stdout + said.stderr


def exposure(path: Path) -> int:
    """Return what systemd's review of a file ends with."""
    limit = f"--threshold={MOST_EXPOSED}"
    return analysed("security", "--offline=yes", limit, str(path)).returncode


# --- as systemd reads them


@pytest.mark.parametrize("form", [*FORMS, *ADDED])
def test_systemd_finds_nothing_wrong(form: str, tmp_path: Path) -> None:
    assert verified(form, tmp_path) == ""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("ProtectHome=yes", "ProtectHomes=yes", "Unknown key"),
        ("ProtectHome=yes", "ProtectHome=perhaps", "Failed to parse"),
        (".venv/bin/", ".venv/bin/none/", "not executable"),
        ("OnCalendar=", "OnCalendar=sometimes ", "calendar"),
        ("ListenStream=/run", "ListenStream=run", "address"),
    ],
)
def test_a_wrong_directive_is_noticed(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert said in verified("city", tmp_path, lambda text: text.replace(right, wrong))


@pytest.mark.parametrize("service", SERVICES, ids=name_of)
def test_a_service_is_shut_in(service: Unit) -> None:
    assert exposure(service.path) == 0


def test_a_service_without_a_sandbox_is_noticed(tmp_path: Path) -> None:
    text = SERVICES[0].path.read_text()
    bare = tmp_path / SERVICES[0].path.name
    bare.write_text(re.sub(r"# Sandbox.*# End of the sandbox", "", text, flags=re.DOTALL))
    assert exposure(bare) != 0


def test_all_services_are_shut_in_alike() -> None:
    assert {tuple(each.sandbox) for each in SERVICES} == {tuple(SERVICES[0].sandbox)}
    assert len(SERVICES[0].sandbox) > 20


# --- what they run


def ways(service: Unit) -> list[list[str]]:
    """Return the commands of a service as words, whatever shell they are wrapped in."""
    lines = [way.replace("$(date +%%u)", "1") for way in service.all("ExecStart")]
    inner = [re.sub(r"^/bin/\w+ .*?-c '(?:exec )?(.*)'$", r"\1", line) for line in lines]
    return [split(way.partition(" | ")[0]) for way in inner]


def is_there(words: list[str]) -> bool:
    """Tell whether a site or a command can be called so."""
    if words[0] == f"{INSTALLED}/.venv/bin/gunicorn":
        return words[1:3] == ["-c", "deploy/gunicorn.conf.py"] and words[3] in FACTORIES
    try:
        main.commands[words[1]].make_context(words[1], words[2:])
    except (KeyError, click.UsageError):
        return False
    return words[0] == f"{INSTALLED}/.venv/bin/nilai"


@pytest.mark.parametrize("service", SERVICES, ids=name_of)
def test_a_service_runs_a_site_or_a_command_that_there_is(service: Unit) -> None:
    assert [words for words in ways(service) if not is_there(words)] == []
    assert ways(service)


@pytest.mark.parametrize(
    "way", ["nilai nighty", "nilai backup", "nilai look --far", "nilai link a b"]
)
def test_a_command_that_there_is_not_is_noticed(way: str) -> None:
    assert not is_there(f"{INSTALLED}/.venv/bin/{way}".split())


@pytest.mark.parametrize("form", [*FORMS, *ADDED])
def test_each_socket_and_timer_has_its_service_and_each_site_its_socket(form: str) -> None:
    services = {each.path.stem for each in units(form, "service")}
    started = {each.path.stem for suffix in ("socket", "timer") for each in units(form, suffix)}
    sites = {each.path.stem for each in units(form, "service") if each.all("Type") == ["notify"]}
    assert started <= services
    assert {each.path.stem for each in units(form, "socket")} == sites
    for site in sites:
        assert unit(form, f"{site}.service").one("Requires") == f"{site}.socket"


@pytest.mark.parametrize("form", FORMS)
def test_the_proxy_finds_the_sockets(form: str) -> None:
    listened = {path for each in units(form, "socket") for path in each.all("ListenStream")}
    upstreams = (HOME / "deploy" / "nginx" / "upstreams.conf").read_text()
    assert set(re.findall(r"server unix:(\S+)", upstreams)) == listened


def test_in_a_city_each_does_what_its_role_may() -> None:
    """As docs/database-roles.md tells: the owner the schema and backups, no site what is his."""
    users = {each.path.stem: each.one("User") for each in units("city", "service")}
    assert users == {
        "nilai-backup": "nilai_owner",
        "nilai-look": "nilai_staff",
        "nilai-migrate": "nilai_owner",
        "nilai-nightly": "nilai_staff",
        "nilai-public": "nilai_public",
        "nilai-staff": "nilai_staff",
    }
    assert {each.one("User") for each in units("one-office", "service")} == {"nilai"}
    assert {each.one("User") for each in units("province", "service")} == {"nilai_owner"}


# --- the backup's rotation


def test_a_backup_takes_the_place_of_the_one_a_week_ago(tmp_path: Path) -> None:
    url, backups = f"sqlite:///{tmp_path}/nilai.db", tmp_path / "backups"
    upgrade(url)
    backups.mkdir()
    for weekday in (1, 2):
        (backups / f"nilai-{weekday}.backup").write_text("last week")
    (tmp_path / "date").write_text('#!/bin/sh\n[ "$1" = +%u ] && echo 1\n')
    (tmp_path / "date").chmod(0o755)
    way = unit("one-office", "nilai-backup.service").one("ExecStart").replace("%%", "%")
    line = way.replace(INSTALLED, str(HOME)).replace("/var/backups/nilai", str(backups))
    environment = {
        "NILAI_DATABASE_URL": url,
        "NILAI_SECRET_KEY": "s" * 48,
        "PATH": f"{tmp_path}:/usr/bin:/bin",
    }
    done = subprocess.run(
        split(line), env=environment, cwd=HOME, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Sudah dipulihkan dan diperiksa" in done.stdout
    assert (backups / "nilai-1.backup").read_bytes().startswith(b"SQLite format 3")
    assert (backups / "nilai-2.backup").read_text() == "last week"
    assert len(list(backups.iterdir())) == 2


def test_a_backup_is_the_same_in_both_forms() -> None:
    ways = {unit(form, "nilai-backup.service").one("ExecStart") for form in FORMS}
    assert len(ways) == 1


# --- the settings


def example(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if re.match(r"[A-Z]", line))


def named(text: str) -> set[str]:
    return set(re.findall(r"^#?(NILAI_\w+)=", text, re.MULTILINE))


def known() -> set[str]:
    """Return the settings that the product reads."""
    return set(re.findall(r'"(NILAI_[A-Z_]+)"', (HOME / "survey" / "settings.py").read_text()))


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    assert named(EXAMPLE.read_text()) == known()


def test_a_setting_that_is_not_in_the_example_is_noticed() -> None:
    assert named(EXAMPLE.read_text().replace("NILAI_MAIL_FROM", "NILAI_MAIL")) != known()


def test_the_example_starts_a_site_once_it_has_a_secret_key() -> None:
    given = example(EXAMPLE.read_text())
    assert given["NILAI_SECRET_KEY"] == ""
    settings = settings_from({**given, "NILAI_SECRET_KEY": "s" * 48})
    assert (settings.trusted_proxies, settings.public_url) == (1, "https://nilai.example.go.id")
    every = example(re.sub(r"^#(?=NILAI)", "", EXAMPLE.read_text(), flags=re.MULTILINE))
    assert settings_from({**every, "NILAI_SECRET_KEY": "s" * 48}).smtp_url is not None


def test_a_shell_reads_the_example_as_systemd_does() -> None:
    read = subprocess.run(
        ["sh", "-c", f'set -a; . "{EXAMPLE}"; env'],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    seen = dict(line.split("=", 1) for line in read.stdout.splitlines())
    assert {name: seen[name] for name in example(EXAMPLE.read_text())} == example(
        EXAMPLE.read_text()
    )


def test_a_command_by_hand_has_the_services_settings(tmp_path: Path) -> None:
    """The script itself, with this checkout and a user's change that tells what it was given."""
    (tmp_path / "environment").write_text(
        "NILAI_SECRET_KEY=shared\nNILAI_PUBLIC_URL=https://a\nPGTARGETSESSIONATTRS=read-write\n"
    )
    (tmp_path / "nilai_staff.environment").write_text("NILAI_SECRET_KEY=own\n")
    (tmp_path / "runuser").write_text(
        '#!/bin/sh\necho "$@" $NILAI_SECRET_KEY $NILAI_PUBLIC_URL $PGTARGETSESSIONATTRS\n'
    )
    (tmp_path / "runuser").chmod(0o755)
    text = (SHIPPED / "nilai-as").read_text()
    script = text.replace("/etc/nilai", str(tmp_path)).replace(INSTALLED, str(HOME))
    ran = {}
    for user, asked in (("nilai_staff", {}), ("nilai_public", {"PGTARGETSESSIONATTRS": "standby"})):
        ran[user] = subprocess.run(
            ["sh", "-c", script, "nilai-as", user, "link", "a b"],
            env={"PATH": f"{tmp_path}:/usr/bin:/bin", **asked},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
    nilai = f"{HOME}/.venv/bin/nilai"
    assert ran == {
        "nilai_staff": f"-u nilai_staff -- {nilai} link a b own https://a read-write",
        "nilai_public": f"-u nilai_public -- {nilai} link a b shared https://a standby",
    }
