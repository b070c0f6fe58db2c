"""Tables of who may come in: accounts, what they may see, links, sessions, tokens (method §9).

Of every secret only a digest is kept, and of a second factor's only its encrypted form: a copy of
the database opens nothing.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlmodel import Field, SQLModel

from aggregation.access.roles import Role
from survey.columns import UTCDateTime
from survey.constraints import digest_rule, one_of

# A unique constraint takes two rows without a unit for different ones.
_WHOLE_TREE = text("unit_id IS NULL")


class Account(SQLModel, table=True):
    """Somebody who may sign in. Logs and addresses name an account by its random key.

    There is no password until the invitation is accepted. An account is switched off, never
    deleted: what it did stays attributed. `digest` is whether alerts come by mail too.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_in_small_letters"),
        CheckConstraint(
            "totp_secret IS NOT NULL OR totp_since IS NULL", name="second_factor_has_a_secret"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_type=String(12), unique=True)
    email: str = Field(sa_type=String(254), unique=True)
    name: str = Field(sa_type=String(120))
    officer_id: int | None = Field(default=None, foreign_key="officer.id", unique=True)
    password_hash: str | None = Field(default=None, sa_type=String(200))
    totp_secret: bytes | None = Field(default=None, sa_type=LargeBinary)
    totp_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    totp_step: int | None = None
    active: bool = True
    digest: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    created_at: datetime = Field(sa_type=UTCDateTime)


class AccountRole(SQLModel, table=True):
    """A role for a branch of the unit tree; without a unit it holds for the whole tree."""

    __tablename__ = "account_role"
    __table_args__ = (
        one_of("role", Role),
        UniqueConstraint("account_id", "role", "unit_id"),
        Index(
            "uq_account_role_in_the_whole_tree",
            "account_id",
            "role",
            unique=True,
            sqlite_where=_WHOLE_TREE,
            postgresql_where=_WHOLE_TREE,
        ),
    )

    id: UUID = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    role: str = Field(sa_type=String(10))
    unit_id: int | None = Field(default=None, foreign_key="service_unit.id")


class RecoveryCode(SQLModel, table=True):
    """A code that stands in for the second factor once."""

    __tablename__ = "recovery_code"
    __table_args__ = (digest_rule("digest"),)

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    account_id: int = Field(foreign_key="account.id", index=True)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class FailedSignIn(SQLModel, table=True):
    """How often signing in failed from one corner; the corner is a digest, kept for hours."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (
        digest_rule("corner"),
        CheckConstraint("failures > 0", name="failures_are_positive"),
    )

    corner: bytes = Field(primary_key=True, sa_type=LargeBinary)
    failures: int
    last_at: datetime = Field(sa_type=UTCDateTime)


class OneTimeLink(SQLModel, table=True):
    """A link into the staff site that works once and not for long; only its digest is kept.

    The link that sets an empty installation up belongs to no account yet.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (digest_rule("digest"),)

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    purpose: str = Field(sa_type=String(20))
    account_id: int | None = Field(default=None, foreign_key="account.id")
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class StaffSession(SQLModel, table=True):
    """A session of the staff site: the digest of its key, so that ending it really ends it.

    `verified_at` is when the second factor was given; until then an account that has one gets no
    further than to the question for it. `by_provider` is whether the office's own provider of
    identities opened it; what that provider asserted of a second factor then holds.
    """

    __tablename__ = "staff_session"
    __table_args__ = (
        digest_rule("digest"),
        CheckConstraint("started_at <= seen_at", name="session_is_seen_after_it_starts"),
    )

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    account_id: int = Field(foreign_key="account.id", index=True)
    device: str = Field(default="", sa_type=String(80))
    started_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    verified_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    by_provider: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class OidcIdentity(SQLModel, table=True):
    """Who signs in to an account at the office's own provider of identities, which names it once.

    `roles` are those that the provider gave the account and may take away again, as
    ``hr@*, unit_head@7``: the role and the unit's number.
    """

    __tablename__ = "oidc_identity"
    __table_args__ = (
        UniqueConstraint("issuer", "account_id"),
        CheckConstraint("length(subject) > 0", name="subject_is_named"),
    )

    issuer: str = Field(primary_key=True, sa_type=String(400))
    subject: str = Field(primary_key=True, sa_type=String(255))
    account_id: int = Field(foreign_key="account.id")
    roles: str = Field(default="", sa_type=Text)
    linked_at: datetime = Field(sa_type=UTCDateTime)


class ApiToken(SQLModel, table=True):
    """A program's way in: shown once, kept as a digest, for some scopes, a branch and a time."""

    __tablename__ = "api_token"
    __table_args__ = (
        digest_rule("digest"),
        CheckConstraint("expires_at > created_at", name="token_lasts_a_while"),
        CheckConstraint("length(scopes) > 0", name="token_has_a_scope"),
    )

    id: UUID = Field(primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary, unique=True)
    hint: str = Field(sa_type=String(8))
    name: str = Field(sa_type=String(120))
    scopes: str = Field(sa_type=String(200))
    unit_id: int | None = Field(default=None, foreign_key="service_unit.id")
    created_by: int = Field(foreign_key="account.id")
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
