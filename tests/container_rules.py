"""What a set of containers has to keep to, as rules over its files."""

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

PINNED = re.compile(r"[a-z]+:(\d+-)?bookworm(-slim)?(@sha256:[0-9a-f]{64})?")
"""An image of one Debian and one major version, which its makers mend; a digest may follow."""
DOOR, DATABASE, PUBLIC = "door", "database", "public"
COMPILERS = ("gcc", "build-essential", "python3-dev", "cargo")

Set = dict[str, Any]


def faults_of_set(found: Set) -> set[str]:
    """Return what a compose file leaves open, a word for each fault with the service's name."""
    faults = {
        f"{name}: {fault}"
        for name, service in found["services"].items()
        for fault in _faults_of_service(name, service)
    }
    outside = {name for name, network in found["networks"].items() if not network.get("internal")}
    for name, service in found["services"].items():
        if name != DOOR and outside & set(service["networks"]):
            faults.add(f"{name}: reaches out")
        faults |= {f"{name}: {each} is not there" for each in _missing(found, service)}
    if _met_by(found, PUBLIC) - {DATABASE}:
        faults.add("public: meets others than the database")
    if _met_by(found, DOOR):
        faults.add("door: meets somebody")
    return faults


def _faults_of_service(name: str, service: Set) -> set[str]:
    wanted = {
        "writable": service.get("read_only") is True,
        "keeps rights": service.get("cap_drop") == ["ALL"] and "cap_add" not in service,
        "gains rights": "no-new-privileges:true" in service.get("security_opt", []),
        "privileged": not service.get("privileged"),
        "unbounded": {"mem_limit", "cpus", "pids_limit"} <= set(service),
        "stays down": service.get("restart") in {"unless-stopped", "no"},
        "published": name == DOOR or "ports" not in service,
        "image not pinned": "build" in service or bool(PINNED.fullmatch(service["image"])),
        "secret in the environment": not _tells_a_secret(service.get("environment", {})),
    }
    return {fault for fault, kept in wanted.items() if not kept}


def _missing(found: Set, service: Set) -> set[str]:
    """Return what a service names and nobody has: the program that reads the file may not ask."""
    asked = [*service["networks"], *service.get("secrets", []), *service.get("depends_on", [])]
    volumes = [str(volume).partition(":")[0] for volume in service.get("volumes", [])]
    named = {*asked, *(volume for volume in volumes if not volume.startswith("."))}
    there = ("networks", "secrets", "services", "volumes")
    return named - {name for kind in there for name in found[kind]}


def _tells_a_secret(environment: Set) -> bool:
    named = {"NILAI_SECRET_KEY", "NILAI_SMTP_URL", "PGPASSWORD", "POSTGRES_PASSWORD"}
    with_password = re.compile(r"://[^/@]*:[^/@]*@")
    return bool(named & set(environment)) or any(
        with_password.search(str(value)) for value in environment.values()
    )


def _met_by(found: Set, name: str) -> set[str]:
    """Return which services share a network with one."""
    own = set(found["services"][name]["networks"])
    services = found["services"].items()
    return {other for other, service in services if own & set(service["networks"])} - {name}


def faults_of_containerfile(text: str, root: Path) -> set[str]:
    """Return what is wrong with the recipe of the images, whose context is a folder."""
    faults = set()
    ignored = (root / ".dockerignore").read_text().splitlines()
    base = re.search(r"^ARG BASE=(\S+)$", text, re.MULTILINE)
    if base is None or not PINNED.fullmatch(base.group(1)):
        faults.add("base not pinned")
    stages = dict(
        re.findall(r"^FROM \S+ AS (\w+)\n(.*?)(?=^FROM |\Z)", text, re.MULTILINE | re.DOTALL)
    )
    origins = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    faults |= {f"{each}: from elsewhere" for each in set(origins) - {*stages, "${BASE}"}}
    for name in ("site", "door"):
        users = re.findall(r"^USER (\S+)$", stages[name], re.MULTILINE)
        if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]):
            faults.add(f"{name}: runs as root")
        if any(re.search(rf"\b{compiler}\b", stages[name]) for compiler in COMPILERS):
            faults.add(f"{name}: holds a compiler")
    if "HEALTHCHECK" not in stages["site"]:
        faults.add("site: nobody asks after it")
    for sources in re.findall(r"^COPY (?!--from=)(.+) \S+$", text, re.MULTILINE):
        for source in sources.split():
            found = sorted(root.glob(source))
            if not found or any(is_ignored(str(each.relative_to(root)), ignored) for each in found):
                faults.add(f"{source}: not in the context")
    return faults


def is_ignored(path: str, patterns: list[str]) -> bool:
    """Tell whether a path stays out of the images; the last pattern that names it decides."""
    parts = path.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    ignored = False
    for line in patterns:
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and any(_names(pattern, each) for each in above):
            ignored = not line.startswith("!")
    return ignored


def _names(pattern: str, path: str) -> bool:
    """Tell whether a pattern names exactly this path; a star does not cross a slash."""
    if pattern.startswith("**/"):
        return fnmatchcase(path.rpartition("/")[2], pattern.removeprefix("**/"))
    same_depth = pattern.count("/") == path.count("/")
    return same_depth and fnmatchcase(path, pattern)
