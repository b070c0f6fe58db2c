"""Accounts, tokens, visits, outages."""

import sqlalchemy as sa
from alembic import op

import survey.columns

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "failed_sign_in",
        sa.Column("corner", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("failures > 0", name=op.f("ck_failed_sign_in_failures_are_positive")),
        sa.CheckConstraint(
            "length(corner) = 32", name=op.f("ck_failed_sign_in_corner_has_32_bytes")
        ),
        sa.PrimaryKeyConstraint("corner", name=op.f("pk_failed_sign_in")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_since", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "email = lower(email)", name=op.f("ck_account_email_is_in_small_letters")
        ),
        sa.CheckConstraint(
            "totp_secret IS NOT NULL OR totp_since IS NULL",
            name=op.f("ck_account_second_factor_has_a_secret"),
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_account_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("key", name=op.f("uq_account_key")),
        sa.UniqueConstraint("officer_id", name=op.f("uq_account_officer_id")),
    )
    op.create_table(
        "account_role",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "role IN ('operator', 'unit_head', 'assessor', 'hr', 'reviewer', 'officer', 'auditor')",
            name=op.f("ck_account_role_role_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_role_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_account_role_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_role")),
        sa.UniqueConstraint(
            "account_id", "role", "unit_id", name=op.f("uq_account_role_account_id_role_unit_id")
        ),
    )
    op.create_index(
        "uq_account_role_in_the_whole_tree",
        "account_role",
        ["account_id", "role"],
        unique=True,
        sqlite_where=sa.text("unit_id IS NULL"),
        postgresql_where=sa.text("unit_id IS NULL"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "expires_at > created_at", name=op.f("ck_api_token_token_lasts_a_while")
        ),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_api_token_digest_has_32_bytes")),
        sa.CheckConstraint("length(scopes) > 0", name=op.f("ck_api_token_token_has_a_scope")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_api_token_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_api_token_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_table(
        "outage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_outage_outage_says_why")),
        sa.CheckConstraint("starts < ends", name=op.f("ck_outage_outage_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["batch_id"], ["duty_batch.id"], name=op.f("fk_outage_batch_id")),
        sa.ForeignKeyConstraint(
            ["unit_id", "desk_id"],
            ["desk.unit_id", "desk.id"],
            name=op.f("fk_outage_unit_id_desk_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_outage_unit_id")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["duty_batch.id"], name=op.f("fk_outage_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    op.create_index(op.f("ix_outage_unit_id"), "outage", ["unit_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("used_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(digest) = 32", name=op.f("ck_recovery_code_digest_has_32_bytes")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_code")),
    )
    op.create_index(
        op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"], unique=False
    )
    op.create_table(
        "visit",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("half_hour", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["duty_batch.id"], name=op.f("fk_visit_batch_id")),
        sa.ForeignKeyConstraint(
            ["unit_id", "desk_id"],
            ["desk.unit_id", "desk.id"],
            name=op.f("fk_visit_unit_id_desk_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "service_id"],
            ["service.unit_id", "service.id"],
            name=op.f("fk_visit_unit_id_service_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_visit_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "day", "number", name=op.f("pk_visit")),
        sqlite_with_rowid=False,
    )
    # Links and sessions of no account mean nothing any more; they live for hours.
    op.drop_table("one_time_link")
    op.create_table(
        "one_time_link",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(digest) = 32", name=op.f("ck_one_time_link_digest_has_32_bytes")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_one_time_link_account_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_one_time_link")),
    )
    op.drop_table("staff_session")
    op.create_table(
        "staff_session",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("started_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("verified_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(digest) = 32", name=op.f("ck_staff_session_digest_has_32_bytes")
        ),
        sa.CheckConstraint(
            "started_at <= seen_at", name=op.f("ck_staff_session_session_is_seen_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_staff_session_account_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_session")),
    )
    op.create_index(
        op.f("ix_staff_session_account_id"), "staff_session", ["account_id"], unique=False
    )
    # Written out, because a table that others refer to cannot be built anew on SQLite.
    op.execute(
        "ALTER TABLE service_unit ADD COLUMN accent VARCHAR(7) "
        "CONSTRAINT ck_service_unit_accent_is_a_colour CHECK (accent LIKE '#______')"
    )
    op.add_column(
        "service_unit", sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False)
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_column("service_unit", "active")
    op.drop_column("service_unit", "accent")
    op.drop_table("staff_session")
    op.create_table(
        "staff_session",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(digest) = 32", name=op.f("ck_staff_session_digest_has_32_bytes")
        ),
        sa.CheckConstraint(
            "started_at <= seen_at", name=op.f("ck_staff_session_session_is_seen_after_it_starts")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_session")),
    )
    op.drop_table("one_time_link")
    op.create_table(
        "one_time_link",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("expires_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(digest) = 32", name=op.f("ck_one_time_link_digest_has_32_bytes")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_one_time_link")),
    )
    for table in (
        "visit",
        "recovery_code",
        "outage",
        "api_token",
        "account_role",
        "account",
        "failed_sign_in",
    ):
        op.drop_table(table)
