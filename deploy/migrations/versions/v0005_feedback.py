"""What closed periods let be seen; comments, follow-up register, reports, publications, alerts."""

import sqlalchemy as sa
from alembic import op

import survey.columns

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("raised_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('drop', 'tablet', 'improvement', 'quarantine', 'comment', 'verify')",
            name=op.f("ck_alert_kind_is_known"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_alert_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(
        "ix_alert_open",
        "alert",
        ["unit_id", "kind", "subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_alert_newest", "alert", ["unit_id", "raised_at"], unique=False)
    op.add_column(
        "account", sa.Column("digest", sa.Boolean(), server_default=sa.true(), nullable=False)
    )

    op.create_table(
        "comment_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint("size >= 5", name=op.f("ck_comment_batch_batches_have_five")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_comment_batch_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_batch")),
    )
    op.create_index("ix_comment_batch_unit_id", "comment_batch", ["unit_id"], unique=False)

    op.create_table(
        "evidence_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'image/jpeg', 'image/png', 'image/webp')",
            name=op.f("ck_evidence_file_media_type_is_known"),
        ),
        sa.CheckConstraint(
            "length(digest) = 32", name=op.f("ck_evidence_file_digest_has_32_bytes")
        ),
        sa.CheckConstraint(
            "size > 0 AND size <= 2097152", name=op.f("ck_evidence_file_size_is_at_most_2_mib")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_evidence_file_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_file")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_evidence_file_unit_id", "evidence_file", ["unit_id"], unique=False)

    op.create_table(
        "improvement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("element", sa.String(length=11), nullable=True),
        sa.Column("said", sa.String(length=300), nullable=False),
        sa.Column("action", sa.String(length=400), nullable=False),
        sa.Column("horizon", sa.String(length=6), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("responsible", sa.String(length=120), nullable=False),
        sa.Column("opened_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "element IN ('PERSYARATAN', 'PROSEDUR', 'WAKTU', 'BIAYA', 'PRODUK', "
            "'KOMPETENSI', 'PERILAKU', 'PENGADUAN', 'SARANA')",
            name=op.f("ck_improvement_element_is_known"),
        ),
        sa.CheckConstraint(
            "horizon IN ('short', 'medium', 'long')", name=op.f("ck_improvement_horizon_is_known")
        ),
        sa.CheckConstraint("length(action) > 0", name=op.f("ck_improvement_action_is_said")),
        sa.CheckConstraint(
            "length(responsible) > 0", name=op.f("ck_improvement_somebody_is_responsible")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_improvement_numbers_begin_at_1")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_improvement_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement")),
        sa.UniqueConstraint("unit_id", "number", name=op.f("uq_improvement_unit_id_number")),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("recency", sa.Integer(), nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("published_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", survey.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.CheckConstraint("issue > 0", name=op.f("ck_publication_issues_begin_at_1")),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_publication_digest_has_32_bytes")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_publication_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint(
            "unit_id", "period", "issue", name=op.f("uq_publication_unit_id_period_issue")
        ),
    )
    op.create_index(
        "ix_publication_standing",
        "publication",
        ["unit_id", "recency", "issue"],
        unique=False,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )

    op.create_table(
        "release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("released_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("importance", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_release_releases_begin_at_0")),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_release_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("id", "unit_id", name=op.f("uq_release_id_unit_id")),
        sa.UniqueConstraint(
            "unit_id", "period", "number", name=op.f("uq_release_unit_id_period_number")
        ),
    )
    op.create_table(
        "report_text",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("part", sa.String(length=24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_report_text_unit_id")
        ),
        sa.PrimaryKeyConstraint("unit_id", "period", "part", name=op.f("pk_report_text")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alert_mail",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("mailed_on", sa.Date(), nullable=False),
        sa.Column("in_digest", sa.Boolean(), nullable=False),
        sa.Column("refused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_alert_mail_account_id")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_mail_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", "account_id", name=op.f("pk_alert_mail")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alert_seen",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_alert_seen_account_id")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_seen_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", "account_id", name=op.f("pk_alert_seen")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("masked", sa.Integer(), nullable=False),
        sa.CheckConstraint("masked >= 0", name=op.f("ck_comment_masked_parts_are_counted")),
        sa.CheckConstraint(
            "month > 100 AND month % 100 BETWEEN 1 AND 12", name=op.f("ck_comment_month_is_yyyymm")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["comment_batch.id"], name=op.f("fk_comment_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "desk_id"],
            ["desk.unit_id", "desk.id"],
            name=op.f("fk_comment_unit_id_desk_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_comment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_comment_unit_id", "comment", ["unit_id"], unique=False)

    op.create_table(
        "improvement_file",
        sa.Column("improvement_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["evidence_file.id"], name=op.f("fk_improvement_file_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_improvement_file_improvement_id")
        ),
        sa.PrimaryKeyConstraint("improvement_id", "file_id", name=op.f("pk_improvement_file")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "improvement_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("improvement_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.String(length=80), nullable=False),
        sa.Column("progress", sa.String(length=8), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("is_public", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("responsible", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(progress = 'done') = (done_on IS NOT NULL)",
            name=op.f("ck_improvement_step_done_has_a_day"),
        ),
        sa.CheckConstraint(
            "progress IN ('planned', 'running', 'done', 'dropped')",
            name=op.f("ck_improvement_step_progress_is_known"),
        ),
        sa.CheckConstraint(
            "progress NOT IN ('done', 'dropped') OR length(text) > 0",
            name=op.f("ck_improvement_step_the_end_is_explained"),
        ),
        sa.ForeignKeyConstraint(
            ["improvement_id"], ["improvement.id"], name=op.f("fk_improvement_step_improvement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_step")),
    )
    op.create_index(
        "ix_improvement_step_improvement_id", "improvement_step", ["improvement_id"], unique=False
    )

    op.create_table(
        "issued_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=80), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("xlsx", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "length(digest) = 32", name=op.f("ck_issued_report_digest_has_32_bytes")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_issued_report_numbers_begin_at_1")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_issued_report_release_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_issued_report_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_report")),
        sa.UniqueConstraint(
            "unit_id", "year", "number", name=op.f("uq_issued_report_unit_id_year_number")
        ),
    )
    op.create_table(
        "publication_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("medium", sa.String(length=8), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=400), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("noted_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "medium IN ('website', 'social', 'screen', 'printed', 'press', 'other')",
            name=op.f("ck_publication_note_medium_is_known"),
        ),
        sa.CheckConstraint("length(place) > 0", name=op.f("ck_publication_note_place_is_said")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["evidence_file.id"], name=op.f("fk_publication_note_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_publication_note_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_note")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_publication_note_unit_id", "publication_note", ["unit_id"], unique=False)

    op.create_table(
        "published_card",
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("card_format", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "card_format IN ('png', 'svg', 'pdf')",
            name=op.f("ck_published_card_card_format_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_published_card_publication_id")
        ),
        sa.PrimaryKeyConstraint(
            "publication_id", "card_format", "language", name=op.f("pk_published_card")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "released_cell",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("cut", sa.String(length=10), nullable=False),
        sa.Column("cell", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "cut IN ('WHOLE', 'SERVICE', 'CHANNEL', 'DESK', 'TIME', 'SEX', 'AGE', 'EDUCATION', "
            "'OCCUPATION')",
            name=op.f("ck_released_cell_cut_is_known"),
        ),
        sa.CheckConstraint(
            "(n IS NULL) = (counts IS NULL)", name=op.f("ck_released_cell_hidden_cells_say_nothing")
        ),
        sa.CheckConstraint(
            "n = 0 OR n >= 10", name=op.f("ck_released_cell_small_cells_are_hidden")
        ),
        sa.ForeignKeyConstraint(
            ["release_id", "unit_id"],
            ["release.id", "release.unit_id"],
            name=op.f("fk_released_cell_release_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("release_id", "cut", "cell", name=op.f("pk_released_cell")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comment_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("done_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(act = 'forwarded') = (officer_id IS NOT NULL)",
            name=op.f("ck_comment_step_praise_has_a_name"),
        ),
        sa.CheckConstraint(
            "(act IN ('answered', 'assigned')) = (length(text) > 0)",
            name=op.f("ck_comment_step_answers_and_assignments_say_something"),
        ),
        sa.CheckConstraint(
            "act IN ('read', 'assigned', 'answered', 'forwarded', 'referred', 'closed', "
            "'reopened')",
            name=op.f("ck_comment_step_act_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_step_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_comment_step_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_step")),
    )
    op.create_index("ix_comment_step_comment_id", "comment_step", ["comment_id"], unique=False)

    op.create_table(
        "comment_tag",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=11), nullable=False),
        sa.Column("tagged_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "element IN ('PERSYARATAN', 'PROSEDUR', 'WAKTU', 'BIAYA', 'PRODUK', "
            "'KOMPETENSI', 'PERILAKU', 'PENGADUAN', 'SARANA')",
            name=op.f("ck_comment_tag_element_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_tag_comment_id")
        ),
        sa.PrimaryKeyConstraint("comment_id", "element", name=op.f("pk_comment_tag")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cut_count",
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("cut", sa.String(length=10), nullable=False),
        sa.Column("cell", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "cut IN ('WHOLE', 'SERVICE', 'CHANNEL', 'DESK', 'TIME', 'SEX', 'AGE', 'EDUCATION', "
            "'OCCUPATION')",
            name=op.f("ck_cut_count_cut_is_known"),
        ),
        sa.CheckConstraint("n > 0", name=op.f("ck_cut_count_counts_are_positive")),
        sa.ForeignKeyConstraint(
            ["closing_id", "unit_id"],
            ["closing.id", "closing.unit_id"],
            name=op.f("fk_cut_count_closing_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("closing_id", "cut", "cell", name=op.f("pk_cut_count")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comment_source",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", survey.columns.MonthColumn(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_source_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "month", "response_id"],
            ["followup.unit_id", "followup.month", "followup.response_id"],
            name=op.f("fk_comment_source_unit_id_month_response_id"),
        ),
        sa.PrimaryKeyConstraint("unit_id", "month", "response_id", name=op.f("pk_comment_source")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_comment_source_comment_id")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the schema back; what the tables held is gone."""
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("account", "digest")


_TABLES = (
    "comment_source",
    "cut_count",
    "comment_tag",
    "comment_step",
    "released_cell",
    "published_card",
    "publication_note",
    "issued_report",
    "improvement_step",
    "improvement_file",
    "comment",
    "alert_seen",
    "alert_mail",
    "report_text",
    "release",
    "publication",
    "improvement",
    "evidence_file",
    "comment_batch",
    "alert",
)
"""Each before those it refers to."""
