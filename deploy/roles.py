"""`nilai roles`: the SQL that gives PostgreSQL's two roles their rights, and takes all others.

It is printed and not run: an administrator reads it and runs it as the owner of the tables. Run
twice it does the same once; run after each `nilai migrate` it gives new tables their rights.
"""

import re
from collections.abc import Iterator

import click

from deploy.database_rights import RIGHTS

PUBLIC_ROLE, STAFF_ROLE = "nilai_public", "nilai_staff"
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_WITH_SEQUENCE = ("account", "desk", "officer", "service", "service_unit")
"""Tables whose ids PostgreSQL counts; only the staff add rows to them."""


class WrongRoleName(ValueError):
    """Not a name that can stand in SQL without quotes."""


def sql_for(public: str = PUBLIC_ROLE, staff: str = STAFF_ROLE) -> str:
    """Return the SQL: one transaction, all of it or nothing.

    Raises
    ------
    WrongRoleName
        If a name has other letters than a–z, digits and _, or both are the same.
    """
    for name in (public, staff):
        if not _NAME.fullmatch(name) or public == staff:
            raise WrongRoleName(name)
    return "\n".join(["BEGIN;", *_roles(public, staff), *_grants(public, staff), "COMMIT;", ""])


def _roles(public: str, staff: str) -> Iterator[str]:
    for name in (public, staff):
        yield _MADE.format(role=name)
        yield _HARMLESS.format(role=name)
    both = f"{public}, {staff}"
    yield _ON_DATABASE.format(both=both, staff=staff)
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM PUBLIC, {both};"
    yield f"REVOKE ALL ON SCHEMA public FROM PUBLIC, {both};"
    yield f"GRANT USAGE ON SCHEMA public TO {both};"


def _grants(public: str, staff: str) -> Iterator[str]:
    for table, granted in RIGHTS.items():
        for role, rights in ((public, granted.public), (staff, granted.staff)):
            if rights:
                yield f"GRANT {rights} ON {table} TO {role};"
    for table in _WITH_SEQUENCE:
        yield f"GRANT USAGE, SELECT ON SEQUENCE {table}_id_seq TO {staff};"


_MADE = """DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role} LOGIN;
  END IF;
END $$;"""

_HARMLESS = """DO $$ BEGIN
  IF EXISTS (
    SELECT FROM pg_roles WHERE rolname = '{role}'
    AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
  ) OR EXISTS (
    SELECT FROM pg_auth_members WHERE member = '{role}'::regrole
  ) OR EXISTS (
    SELECT FROM pg_class WHERE relowner = '{role}'::regrole
  ) OR EXISTS (
    SELECT FROM pg_database WHERE datdba = '{role}'::regrole
  ) THEN
    RAISE EXCEPTION '{role} has rights that no GRANT can take away; use another role';
  END IF;
END $$;"""

_ON_DATABASE = """DO $$ BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC, {both}', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO {both}', current_database());
  -- The sweep of a month's responses works in temporary tables.
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {staff}', current_database());
END $$;"""


@click.command(help="Cetak SQL yang memberi dua peran PostgreSQL hak masing-masing.")
@click.option("--public", default=PUBLIC_ROLE, show_default=True, help="Peran situs warga.")
@click.option("--staff", default=STAFF_ROLE, show_default=True, help="Peran situs pegawai.")
def roles(public: str, staff: str) -> None:
    """Print the SQL that gives the two roles their rights."""
    click.echo(sql_for(public, staff), nl=False)
