"""The guide for a province on four machines of a test's own, and then its page of take-overs."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.debian import install
from tests.durability.servers import crashing_server
from tests.guides import DATA, Root, empty_root, labelled_blocks_of
from tests.postgres import QUICK, Server, binaries
from tests.test_guides import LINK, worked

BOTH_DATABASES, BOTH_NODES = ("db1", "db2"), ("app1", "app2")
SET_UP = {
    "": (),
    "db1": ("db1",),
    "db2": ("db2",),
    "db": BOTH_DATABASES,
    "standby": ("db2",),
    "together": ("db1",),
    "app1": ("app1",),
    "app": BOTH_NODES,
}
"""On which machines a block of the guide is run; those without a label say what is yours."""

HBA = "/etc/postgresql/15/main/pg_hba.conf"
NOTHING_ELSE_ENTERS = """local all all trust
hostssl replication nilai_standby 127.0.0.1/32 scram-sha-256
"""
"""What a server lets in before the guide; here each connection comes from one address."""


@dataclass
class Machines:
    """Four machines, each with the shell that somebody stays in while following a guide.

    Attributes
    ----------
    said
        What each has answered so far.
    """

    roots: Mapping[str, Root]
    servers: Mapping[str, Server]
    said: dict[str, str] = field(default_factory=dict)
    _own: dict[str, list[str]] = field(default_factory=dict)

    def follow(
        self,
        guide: str,
        where: Mapping[str, Sequence[str]],
        only: Sequence[str] = (*BOTH_DATABASES, *BOTH_NODES),
        change: Callable[[str], str] = str,
    ) -> None:
        """Run all blocks of a guide, each on its machines, in their order.

        Parameters
        ----------
        only
            The machines that there are.
        change
            What somebody who mistypes makes of a block.
        """
        for label, block in labelled_blocks_of(guide):
            for machine in where[label] or only:
                if machine in only:
                    self.run(machine, change(block))

    def run(self, machine: str, block: str) -> str:
        """Run a block; what it only names is remembered for the next ones."""
        own = self._own.setdefault(machine, [])
        if all(re.match(r"[A-Z0-9]+=", line) for line in block.splitlines()):
            own.append(block)
        said = worked(self.roots[machine].follow([*own, block]))
        self.said[machine] = self.said.get(machine, "") + said
        return said


def block_of(guide: str, label: str) -> str:
    (found,) = [block for each, block in labelled_blocks_of(guide) if each == label]
    return found


@pytest.fixture
def machines() -> Iterator[Machines]:
    if "postgres-debian" not in binaries():  # the other one cannot encrypt
        install("postgresql")
    addresses = {
        **dict.fromkeys(("10.0.0.21", "10.0.0.22"), "127.0.0.1"),
        **{f"10.0.0.1{number}": an_address() for number in (1, 2)},
    }
    with ExitStack() as stack:
        stick = Path(stack.enter_context(TemporaryDirectory(dir="/tmp")))
        roots, servers = {}, {}
        for name in BOTH_DATABASES:
            server = stack.enter_context(crashing_server(QUICK, kind="postgres-debian"))
            server.administer("DROP DATABASE nilai")
            data = server.folder / "data"
            (data / "pg_hba.conf").write_text(NOTHING_ELSE_ENTERS)
            there = {HBA: str(data / "pg_hba.conf"), DATA: str(data), **addresses}
            place = (str(server.folder), str(server.programs))
            roots[name] = stack.enter_context(empty_root(*place, there))
            servers[name] = server
        programs = str(servers["db1"].programs)
        for name in BOTH_NODES:
            roots[name] = stack.enter_context(empty_root("", programs, addresses))
        for root in roots.values():
            (root.folder / "media/carried").symlink_to(stick)
        yield Machines(roots, servers)


def an_address() -> str:
    """Return an address of this machine that no other test uses at the same time."""
    return f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(2, 254)}"


@pytest.mark.timeout(300)
def test_the_record_lies_on_two_servers_and_either_takes_over(machines: Machines) -> None:
    machines.follow("province", SET_UP, BOTH_DATABASES)
    assert re.search(r"db2 +\| sync", machines.said["db1"])
    take_over(machines)
    come_back(machines)


@pytest.mark.soak
@pytest.mark.timeout(900)  # both nodes besides: some forty commands, each a process of its own
def test_the_guide_for_a_province_leads_there_and_nodes_follow_a_take_over(
    machines: Machines,
) -> None:
    machines.follow("province", SET_UP)
    assert "Sudah dipulihkan dan diperiksa" in machines.said["app1"]
    assert LINK.search(machines.said["app1"])
    assert_nodes_are_alike(machines)
    take_over(machines)
    for node in BOTH_NODES:
        machines.run(node, "nilai-as nilai_staff verify")
    come_back(machines)
    machines.run("app2", "nilai-as nilai_staff link")  # writes, with nobody to wait for


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("subjectAltName=DNS:db1", "subjectAltName=DNS:db0", "does not match host name"),
        ("-o postgres -g postgres", "", "private key"),
        ("REPLICATION PASSWORD '", "REPLICATION PASSWORD 'x", "password authentication failed"),
    ],
)
def test_a_wrong_command_on_the_servers_is_noticed(
    machines: Machines, right: str, wrong: str, said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        machines.follow("province", SET_UP, BOTH_DATABASES, lambda text: text.replace(right, wrong))


def take_over(machines: Machines) -> None:
    """Let db2 lead, as the page tells."""
    for machine in BOTH_DATABASES:
        machines.run(machine, block_of("take-over", ""))
    machines.run("db1", block_of("take-over", "fence"))
    said = machines.run("db2", block_of("take-over", "takes-over"))
    assert re.search(r"^ f$", said, re.MULTILINE)


def come_back(machines: Machines) -> None:
    """Let db1 follow db2, go away once more, and db2 go on alone."""
    machines.run("db1", block_of("take-over", "comes-back"))
    machines.run("db1", block_of("province", "standby"))
    machines.run("db2", block_of("take-over", "leads-now"))
    assert re.search(r"db1 +\| sync", machines.run("db2", block_of("province", "together")))
    machines.servers["db1"].stop()
    machines.run("db2", block_of("take-over", "alone"))
    machines.run("db2", 'runuser -u postgres -- createdb "alone"')  # waits for nobody
    machines.run("db1", "systemctl start postgresql.service")
    machines.run("db2", block_of("take-over", "together-again").replace("db2", "db1"))
    assert re.search(r"db1 +\| sync", machines.run("db2", block_of("province", "together")))


def assert_nodes_are_alike(machines: Machines) -> None:
    names = ["environment", "seal-key.pem", "nilai_public.environment"]
    one, other = (machines.roots[node].folder / "etc/nilai" for node in BOTH_NODES)
    for name in names:
        assert (one / name).read_text() == (other / name).read_text()
    for folder in (one, other):
        assert (folder / "nilai_staff.environment").stat().st_mode & 0o077 == 0
