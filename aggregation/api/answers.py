"""What is sent, field by field, as the contract tells it."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from aggregation.appraisal.monthly_scores import Stage
from aggregation.method.component import Proposal
from aggregation.method.evidence import Basis

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Link = Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
Points = Annotated[
    Decimal | None, Field(description="25.00 to 100.00; null unless basis is publishable.")
]
Withheld = Annotated[Decimal | None, Field(description="Null unless basis is publishable.")]


class Employment(StrEnum):
    """What an officer is employed as; empty if that was erased."""

    PNS = "PNS"
    PPPK = "PPPK"
    NON_ASN = "NON_ASN"
    ERASED = ""


class Score(BaseModel):
    """What a revision says of one officer.

    Unless the basis is publishable, every number but n and coverage is null and reason says why.
    """

    officer_key: str = Field(description="Random key of the officer; it tells nothing.")
    nip: str | None = Field(description="18 digits; null for those who have none.")
    staff_number: str | None = Field(description="The office's own number.")
    name: str
    employment: Employment
    unit: str = Field(description="Code of the unit.")
    month: str = Field(description="YYYY-MM.")
    revision: int = Field(ge=0, description="0 at the close, one more for each correction.")
    basis: Basis = Field(description="How much stands behind the figures.")
    stage: Stage = Field(description="Whether objections are still possible or open.")
    window_months: int = Field(ge=1, description="Closed months that the figures rest on.")
    n: int = Field(ge=0, description="Responses of the window that say something of the officer.")
    coverage: Decimal | None = Field(description="Responses ÷ visits, if visits are known.")
    index_raw: Points
    index: Points = Field(description="Shrunk towards the unit's mean; the component follows it.")
    interval_low: Points
    interval_high: Points
    reliability: Withheld
    component_value: Withheld
    share_percent: Withheld
    contribution: Withheld
    proposal: Proposal | None = Field(description="What the rule proposes; a person decides.")
    decision: Proposal | None = Field(description="What the assessor decided; null until then.")
    decided_by: str | None = Field(description="The assessor's name at that time.")
    decided_at: Time | None
    rule_version: str
    method_version: str
    statement_url: Link | None = Field(description="A page for people who may see scores.")
    reason: str | None = Field(description="Why there are no numbers, in Indonesian.")


class ScoresPage(BaseModel):
    """The rows of one revision, by officer key, at most 200 on a page."""

    unit: str
    month: str
    revision: int = Field(ge=0)
    closed_at: Time
    figures_digest: str = Field(description="SHA-256 of the revision's figures, hexadecimal.")
    rows: list[Score]
    next: Link | None = Field(
        description="The next page, of the same revision at the same moment; null on the last."
    )


class OfficerScores(BaseModel):
    """One officer's rows, by month and unit, each of its newest revision."""

    officer_key: str
    rows: list[Score]


class ClosedMonthOf(BaseModel):
    """A month that is in a figure."""

    month: str
    revision: int = Field(ge=0)


class ElementAnswer(BaseModel):
    """One of the nine elements."""

    element: str = Field(description="Its code, such as PERSYARATAN.")
    nrr: Decimal = Field(description="Mean rating, 1.0000 to 4.0000.")
    index: Decimal = Field(description="25.00 to 100.00.")
    grade: str = Field(description="A, B, C or D.")


class IndexAnswer(BaseModel):
    """The satisfaction index (IKM) of a period: its responses pooled, never a mean of indices.

    Until the period's last month is closed every number but n is null, and so it is below ten
    questionnaires, and where a month that is hidden would follow by subtraction; reason says
    which.
    """

    unit: str
    period: str
    closed: list[ClosedMonthOf] = Field(description="The months that are closed.")
    missing: list[str] = Field(description="The months that are not.")
    n: int = Field(ge=0, description="Full questionnaires so far.")
    index: Decimal | None
    grade: str | None
    category: str | None = Field(description="The grade in the words of the regulation.")
    interval_low: Decimal | None = Field(description="Of the 95 % interval.")
    interval_high: Decimal | None
    elements: list[ElementAnswer] | None
    reason: str | None = Field(description="Why there are no numbers, in Indonesian.")


class ClosingAnswer(BaseModel):
    """A revision of a closed month."""

    id: str = Field(json_schema_extra={"format": "uuid"})
    unit: str
    month: str
    revision: int = Field(ge=0)
    closed_at: Time
    rule_version: str
    method_version: str
    figures_digest: str
    manifest: Link


class Closings(BaseModel):
    """A unit's closings, the newest first."""

    closings: list[ClosingAnswer]


class ManifestFacts(BaseModel):
    """What is signed; the signed text is this object with sorted keys, no blanks, ASCII only."""

    kind: str
    closing: str
    unit: str
    month: str
    revision: int
    closed_at: Time
    as_of: Time
    rule_version: str
    method_version: str
    figures_digest: str
    rows: int
    sha256_json: str
    sha256_csv: str
    sha256_xlsx: str


class ManifestAnswer(BaseModel):
    """A closing's signed manifest."""

    manifest: ManifestFacts
    algorithm: str
    signature: str = Field(description="64 bytes in base64.")
    key_id: str = Field(description="First 16 digits of the SHA-256 of the raw public key.")
    public_key: str = Field(description="In PEM. Keep the first one you get, and compare.")


class UnitAnswer(BaseModel):
    """A unit."""

    code: str
    name: str
    parent: str | None = Field(description="Code of the unit above, if it is in the branch too.")
    time_zone: str
    active: bool


class Units(BaseModel):
    """The units of the token's branch, by code, at most 200 on a page."""

    units: list[UnitAnswer]
    next: Link | None
