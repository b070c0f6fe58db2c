"""Who signs in at the office's own provider of identities, and which sessions it opened."""

import sqlalchemy as sa
from alembic import op

import survey.columns

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "oidc_identity",
        sa.Column("issuer", sa.String(length=400), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("linked_at", survey.columns.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(subject) > 0", name=op.f("ck_oidc_identity_subject_is_named")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_oidc_identity_account_id")
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_oidc_identity")),
        sa.UniqueConstraint(
            "issuer", "account_id", name=op.f("uq_oidc_identity_issuer_account_id")
        ),
    )
    op.add_column(
        "staff_session",
        sa.Column("by_provider", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    """Take the schema back: accounts stay, and whom they belong to at the provider is forgotten."""
    op.drop_column("staff_session", "by_provider")
    op.drop_table("oidc_identity")
