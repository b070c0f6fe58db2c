"""The set of containers: every part closed as far as it can be, and files that a program takes."""

import os
import re
import stat
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from deploy.prepare import passwords_in
from survey.seal_key import seal_key
from survey.settings import HOME, KeyFile
from tests.compose_program import Refused, configuration
from tests.container_rules import Set, faults_of_containerfile, faults_of_set, is_ignored

FOLDER = HOME / "deploy" / "container"
COMPOSE = (FOLDER / "compose.yaml").read_text()
CONTAINERFILE = (FOLDER / "Containerfile").read_text()
GUIDE = (HOME / "docs" / "containers.md").read_text()
IGNORED = (HOME / ".dockerignore").read_text().splitlines()
SHIPPED: Set = yaml.safe_load(COMPOSE)
ROLES = {"postgres", "nilai_owner", "nilai_public", "nilai_staff"}
SOCKETS = re.compile(r"unix:(/run/\S+\.sock)")


def written(folder: Path, compose: str) -> Path:
    """Write a set as an office has it, and return its folder."""
    (folder / ".env").write_text((FOLDER / "env.example").read_text())
    (folder / "compose.yaml").write_text(compose)
    return folder


def sockets_bound(found: Set) -> set[str]:
    return {
        socket
        for service in found["services"].values()
        for word in service.get("command", [])
        for socket in SOCKETS.findall(word)
    }


def test_the_set_is_taken_as_it_is_shipped(tmp_path: Path) -> None:
    taken = yaml.safe_load(configuration(written(tmp_path, COMPOSE)))
    assert set(taken["services"]) == set(SHIPPED["services"])
    assert "https://nilai.example.go.id" in str(taken["services"]["public"]["environment"])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("read_only: true", "read_onyl: true"),
        ("condition: service_healthy", "condition: service_happy"),
        ("NILAI_PUBLIC_URL:?", "NILAI_NOT_SET:?"),
    ],
)
def test_a_broken_set_is_refused(right: str, wrong: str, tmp_path: Path) -> None:
    assert right in COMPOSE
    with pytest.raises(Refused):
        configuration(written(tmp_path, COMPOSE.replace(right, wrong)))


def test_every_part_is_closed_as_far_as_it_can_be() -> None:
    assert faults_of_set(SHIPPED) == set()


Change = Callable[[Set], object]
OPENED: dict[str, Change] = {
    "staff: writable": lambda parts: parts["staff"].update(read_only=False),
    "watch: keeps rights": lambda parts: parts["watch"].update(cap_add=["SYS_ADMIN"]),
    "backup: gains rights": lambda parts: parts["backup"].update(security_opt=[]),
    "door: privileged": lambda parts: parts["door"].update(privileged=True),
    "public: unbounded": lambda parts: parts["public"].pop("mem_limit"),
    "door: stays down": lambda parts: parts["door"].pop("restart"),
    "database: published": lambda parts: parts["database"].update(ports=["5432:5432"]),
    "database: image not pinned": lambda parts: parts["database"].update(image="postgres"),
    "staff: secret in the environment": lambda parts: parts["staff"]["environment"].update(
        NILAI_DATABASE_URL="postgresql+psycopg://nilai_staff:hunter2@database/nilai"
    ),
    "database: reaches out": lambda parts: parts["database"]["networks"].append("outside"),
    "public: meets others than the database": lambda parts: parts["public"]["networks"].append(
        "staff-record"
    ),
    "door: nowhere is not there": lambda parts: parts["door"]["networks"].append("nowhere"),
    "staff: key is not there": lambda parts: parts["staff"]["secrets"].append("key"),
    "watch: spool is not there": lambda parts: parts["watch"].update(volumes=["spool:/spool"]),
    "door: meets somebody": lambda parts: parts["door"]["networks"].append("public-record"),
}


@pytest.mark.parametrize("fault", OPENED)
def test_a_part_that_is_opened_is_noticed(fault: str) -> None:
    opened = deepcopy(SHIPPED)
    OPENED[fault](opened["services"])
    assert fault in faults_of_set(opened)


def test_mail_is_added_for_the_staff_alone(tmp_path: Path) -> None:
    written(tmp_path, COMPOSE)
    with (tmp_path / ".env").open("a") as choices:
        choices.write("COMPOSE_FILE=compose.yaml:compose.mail.yaml\n")
        choices.write("NILAI_MAIL_FROM=nilai@example.go.id\n")
    (tmp_path / "compose.mail.yaml").write_text((FOLDER / "compose.mail.yaml").read_text())
    parts = yaml.safe_load(configuration(tmp_path))["services"]
    assert {name for name, part in parts.items() if "mail" in part["networks"]} == {
        "staff",
        "watch",
    }
    assert "/run/secrets/smtp-url" in str(parts["watch"]["environment"])
    assert "/run/secrets/secret-key" in str(parts["watch"]["environment"])


def test_the_public_site_holds_no_secret_of_the_staff() -> None:
    secrets = {name: set(part.get("secrets", [])) for name, part in SHIPPED["services"].items()}
    assert secrets["public"] == {"secret-key", "pgpass-public"}
    assert secrets["door"] == set()
    holders = {name for name, held in secrets.items() if "pgpass-prepare" in held}
    assert holders == {"prepare"}


def test_the_door_looks_where_the_sites_listen() -> None:
    upstreams = (FOLDER / "upstreams.conf").read_text()
    assert set(SOCKETS.findall(upstreams)) == sockets_bound(SHIPPED)
    assert len(sockets_bound(SHIPPED)) == 2
    named = re.compile(r"^upstream (\w+)", re.MULTILINE)
    elsewhere = (HOME / "deploy" / "nginx" / "upstreams.conf").read_text()
    assert named.findall(upstreams) == named.findall(elsewhere)


def test_a_site_that_listens_elsewhere_is_noticed() -> None:
    moved: Set = yaml.safe_load(COMPOSE.replace("staff/site.sock", "staff.sock"))
    assert sockets_bound(moved) != sockets_bound(SHIPPED)


def test_the_recipe_is_pinned_without_root_and_copies_what_is_there() -> None:
    assert faults_of_containerfile(CONTAINERFILE, HOME) == set()


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("debian:bookworm-slim", "debian:latest", "base not pinned"),
        ("FROM debian AS door", "FROM nginx:latest AS door", "nginx:latest: from elsewhere"),
        ("USER 10001:10001", "USER root", "site: runs as root"),
        ("USER 33:33", "", "door: runs as root"),
        ("ca-certificates postgresql", "gcc postgresql", "site: holds a compiler"),
        ("HEALTHCHECK", "# none", "site: nobody asks after it"),
        ("COPY survey survey", "COPY survei survey", "survei: not in the context"),
        ("COPY LICENSE", "COPY docs", "docs: not in the context"),
    ],
)
def test_a_recipe_that_is_not_is_noticed(right: str, wrong: str, fault: str) -> None:
    broken = re.sub(right, wrong, CONTAINERFILE)
    assert broken != CONTAINERFILE
    assert faults_of_containerfile(broken, HOME) == {fault}


@pytest.mark.parametrize(
    "path",
    [
        "var/secret-key", "var/nilai.db", ".env", ".git/config", "tests/conftest.py",
        "deploy/container/.env", "deploy/container/secrets/secret-key",
        "deploy/container/tls/privkey.pem", "deploy/container/backup/nilai-1.backup",
    ],
)  # fmt: skip
def test_nothing_of_an_installation_enters_an_image(path: str) -> None:
    assert is_ignored(path, IGNORED)


def test_a_list_that_lets_everything_in_is_noticed() -> None:
    assert not is_ignored("var/secret-key", [*IGNORED, "!var"])
    assert not is_ignored(
        "deploy/container/.env", [line for line in IGNORED if line != "deploy/container/*"]
    )
    assert not is_ignored("deploy/container/upstreams.conf", IGNORED)
    assert is_ignored("survey/__pycache__/settings.pyc", IGNORED)


def make_secrets(folder: Path) -> dict[str, str]:
    """Run what makes the secrets; only root can give files to others."""
    own = (
        {}
        if os.geteuid() == 0
        else {"SITE_UID": f"{os.geteuid()}", "DATABASE_UID": f"{os.geteuid()}"}
    )
    subprocess.run([FOLDER / "make-secrets.sh"], check=True, cwd=folder, env={**os.environ, **own})
    return {file.name: file.read_text() for file in (folder / "secrets").iterdir()}


def test_every_secret_that_the_set_asks_for_is_made_once(tmp_path: Path) -> None:
    made = make_secrets(tmp_path)
    assert {f"./secrets/{name}" for name in made} == {
        secret["file"] for secret in SHIPPED["secrets"].values()
    }
    assert make_secrets(tmp_path) == made
    for file in (tmp_path / "secrets").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o400
    assert len(set(made.values())) == len(made)
    assert len(made["secret-key"].strip()) == 64
    assert len(seal_key(KeyFile(tmp_path / "secrets" / "seal-key.pem", made_here=False)).raw) == 32


def test_a_password_that_was_taken_away_is_made_anew_everywhere(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    everybody = tmp_path / "secrets" / "pgpass-prepare"
    before = passwords_in(everybody)
    (tmp_path / "secrets" / "pgpass-public").unlink()
    make_secrets(tmp_path)
    after = passwords_in(everybody)
    assert set(before) == set(after) == ROLES
    assert {role for role in ROLES if before[role] != after[role]} == {"nilai_public"}
    own = passwords_in(tmp_path / "secrets" / "pgpass-public")
    assert own == {"nilai_public": after["nilai_public"]}


def services_named(guide: str) -> set[str]:
    """Return which parts of the set the commands of a guide speak of."""
    named = set()
    for verb, rest in re.findall(r"docker compose (run|exec|stop|kill) ([^`\n]+)", guide):
        words = [word for word in rest.split() if not word.startswith("-") and word != "HUP"]
        named |= set(words if verb == "stop" else words[:1])
    return named


def test_the_guide_speaks_of_parts_that_there_are() -> None:
    assert services_named(GUIDE)
    assert services_named(GUIDE) <= set(SHIPPED["services"])


def test_a_guide_that_speaks_of_another_part_is_noticed() -> None:
    assert services_named("docker compose run --rm timers nilai link") == {"timers"}
    assert services_named("docker compose stop door publik") == {"door", "publik"}
