"""Tablets: enrolment, what arrived, what they report; opening hours; taps that waited offline."""

import sqlalchemy as sa
from alembic import op

import survey.columns

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("service_unit", sa.Column("opening_hours", sa.String(length=200), nullable=True))

    # Minutes of taps of the last ten minutes: not worth carrying over.
    op.drop_table("recent_tap")
    op.create_table(
        "recent_tap",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("kept_until", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "at", "response_id", name=op.f("pk_recent_tap")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_recent_tap_kept_until", "recent_tap", ["kept_until"], unique=False)

    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("succeeds", sa.Uuid(), nullable=True),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=True),
        sa.Column("last_tapped_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("contacts >= 0", name=op.f("ck_device_contacts_are_counted")),
        sa.CheckConstraint(
            "(last_sequence IS NULL) = (last_tapped_at IS NULL)",
            name=op.f("ck_device_newest_tap_is_whole"),
        ),
        sa.ForeignKeyConstraint(["succeeds"], ["device.id"], name=op.f("fk_device_succeeds")),
        sa.ForeignKeyConstraint(
            ["unit_id", "desk_id"],
            ["desk.unit_id", "desk.id"],
            name=op.f("fk_device_unit_id_desk_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_device_desk_id", "device", ["desk_id"], unique=False)

    op.create_table(
        "device_range",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "first >= 0 AND first <= last", name=op.f("ck_device_range_range_runs_upwards")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_range_device_id")
        ),
        sa.PrimaryKeyConstraint("device_id", "first", name=op.f("pk_device_range")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "device_report",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("clock_offset", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.Column("next_sequence", sa.BigInteger(), nullable=False),
        sa.Column("persisted", sa.Boolean(), nullable=True),
        sa.Column("used_bytes", sa.BigInteger(), nullable=True),
        sa.Column("quota_bytes", sa.BigInteger(), nullable=True),
        sa.Column("battery", sa.Integer(), nullable=True),
        sa.Column("charging", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "waiting >= 0 AND set_aside >= 0", name=op.f("ck_device_report_queues_are_counted")
        ),
        sa.CheckConstraint(
            "next_sequence >= 0", name=op.f("ck_device_report_sequence_begins_at_0")
        ),
        sa.CheckConstraint(
            "battery BETWEEN 0 AND 100", name=op.f("ck_device_report_battery_is_percent")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_report_device_id")
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_report")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "enrolment",
        sa.Column("name", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("pin_salt", sa.LargeBinary(), nullable=False),
        sa.Column("pin_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("wrong_tries >= 0", name=op.f("ck_enrolment_tries_are_counted")),
        sa.CheckConstraint(
            "length(pin_salt) = 16", name=op.f("ck_enrolment_pin_salt_has_16_bytes")
        ),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_enrolment_digest_has_32_bytes")),
        sa.CheckConstraint(
            "length(pin_hash) = 32", name=op.f("ck_enrolment_pin_hash_has_32_bytes")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_enrolment_device_id")),
        sa.ForeignKeyConstraint(
            ["unit_id", "desk_id"],
            ["desk.unit_id", "desk.id"],
            name=op.f("fk_enrolment_unit_id_desk_id"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_enrolment")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the schema back; what the tables held is gone."""
    for table in ("enrolment", "device_report", "device_range", "device", "recent_tap"):
        op.drop_table(table)
    op.create_table(
        "recent_tap",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "at", "response_id", name=op.f("pk_recent_tap")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_recent_tap_at", "recent_tap", ["at"], unique=False)
    op.drop_column("service_unit", "opening_hours")
