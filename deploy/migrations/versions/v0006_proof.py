"""Seals, what they seal, what a check found; and nobody changes or deletes what is recorded."""

import sqlalchemy as sa
from alembic import op

import survey.columns

revision = "0006"
down_revision = "0005"

ERASABLE = {"officer_figure": ("nip", "staff_number", "name", "employment")}
"""Who an officer was at the close; may be emptied, and only that."""

WRITTEN_ONCE = (
    "response",
    "followup",
    "log_entry",
    "closed_month",
    "closing",
    "closing_rule",
    "frozen_duty",
    "tally",
    "element_tally",
    "total_tally",
    "officer_figure",
    "cut_count",
    "release",
    "released_cell",
    "seal",
    "sealed_leaf",
)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('day', 'month', 'key')", name=op.f("ck_seal_kind_is_known")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_seal_seals_begin_at_0")),
        sa.CheckConstraint("length(signature) = 64", name=op.f("ck_seal_signature_has_64_bytes")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seal")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_seal_kind_subject")),
    )
    op.create_table(
        "sealed_leaf",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('response', 'followup', 'log')", name=op.f("ck_sealed_leaf_kind_is_known")
        ),
        sa.CheckConstraint("length(leaf) = 32", name=op.f("ck_sealed_leaf_leaf_has_32_bytes")),
        sa.PrimaryKeyConstraint("day", "leaf", name=op.f("pk_sealed_leaf")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "verification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finished_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "differences >= 0", name=op.f("ck_verification_differences_are_counted")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_verification_finished_at", "verification", ["finished_at"], unique=False)
    _write_once()


def downgrade() -> None:
    """Take the schema back; what the tables held is gone."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in WRITTEN_ONCE:
        for what in ("changed", "deleted") if sqlite else ("changed", "emptied"):
            at = "" if sqlite else f" ON {table}"
            op.execute(f"DROP TRIGGER {table}_is_never_{what}{at}")
    if not sqlite:
        op.execute("DROP FUNCTION written_once()")
        op.execute("DROP FUNCTION only_emptied()")
    for table in ("verification", "sealed_leaf", "seal"):
        op.drop_table(table)


def _write_once() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in WRITTEN_ONCE:
            _write_once_in_sqlite(table)
        return
    op.execute(
        "CREATE FUNCTION written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is written once', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE FUNCTION only_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE "
        "kept text[] := TG_ARGV; BEGIN "
        "IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - kept = to_jsonb(OLD) - kept AND NOT EXISTS "
        "(SELECT 1 FROM unnest(kept) AS name WHERE to_jsonb(NEW) ->> name IS NOT NULL) "
        "THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION '% is written once', TG_TABLE_NAME; END $$"
    )
    for table in WRITTEN_ONCE:
        names = ", ".join(f"'{name}'" for name in ERASABLE.get(table, ()))
        refuses = f"only_emptied({names})" if names else "written_once()"
        op.execute(
            f"CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {refuses}"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION written_once()"
        )


def _write_once_in_sqlite(table: str) -> None:
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
    names = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    erasable = ERASABLE.get(table, ())
    changed = " OR ".join(
        f"NEW.{name} IS NOT NULL" if name in erasable else f"NEW.{name} IS NOT OLD.{name}"
        for name in names
    )
    only_if = f"WHEN {changed} " if erasable else ""
    op.execute(
        f"CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE ON {table} {only_if}{refusal}"
    )
    op.execute(f"CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table} {refusal}")
