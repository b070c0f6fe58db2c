"""A migration that dies at a given statement, as if the power had failed.

Each runs in a process of its own, forked from one that has everything loaded already.
"""

import os
import signal
from multiprocessing import get_context
from typing import Any

from sqlalchemy import Engine, event

from deploy.migrate import upgrade

_forks = get_context("forkserver")
_forks.set_forkserver_preload([__name__])


def died(url: str, statement: int, *, commits: bool = False) -> bool:
    """Migrate a database up to a statement, counted from 1; tell whether the process died there.

    Parameters
    ----------
    commits
        Whether each statement is committed by itself, as a careless migration would.
    """
    process = _forks.Process(target=_migrate, args=(url, statement, commits))
    process.start()
    process.join()
    if process.exitcode not in {0, -signal.SIGKILL}:
        message = f"migrating ended with {process.exitcode} at statement {statement}"
        raise RuntimeError(message)
    return process.exitcode != 0


def _migrate(url: str, statement: int, commits: bool) -> None:
    executed = 0

    def count(connection: Any, cursor: Any, *_: object) -> None:  # noqa: ANN401
        nonlocal executed
        executed += 1
        if commits:
            _commit(connection, cursor)
        if executed == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", count)
    upgrade(url)


def _commit(connection: Any, cursor: Any) -> None:  # noqa: ANN401
    driver = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        driver.commit()
    elif not cursor.description:
        driver.execute("COMMIT")
        driver.execute("BEGIN IMMEDIATE")
