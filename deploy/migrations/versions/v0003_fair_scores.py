"""Rules, screening, decisions, objections and revisions, and the figures that they need."""

import json

import sqlalchemy as sa
from alembic import op

import survey.columns

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the schema forward."""
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

    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decided_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_name", sa.String(length=120), nullable=True),
        sa.Column("proposal", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "decision IN ('above_expectation', 'as_expected', 'below_expectation')",
            name=op.f("ck_decision_decision_is_known"),
        ),
        sa.CheckConstraint(
            "proposal IN ('above_expectation', 'as_expected', 'below_expectation')",
            name=op.f("ck_decision_proposal_is_known"),
        ),
        sa.CheckConstraint(
            "decision = proposal OR length(reason) > 0",
            name=op.f("ck_decision_changed_proposal_says_why"),
        ),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12", name=op.f("ck_decision_month_is_yyyymm")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_decision_officer_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_decision_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_unit_id_month", "decision", ["unit_id", "month"], unique=False)

    op.create_table(
        "inquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("opened_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('invitation_skew', 'trading')", name=op.f("ck_inquiry_kind_is_known")
        ),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12", name=op.f("ck_inquiry_month_is_yyyymm")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_inquiry_officer_id")),
        sa.ForeignKeyConstraint(["other_id"], ["officer.id"], name=op.f("fk_inquiry_other_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_inquiry_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
        sa.UniqueConstraint(
            "unit_id",
            "month",
            "kind",
            "officer_id",
            "other_id",
            name=op.f("uq_inquiry_unit_id_month_kind_officer_id_other_id"),
        ),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12", name=op.f("ck_letter_month_is_yyyymm")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_letter_officer_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_letter_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint(
            "unit_id", "month", "officer_id", name=op.f("uq_letter_unit_id_month_officer_id")
        ),
        sa.UniqueConstraint(
            "unit_id", "year", "number", name=op.f("uq_letter_unit_id_year_number")
        ),
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("filed_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_objection_objection_says_why")),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12",
            name=op.f("ck_objection_month_is_yyyymm"),
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_objection_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_objection_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint(
            "unit_id",
            "month",
            "officer_id",
            "revision",
            name=op.f("uq_objection_unit_id_month_officer_id_revision"),
        ),
    )
    op.create_index("ix_objection_officer_id", "objection", ["officer_id"], unique=False)

    op.create_table(
        "scoring_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("job_group", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("effective_from", survey.columns.MonthColumn(), nullable=False),
        sa.Column("drafted_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "effective_from > 100 AND effective_from % 100 BETWEEN 1 AND 12",
            name=op.f("ck_scoring_rule_effective_from_is_yyyymm"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_scoring_rule_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_rule")),
        sa.UniqueConstraint("version", name=op.f("uq_scoring_rule_version")),
    )
    op.create_index(op.f("ix_scoring_rule_unit_id"), "scoring_rule", ["unit_id"], unique=False)

    op.create_table(
        "screening_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("decided_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("admitted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_screening_review_review_says_why")),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12",
            name=op.f("ck_screening_review_month_is_yyyymm"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_screening_review_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_review")),
    )
    op.create_index(
        op.f("ix_screening_review_unit_id"), "screening_review", ["unit_id"], unique=False
    )

    op.create_table(
        "superior_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("written_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "kind IN ('feedback', 'appreciation', 'agreement')",
            name=op.f("ck_superior_note_kind_is_known"),
        ),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_superior_note_note_says_something")),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12",
            name=op.f("ck_superior_note_month_is_yyyymm"),
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_superior_note_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_superior_note_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_superior_note")),
    )
    op.create_index("ix_superior_note_officer_id", "superior_note", ["officer_id"], unique=False)

    op.create_table(
        "batch_decision",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["duty_batch.id"], name=op.f("fk_batch_decision_batch_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batch_decision")),
    )
    op.create_table(
        "inquiry_answer",
        sa.Column("inquiry_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.String(length=80), nullable=False),
        sa.Column("founded", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "length(text) > 0", name=op.f("ck_inquiry_answer_answer_says_something")
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_inquiry_answer_inquiry_id")
        ),
        sa.PrimaryKeyConstraint("inquiry_id", name=op.f("pk_inquiry_answer")),
    )
    op.create_table(
        "objection_answer",
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.String(length=80), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_objection_answer_answer_says_why")),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objection.id"], name=op.f("fk_objection_answer_objection_id")
        ),
        sa.PrimaryKeyConstraint("objection_id", name=op.f("pk_objection_answer")),
    )
    op.create_table(
        "revision_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("requested_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.Column("ground", sa.String(length=10), nullable=False),
        sa.Column("objection_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("late_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "ground IN ('objection', 'late', 'duty', 'screening')",
            name=op.f("ck_revision_request_ground_is_known"),
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_revision_request_request_says_why")),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12",
            name=op.f("ck_revision_request_month_is_yyyymm"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["duty_batch.id"], name=op.f("fk_revision_request_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objection.id"], name=op.f("fk_revision_request_objection_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_revision_request_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_request")),
    )
    op.create_index("ix_revision_request_unit_id", "revision_request", ["unit_id"], unique=False)

    op.create_table(
        "rule_decision",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["scoring_rule.id"], name=op.f("fk_rule_decision_rule_id")
        ),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_rule_decision")),
    )
    op.create_table(
        "slip_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "0 < first_number AND first_number <= last_number",
            name=op.f("ck_slip_count_slips_are_some"),
        ),
        sa.CheckConstraint("starts < ends", name=op.f("ck_slip_count_slips_end_after_they_start")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["duty_batch.id"], name=op.f("fk_slip_count_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "desk_id"],
            ["desk.unit_id", "desk.id"],
            name=op.f("fk_slip_count_unit_id_desk_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_slip_count_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["duty_batch.id"], name=op.f("fk_slip_count_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_count")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_slip_count_unit_id"), "slip_count", ["unit_id"], unique=False)

    op.create_table(
        "closing_rule",
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("mu", sa.String(length=6), nullable=True),
        sa.Column("service_means", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closing_id", "unit_id"],
            ["closing.id", "closing.unit_id"],
            name=op.f("fk_closing_rule_closing_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("closing_id", "version", name=op.f("pk_closing_rule")),
    )
    op.create_table(
        "finding",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('fast_taps', 'burst', 'staff_browser', 'same_device', 'straight_line', "
            "'closed_hours', 'more_than_served')",
            name=op.f("ck_finding_reason_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "month", "response_id"],
            ["response.unit_id", "response.month", "response.id"],
            name=op.f("fk_finding_unit_id_month_response_id"),
        ),
        sa.PrimaryKeyConstraint(
            "unit_id", "month", "response_id", "reason", name=op.f("pk_finding")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reviewed_response",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["screening_review.id"], name=op.f("fk_reviewed_response_review_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "month", "response_id"],
            ["response.unit_id", "response.month", "response.id"],
            name=op.f("fk_reviewed_response_unit_id_month_response_id"),
        ),
        sa.PrimaryKeyConstraint(
            "unit_id", "month", "response_id", name=op.f("pk_reviewed_response")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revision_decision",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("closing_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "approved = (closing_id IS NOT NULL)",
            name=op.f("ck_revision_decision_approved_request_made_a_closing"),
        ),
        sa.ForeignKeyConstraint(
            ["closing_id"], ["closing.id"], name=op.f("fk_revision_decision_closing_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["revision_request.id"], name=op.f("fk_revision_decision_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_revision_decision")),
    )
    op.add_column(
        "closing", sa.Column("elements", sa.String(length=200), server_default="", nullable=False)
    )
    op.add_column("closing", sa.Column("late_until", sa.Date(), nullable=True))
    op.add_column("closing", sa.Column("prepared_by", sa.String(length=80), nullable=True))

    op.add_column(
        "duty_batch",
        sa.Column("needs_approval", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "duty_batch",
        sa.Column("checked_in", sa.Boolean(), server_default=sa.false(), nullable=False),
    )

    op.add_column(
        "officer_figure",
        sa.Column("rule_version", sa.String(length=20), server_default="1", nullable=False),
    )
    op.add_column(
        "officer_figure",
        sa.Column("job_group", sa.String(length=80), server_default="", nullable=False),
    )
    op.add_column(
        "officer_figure", sa.Column("computed_in", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("officer_figure", sa.Column("covered", sa.Integer(), nullable=True))
    op.add_column("officer_figure", sa.Column("visits", sa.Integer(), nullable=True))
    op.add_column("officer_figure", sa.Column("index_shrunk", sa.String(length=6), nullable=True))
    op.add_column("officer_figure", sa.Column("index_mix", sa.String(length=6), nullable=True))
    op.add_column("officer_figure", sa.Column("index_other", sa.String(length=6), nullable=True))
    op.add_column("officer_figure", sa.Column("wide_low", sa.String(length=6), nullable=True))
    op.add_column("officer_figure", sa.Column("wide_high", sa.String(length=6), nullable=True))
    op.add_column(
        "officer_figure", sa.Column("component_value", sa.String(length=16), nullable=True)
    )
    op.add_column("officer_figure", sa.Column("contribution", sa.String(length=16), nullable=True))
    op.add_column("officer_figure", sa.Column("proposal", sa.String(length=20), nullable=True))

    op.add_column(
        "tally", sa.Column("quarantined", sa.Boolean(), server_default=sa.false(), nullable=False)
    )

    _keep_what_was_closed()


def downgrade() -> None:
    """Take the schema back."""
    op.drop_column("tally", "quarantined")

    op.drop_column("officer_figure", "proposal")
    op.drop_column("officer_figure", "contribution")
    op.drop_column("officer_figure", "component_value")
    op.drop_column("officer_figure", "wide_high")
    op.drop_column("officer_figure", "wide_low")
    op.drop_column("officer_figure", "index_other")
    op.drop_column("officer_figure", "index_mix")
    op.drop_column("officer_figure", "index_shrunk")
    op.drop_column("officer_figure", "visits")
    op.drop_column("officer_figure", "covered")
    op.drop_column("officer_figure", "computed_in")
    op.drop_column("officer_figure", "job_group")
    op.drop_column("officer_figure", "rule_version")

    op.drop_column("duty_batch", "checked_in")
    op.drop_column("duty_batch", "needs_approval")

    op.drop_column("closing", "prepared_by")
    op.drop_column("closing", "late_until")
    op.drop_column("closing", "elements")

    op.drop_table("revision_decision")
    op.drop_table("reviewed_response")
    op.drop_table("finding")
    op.drop_table("closing_rule")

    op.drop_table("slip_count")
    op.drop_table("rule_decision")

    op.drop_table("revision_request")
    op.drop_table("objection_answer")
    op.drop_table("inquiry_answer")
    op.drop_table("batch_decision")

    op.drop_table("superior_note")

    op.drop_table("screening_review")

    op.drop_table("scoring_rule")

    op.drop_table("objection")
    op.drop_table("letter")
    op.drop_table("inquiry")

    op.drop_table("decision")

    op.drop_table("recent_tap")


def _keep_what_was_closed() -> None:
    """Give closings made before their rule as a row, and the elements they were tallied by."""
    connection = op.get_bind()
    closings = connection.execute(
        sa.text("SELECT id, unit_id, rule_version, rule_document FROM closing")
    ).all()
    for id_, unit_id, version, document in closings:
        codes = " ".join(code for code, _ in json.loads(document)["elements"])
        of = {"id": id_, "unit": unit_id, "version": version, "document": document}
        connection.execute(
            sa.text(
                "INSERT INTO closing_rule (closing_id, version, unit_id, document, n, "
                "service_means) VALUES (:id, :version, :unit, :document, 0, '{}')"
            ),
            of,
        )
        connection.execute(
            sa.text("UPDATE closing SET elements = :codes WHERE id = :id"),
            {"codes": codes, "id": id_},
        )
        connection.execute(
            sa.text("UPDATE officer_figure SET rule_version = :version WHERE closing_id = :id"),
            {"version": version, "id": id_},
        )
