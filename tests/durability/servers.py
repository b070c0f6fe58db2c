"""PostgreSQL servers of a test's own, whose disk is waited for and which may be crashed."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from tests.postgres import DURABLE, Server, binaries


@contextmanager
def crashing_server(
    settings: Mapping[str, str] = DURABLE, parent: Path = Path("/tmp"), kind: str = "postgres"
) -> Iterator[Server]:
    """Give a started server with an empty database `nilai`; a socket's path must be short."""
    folder = Path(mkdtemp(prefix="nilai-crash-", dir=parent))
    folder.chmod(0o755)
    server = Server(binaries()[kind], folder / "pg")
    try:
        server.start(settings)
        server.administer("CREATE DATABASE nilai")
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
