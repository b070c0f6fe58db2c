"""The shipped nginx in a folder of a test's own, with a certificate made for the occasion."""

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp

from survey.settings import HOME
from tests.certificates import write_certificate
from tests.debian import program

NAME = "nilai.example.go.id"
SHIPPED = HOME / "deploy" / "nginx"


class DidNotStart(RuntimeError):
    """nginx refuses its configuration, or did not answer."""


@dataclass(frozen=True)
class Proxy:
    """A running nginx, or one that is to be checked only.

    Attributes
    ----------
    folder
        Holds its configuration, its pages, its certificate and the sockets of the sites.
    http, https
        Its ports on this machine.
    file
        Where its configuration lies in that folder.
    """

    folder: Path
    http: int
    https: int
    file: str = "etc/nginx.conf"

    @property
    def address(self) -> str:
        return f"https://{NAME}:{self.https}"

    @property
    def log(self) -> str:
        return (self.folder / "error.log").read_text()

    def command(self, *more: str) -> list[str]:
        return [str(program("nginx")), "-p", str(self.folder), "-c", self.file, *more]

    def check(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command("-t"), capture_output=True, check=False, text=True, timeout=60
        )

    def phone(self, address: str = "127.0.0.1") -> "Phone":
        """Return a connection of a client with an address of its own, all of them this machine."""
        return Phone(self, address)

    def plainly(self) -> HTTPConnection:
        """Return a connection without TLS."""
        return HTTPConnection("127.0.0.1", self.http, timeout=60)


class Phone(HTTPSConnection):
    """Speaks to nginx by the office's name, whatever this machine thinks of that name."""

    def __init__(self, proxy: Proxy, address: str) -> None:
        self.trust = ssl.create_default_context(cafile=proxy.folder / "fullchain.pem")
        self.place = ("127.0.0.1", proxy.https)
        self.own = (address, 0)
        super().__init__(NAME, proxy.https, timeout=60, context=self.trust)

    def connect(self) -> None:
        opened = socket.create_connection(self.place, self.timeout, source_address=self.own)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self.trust.wrap_socket(opened, server_hostname=NAME)


@contextmanager
def proxy_folder() -> Iterator[Path]:
    """Give a folder that nginx's own user may look into, with a certificate in it."""
    folder = Path(mkdtemp(prefix="nilai-doors-", dir="/tmp"))
    folder.chmod(0o755)
    write_certificate(folder, NAME)
    try:
        yield folder
    finally:
        rmtree(folder)


def shipped_in(folder: Path, change: Mapping[str, str] | None = None, name: str = "proxy") -> Proxy:
    """Return the shipped configuration, with other places and ports, and whatever is to differ.

    Parameters
    ----------
    change
        What is replaced by what in any of its files; each must occur.
    name
        A folder of its own, so that several can stand before the same sites.
    """
    own = folder / name
    own.mkdir(mode=0o755)
    copytree(SHIPPED / "pages", own / "pages")
    (own / "etc").mkdir()
    (own / "waiting").mkdir()
    proxy = Proxy(own, *free_ports())
    places = {
        # The destination: where things lie on a server, and where they lie here.
        "/run/nginx.pid": f"{own}/nginx.pid",
        "/run/nilai/": f"{folder}/",
        "/etc/nilai/tls": str(own),
        "/var/lib/nginx": f"{own}/waiting",
        "/var/www/html": f"{own}/www",
        "/srv/nilai/deploy/nginx/pages": f"{own}/pages",
        "listen 80": f"listen 127.0.0.1:{proxy.http}",
        "listen 443": f"listen 127.0.0.1:{proxy.https}",
        # On a machine that is shared by other tests too.
        "worker_processes auto": "worker_processes 2",
        "error_log stderr": f"error_log {own}/error.log",
    }
    texts = {path.name: path.read_text() for path in SHIPPED.glob("*.conf")}
    for old, new in {**(change or {}), **places}.items():
        assert any(old in text for text in texts.values()), old
        texts = {each: text.replace(old, new) for each, text in texts.items()}
    for each, text in texts.items():
        (own / "etc" / each).write_text(text)
    for key in ("fullchain.pem", "privkey.pem"):
        (own / key).write_bytes((folder / key).read_bytes())
    return proxy


@contextmanager
def proxy_before(
    folder: Path, change: Mapping[str, str] | None = None, name: str = "proxy"
) -> Iterator[Proxy]:
    """Give a running nginx before the sites whose sockets are in a folder."""
    with running(shipped_in(folder, change, name)) as proxy:
        yield proxy


@contextmanager
def running(proxy: Proxy) -> Iterator[Proxy]:
    """Start nginx, and stop it at the end."""
    with (proxy.folder / "output").open("w") as output:
        process = subprocess.Popen(proxy.command("-g", "daemon off;"), stdout=output, stderr=output)
    try:
        _wait_for(proxy, process)
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_for(proxy: Proxy, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", proxy.https), timeout=1):
            return
        time.sleep(0.05)
    raise DidNotStart((proxy.folder / "output").read_text())


def free_ports() -> tuple[int, int]:
    """Return two ports that nobody listens on."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]
