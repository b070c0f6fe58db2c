"""A report before it is issued: its figures, its texts as they stand, and what changed (§11)."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from sqlmodel import Session

from aggregation.months.period import Period
from aggregation.months.released import released
from aggregation.output.report.plain_value import plain_value
from aggregation.output.report.report_drafts import drafts
from aggregation.output.report.report_pdf import Issue, report_pdf
from aggregation.output.report.report_xlsx import report_xlsx
from aggregation.output.report.reported import skm_report
from aggregation.output.report.skm_report import SkmReport
from aggregation.publishing.issued_reports import Kind, last_content
from aggregation.publishing.report_texts import SIGNATURE, Part, Texts, Worded, worded_parts
from survey.units import Unit


@dataclass(frozen=True)
class DraftedReport:
    """A report with its texts.

    Attributes
    ----------
    drafts
        What the figures propose.
    worded
        What somebody worded otherwise.
    overtaken
        Parts that were worded before the figures changed.
    public_url
        Where the public site is; files lead to its seals.
    """

    report: SkmReport
    drafts: Texts
    worded: dict[Part, Worded]
    overtaken: frozenset[Part]
    public_url: str = ""

    @property
    def texts(self) -> Texts:
        """Return what the report says now."""
        return {**self.drafts, **{part: each.text for part, each in self.worded.items()}}

    @cached_property
    def content(self) -> str:
        """Everything it tells but number and day, as JSON: the same report, the same text."""
        told = {"report": replace(self.report, sheets=None), "texts": self.texts}
        sheets = self.report.sheets
        # The order of the annex follows from the ratings and this seed.
        annex = None if sheets is None else {"seed": self.report.seed, "n": len(sheets)}
        plain = plain_value({**told, "annex": annex})
        return json.dumps(plain, ensure_ascii=False, sort_keys=True)

    @property
    def seen(self) -> str:
        """What tells whether it is still the one that somebody looked at."""
        return sha256(self.content.encode()).hexdigest()

    def file(self, kind: Kind, issue: Issue | None = None) -> bytes:
        """Return a file of it; without a number it says that it is a draft.

        Raises
        ------
        LetterNotPrintable
            If a word is written with letters the fonts do not have.
        """
        if kind == "pdf":
            return report_pdf(self.report, self.texts, issue, self.public_url)
        return report_xlsx(self.report, self.texts, issue)


def drafted_report(
    session: Session, unit: Unit, period: Period, at: datetime, public_url: str = ""
) -> DraftedReport:
    """Return a unit's report as it would be issued now.

    Parameters
    ----------
    public_url
        Where the public site is; files lead to its seals.

    Raises
    ------
    NotReleased, TooFewQuestionnaires, SheetsDisagree
        If there is nothing to report, or it does not add up.
    """
    report = skm_report(session, unit, period, at)
    worded = worded_parts(session, unit.id, period.name)
    release = released(session, unit.id, period)
    changed_at = release.released_at if release else at
    return DraftedReport(
        report,
        drafts(report, _last_signature(session, unit.id)),
        worded,
        frozenset(part for part, each in worded.items() if each.written_at < changed_at),
        public_url,
    )


def _last_signature(session: Session, unit_id: int) -> Texts:
    """Return who signed last: mostly the same who signs next."""
    content = last_content(session, unit_id)
    texts = json.loads(content).get("texts", {}) if content else {}
    return {part: texts[part.value] for part in SIGNATURE if part.value in texts}
