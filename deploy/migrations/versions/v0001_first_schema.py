"""The first schema."""

import sqlalchemy as sa
from alembic import op

import survey.columns

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "officer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("nip", sa.String(length=18), nullable=True),
        sa.Column("staff_number", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("employment", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "employment IN ('PNS', 'PPPK', 'NON_ASN')", name=op.f("ck_officer_employment_is_known")
        ),
        sa.CheckConstraint("length(nip) = 18", name=op.f("ck_officer_nip_has_18_digits")),
        sa.CheckConstraint(
            "nip IS NOT NULL OR staff_number IS NOT NULL",
            name=op.f("ck_officer_officer_has_a_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("key", name=op.f("uq_officer_key")),
        sa.UniqueConstraint("nip", name=op.f("uq_officer_nip")),
        sa.UniqueConstraint("staff_number", name=op.f("uq_officer_staff_number")),
    )
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
    op.create_table(
        "service_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("element_order", sa.String(length=8), nullable=False),
        sa.Column("biaya_answers", sa.String(length=400), nullable=True),
        sa.Column("languages", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "element_order IN ('body', 'annex')",
            name=op.f("ck_service_unit_element_order_is_known"),
        ),
        sa.CheckConstraint(
            "parent_id <> id", name=op.f("ck_service_unit_unit_is_not_its_own_parent")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["service_unit.id"], name=op.f("fk_service_unit_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_service_unit_code")),
    )
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
    op.create_table(
        "closed_month",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("closed_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12",
            name=op.f("ck_closed_month_month_is_yyyymm"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_closed_month_unit_id")
        ),
        sa.PrimaryKeyConstraint("unit_id", "month", name=op.f("pk_closed_month")),
    )
    op.create_table(
        "desk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("public_key", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("opens_with", sa.String(length=5), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('counter', 'hall', 'mobile', 'online')", name=op.f("ck_desk_kind_is_known")
        ),
        sa.CheckConstraint(
            "opens_with IN ('faces', 'skm')", name=op.f("ck_desk_opens_with_is_known")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_desk_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk")),
        sa.UniqueConstraint("public_key", name=op.f("uq_desk_public_key")),
        sa.UniqueConstraint("unit_id", "code", name=op.f("uq_desk_unit_id_code")),
        sa.UniqueConstraint("unit_id", "id", name=op.f("uq_desk_unit_id_id")),
    )
    op.create_table(
        "duty_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recorded_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_duty_batch_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_batch")),
        sa.UniqueConstraint("unit_id", "number", name=op.f("uq_duty_batch_unit_id_number")),
    )
    op.create_table(
        "known_response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12",
            name=op.f("ck_known_response_month_is_yyyymm"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_known_response_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_response")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("detail_digest", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "length(detail_digest) = 32", name=op.f("ck_log_entry_detail_digest_has_32_bytes")
        ),
        sa.CheckConstraint("length(leaf) = 32", name=op.f("ck_log_entry_leaf_has_32_bytes")),
        sa.CheckConstraint("length(salt) = 16", name=op.f("ck_log_entry_salt_has_16_bytes")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_log_entry_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entry")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.create_index("ix_log_entry_recorded_at", ["recorded_at"], unique=False)

    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_service_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("unit_id", "code", name=op.f("uq_service_unit_id_code")),
        sa.UniqueConstraint("unit_id", "id", name=op.f("uq_service_unit_id_id")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("job_group", sa.String(length=80), nullable=False),
        sa.Column("head_id", sa.Integer(), nullable=True),
        sa.Column("assessor_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "ends_on >= starts_on", name=op.f("ck_assignment_assignment_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["assessor_id"], ["officer.id"], name=op.f("fk_assignment_assessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["duty_batch.id"], name=op.f("fk_assignment_batch_id")
        ),
        sa.ForeignKeyConstraint(["head_id"], ["officer.id"], name=op.f("fk_assignment_head_id")),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_assignment_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_assignment_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "officer_id",
            "unit_id",
            "starts_on",
            "batch_id",
            name=op.f("uq_assignment_officer_id_unit_id_starts_on_batch_id"),
        ),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_officer_id"), ["officer_id"], unique=False)

    op.create_table(
        "closing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("closed_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("rule_version", sa.String(length=20), nullable=False),
        sa.Column("rule_document", sa.Text(), nullable=False),
        sa.Column("method_version", sa.String(length=20), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("figures_digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "length(figures_digest) = 32", name=op.f("ck_closing_figures_digest_has_32_bytes")
        ),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12", name=op.f("ck_closing_month_is_yyyymm")
        ),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_closing_revisions_begin_at_0")),
        sa.ForeignKeyConstraint(
            ["unit_id", "month"],
            ["closed_month.unit_id", "closed_month.month"],
            name=op.f("fk_closing_unit_id_month"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_closing_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
        sa.UniqueConstraint("id", "unit_id", name=op.f("uq_closing_id_unit_id")),
        sa.UniqueConstraint(
            "unit_id", "month", "revision", name=op.f("uq_closing_unit_id_month_revision")
        ),
    )
    op.create_table(
        "desk_service",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id", "desk_id"],
            ["desk.unit_id", "desk.id"],
            name=op.f("fk_desk_service_unit_id_desk_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "service_id"],
            ["service.unit_id", "service.id"],
            name=op.f("fk_desk_service_unit_id_service_id"),
        ),
        sa.PrimaryKeyConstraint("desk_id", "service_id", name=op.f("pk_desk_service")),
    )
    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("first_slot", sa.SmallInteger(), nullable=False),
        sa.Column("end_slot", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "(weekday IS NULL) <> (day IS NULL)", name=op.f("ck_duty_duty_is_weekly_or_of_one_day")
        ),
        sa.CheckConstraint(
            "(weekday IS NULL) = (effective_from IS NULL)",
            name=op.f("ck_duty_weekly_duty_has_a_first_day"),
        ),
        sa.CheckConstraint(
            "0 <= first_slot AND first_slot < end_slot AND end_slot <= 48",
            name=op.f("ck_duty_duty_lies_within_a_day"),
        ),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_duty_weekday_is_1_to_7")),
        sa.CheckConstraint(
            "weekday IS NULL OR officer_id IS NOT NULL",
            name=op.f("ck_duty_weekly_duty_names_an_officer"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["duty_batch.id"], name=op.f("fk_duty_batch_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_duty_officer_id")),
        sa.ForeignKeyConstraint(
            ["unit_id", "desk_id"],
            ["desk.unit_id", "desk.id"],
            name=op.f("fk_duty_unit_id_desk_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "log_detail",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(salt) = 16", name=op.f("ck_log_detail_salt_has_16_bytes")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["log_entry.id"], name=op.f("fk_log_detail_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_log_detail")),
    )
    op.create_table(
        "response",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("half_hour", sa.Integer(), nullable=True),
        sa.Column("overall", sa.SmallInteger(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("receipt_digest", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('kiosk', 'kiosk_qr', 'ticket', 'desk_qr', 'paper')",
            name=op.f("ck_response_channel_is_known"),
        ),
        sa.CheckConstraint("length(leaf) = 32", name=op.f("ck_response_leaf_has_32_bytes")),
        sa.CheckConstraint(
            "length(receipt_digest) = 32", name=op.f("ck_response_receipt_digest_has_32_bytes")
        ),
        sa.CheckConstraint("length(salt) = 16", name=op.f("ck_response_salt_has_16_bytes")),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12", name=op.f("ck_response_month_is_yyyymm")
        ),
        sa.CheckConstraint("overall IN (1, 2, 3, 4)", name=op.f("ck_response_overall_is_1_to_4")),
        sa.ForeignKeyConstraint(["id"], ["known_response.id"], name=op.f("fk_response_id")),
        sa.ForeignKeyConstraint(
            ["unit_id", "desk_id"],
            ["desk.unit_id", "desk.id"],
            name=op.f("fk_response_unit_id_desk_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "service_id"],
            ["service.unit_id", "service.id"],
            name=op.f("fk_response_unit_id_service_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_response_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "month", "id", name=op.f("pk_response")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.create_index("ix_response_receipt_digest", ["receipt_digest"], unique=False)

    op.create_table(
        "ticket",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=True),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_ticket_digest_has_32_bytes")),
        sa.CheckConstraint("number > 0", name=op.f("ck_ticket_numbers_begin_at_1")),
        sa.ForeignKeyConstraint(
            ["unit_id", "desk_id"],
            ["desk.unit_id", "desk.id"],
            name=op.f("fk_ticket_unit_id_desk_id"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_ticket")),
        sa.UniqueConstraint("desk_id", "number", name=op.f("uq_ticket_desk_id_number")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "element_tally",
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=11), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('kiosk', 'kiosk_qr', 'ticket', 'desk_qr', 'paper')",
            name=op.f("ck_element_tally_channel_is_known"),
        ),
        sa.CheckConstraint("count > 0", name=op.f("ck_element_tally_counts_are_positive")),
        sa.CheckConstraint(
            "rating BETWEEN 1 AND 4", name=op.f("ck_element_tally_rating_is_1_to_4")
        ),
        sa.ForeignKeyConstraint(
            ["closing_id", "unit_id"],
            ["closing.id", "closing.unit_id"],
            name=op.f("fk_element_tally_closing_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_element_tally_desk_id")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_element_tally_service_id")
        ),
        sa.PrimaryKeyConstraint("closing_id", "id", name=op.f("pk_element_tally")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "followup",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("persyaratan", sa.SmallInteger(), nullable=True),
        sa.Column("prosedur", sa.SmallInteger(), nullable=True),
        sa.Column("waktu", sa.SmallInteger(), nullable=True),
        sa.Column("biaya", sa.SmallInteger(), nullable=True),
        sa.Column("produk", sa.SmallInteger(), nullable=True),
        sa.Column("kompetensi", sa.SmallInteger(), nullable=True),
        sa.Column("perilaku", sa.SmallInteger(), nullable=True),
        sa.Column("pengaduan", sa.SmallInteger(), nullable=True),
        sa.Column("sarana", sa.SmallInteger(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("comment_digest", sa.LargeBinary(), nullable=True),
        sa.Column("profile_digest", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("biaya IN (1, 2, 3, 4)", name=op.f("ck_followup_biaya_is_1_to_4")),
        sa.CheckConstraint(
            "kompetensi IN (1, 2, 3, 4)", name=op.f("ck_followup_kompetensi_is_1_to_4")
        ),
        sa.CheckConstraint(
            "length(comment_digest) = 32", name=op.f("ck_followup_comment_digest_has_32_bytes")
        ),
        sa.CheckConstraint("length(leaf) = 32", name=op.f("ck_followup_leaf_has_32_bytes")),
        sa.CheckConstraint(
            "length(profile_digest) = 32", name=op.f("ck_followup_profile_digest_has_32_bytes")
        ),
        sa.CheckConstraint("length(salt) = 16", name=op.f("ck_followup_salt_has_16_bytes")),
        sa.CheckConstraint(
            "pengaduan IN (1, 2, 3, 4)", name=op.f("ck_followup_pengaduan_is_1_to_4")
        ),
        sa.CheckConstraint("perilaku IN (1, 2, 3, 4)", name=op.f("ck_followup_perilaku_is_1_to_4")),
        sa.CheckConstraint(
            "persyaratan IN (1, 2, 3, 4)", name=op.f("ck_followup_persyaratan_is_1_to_4")
        ),
        sa.CheckConstraint("produk IN (1, 2, 3, 4)", name=op.f("ck_followup_produk_is_1_to_4")),
        sa.CheckConstraint("prosedur IN (1, 2, 3, 4)", name=op.f("ck_followup_prosedur_is_1_to_4")),
        sa.CheckConstraint("sarana IN (1, 2, 3, 4)", name=op.f("ck_followup_sarana_is_1_to_4")),
        sa.CheckConstraint("waktu IN (1, 2, 3, 4)", name=op.f("ck_followup_waktu_is_1_to_4")),
        sa.ForeignKeyConstraint(
            ["unit_id", "month", "response_id"],
            ["response.unit_id", "response.month", "response.id"],
            name=op.f("fk_followup_unit_id_month_response_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "service_id"],
            ["service.unit_id", "service.id"],
            name=op.f("fk_followup_unit_id_service_id"),
        ),
        sa.PrimaryKeyConstraint("unit_id", "month", "response_id", name=op.f("pk_followup")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "frozen_duty",
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_frozen_duty_duty_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["closing_id", "unit_id"],
            ["closing.id", "closing.unit_id"],
            name=op.f("fk_frozen_duty_closing_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_frozen_duty_desk_id")),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_frozen_duty_officer_id")
        ),
        sa.PrimaryKeyConstraint("closing_id", "desk_id", "starts", name=op.f("pk_frozen_duty")),
    )
    op.create_table(
        "officer_figure",
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("nip", sa.String(length=18), nullable=True),
        sa.Column("staff_number", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("employment", sa.String(length=8), nullable=True),
        sa.Column("basis", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("window_months", sa.SmallInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("n_month", sa.Integer(), nullable=False),
        sa.Column("sum_x", sa.String(length=24), nullable=True),
        sa.Column("index_raw", sa.String(length=6), nullable=True),
        sa.Column("interval_low", sa.String(length=6), nullable=True),
        sa.Column("interval_high", sa.String(length=6), nullable=True),
        sa.CheckConstraint(
            "basis IN ('no_duty', 'insufficient', 'indicative', 'publishable')",
            name=op.f("ck_officer_figure_basis_is_known"),
        ),
        sa.CheckConstraint("n >= 0", name=op.f("ck_officer_figure_n_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["closing_id", "unit_id"],
            ["closing.id", "closing.unit_id"],
            name=op.f("fk_officer_figure_closing_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_officer_figure_officer_id")
        ),
        sa.PrimaryKeyConstraint("closing_id", "officer_id", name=op.f("pk_officer_figure")),
    )
    op.create_table(
        "tally",
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("outage", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("combinations", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('kiosk', 'kiosk_qr', 'ticket', 'desk_qr', 'paper')",
            name=op.f("ck_tally_channel_is_known"),
        ),
        sa.CheckConstraint("count > 0", name=op.f("ck_tally_counts_are_positive")),
        sa.ForeignKeyConstraint(
            ["closing_id", "unit_id"],
            ["closing.id", "closing.unit_id"],
            name=op.f("fk_tally_closing_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_tally_desk_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_tally_officer_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_tally_service_id")),
        sa.PrimaryKeyConstraint("closing_id", "number", name=op.f("pk_tally")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "total_tally",
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("total", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('kiosk', 'kiosk_qr', 'ticket', 'desk_qr', 'paper')",
            name=op.f("ck_total_tally_channel_is_known"),
        ),
        sa.CheckConstraint("count > 0", name=op.f("ck_total_tally_counts_are_positive")),
        sa.CheckConstraint("total BETWEEN 9 AND 36", name=op.f("ck_total_tally_total_is_9_to_36")),
        sa.ForeignKeyConstraint(
            ["closing_id", "unit_id"],
            ["closing.id", "closing.unit_id"],
            name=op.f("fk_total_tally_closing_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_total_tally_desk_id")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_total_tally_service_id")
        ),
        sa.PrimaryKeyConstraint("closing_id", "id", name=op.f("pk_total_tally")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "private_text",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "field IN ('COMMENT', 'SEX', 'AGE', 'EDUCATION', 'OCCUPATION')",
            name=op.f("ck_private_text_field_is_known"),
        ),
        sa.CheckConstraint("length(salt) = 16", name=op.f("ck_private_text_salt_has_16_bytes")),
        sa.ForeignKeyConstraint(
            ["unit_id", "month", "response_id"],
            ["followup.unit_id", "followup.month", "followup.response_id"],
            name=op.f("fk_private_text_unit_id_month_response_id"),
        ),
        sa.PrimaryKeyConstraint(
            "unit_id", "month", "response_id", "field", name=op.f("pk_private_text")
        ),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_table("private_text")
    op.drop_table("total_tally")
    op.drop_table("tally")
    op.drop_table("officer_figure")
    op.drop_table("frozen_duty")
    op.drop_table("followup")
    op.drop_table("element_tally")
    op.drop_table("ticket")
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.drop_index("ix_response_receipt_digest")

    op.drop_table("response")
    op.drop_table("log_detail")
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_unit_id"))

    op.drop_table("duty")
    op.drop_table("desk_service")
    op.drop_table("closing")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_officer_id"))

    op.drop_table("assignment")
    op.drop_table("service")
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_log_entry_recorded_at")

    op.drop_table("log_entry")
    op.drop_table("known_response")
    op.drop_table("duty_batch")
    op.drop_table("desk")
    op.drop_table("closed_month")
    op.drop_table("staff_session")
    op.drop_table("service_unit")
    op.drop_table("one_time_link")
    op.drop_table("officer")
