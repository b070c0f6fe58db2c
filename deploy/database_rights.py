"""What each of PostgreSQL's two roles may do with each table (docs/database-roles.md).

The owner of the tables, who runs `nilai migrate`, is a third role; no site ever uses it. What is
recorded is written once: of those tables no role may change or delete anything, whatever it does
for its living.
"""

from collections.abc import Mapping
from typing import NamedTuple

_READ = "SELECT"
_WRITE = "SELECT, INSERT"
_EDIT = "SELECT, INSERT, UPDATE"
_REPLACE = "SELECT, INSERT, DELETE"
_KEEP = "SELECT, INSERT, UPDATE, DELETE"


class Granted(NamedTuple):
    """Rights on a table, as GRANT takes them; empty for none.

    Attributes
    ----------
    public
        What the public site does: it is the one that anybody on the internet talks to.
    staff
        What the staff site, the night's work and the commands do.
    """

    public: str
    staff: str


RIGHTS: Mapping[str, Granted] = {
    # The office
    "alembic_version": Granted(_READ, _READ),
    "service_unit": Granted(_READ, _EDIT),
    "service": Granted(_READ, _EDIT),
    "desk": Granted(_READ, _EDIT),
    "desk_service": Granted(_READ, _REPLACE),
    "ticket": Granted("SELECT, UPDATE (spent_on)", _WRITE),
    # The record
    "closed_month": Granted(_READ, _WRITE),
    "known_response": Granted(_REPLACE, _REPLACE),
    "response": Granted(_WRITE, _WRITE),
    "followup": Granted(_WRITE, _WRITE),
    "private_text": Granted(_WRITE, _REPLACE),
    "finding": Granted(_WRITE, _WRITE),
    # Rows are locked while they are forgotten, for which PostgreSQL asks the right to change one.
    "recent_tap": Granted("SELECT, INSERT, DELETE, UPDATE (kept_until)", _KEEP),
    "log_entry": Granted("INSERT", _WRITE),
    "log_detail": Granted("", _WRITE),
    "seal": Granted(_READ, _WRITE),
    "sealed_leaf": Granted(_READ, _WRITE),
    "verification": Granted(_READ, _WRITE),
    # Tablets
    "device": Granted(
        "SELECT, INSERT, UPDATE (contacts, last_sequence, last_tapped_at)",
        "SELECT, UPDATE (revoked_at, last_sequence, last_tapped_at)",
    ),
    "device_range": Granted(_KEEP, _READ),
    "device_report": Granted(_EDIT, _READ),
    "enrolment": Granted("SELECT, UPDATE (wrong_tries, device_id), DELETE", _REPLACE),
    # What is published
    "publication": Granted(_READ, "SELECT, INSERT, UPDATE (withdrawn_at)"),
    "published_card": Granted(_READ, _WRITE),
    "publication_note": Granted("", _WRITE),
    "issued_report": Granted("", _WRITE),
    "report_text": Granted("", _REPLACE),
    # Closed months
    "closing": Granted("", _WRITE),
    "closing_rule": Granted("", _WRITE),
    "frozen_duty": Granted("", _WRITE),
    "tally": Granted("", _WRITE),
    "element_tally": Granted("", _WRITE),
    "total_tally": Granted("", _WRITE),
    "officer_figure": Granted("", _WRITE),
    "cut_count": Granted("", _WRITE),
    "release": Granted("", _WRITE),
    "released_cell": Granted("", _WRITE),
    # Officers, duties, visits
    "officer": Granted("", _EDIT),
    "assignment": Granted("", _EDIT),
    "duty_batch": Granted("", _WRITE),
    "duty": Granted("", _WRITE),
    "batch_decision": Granted("", _WRITE),
    "visit": Granted("", _EDIT),
    "slip_count": Granted("", "SELECT, INSERT, UPDATE (withdrawn_by)"),
    "outage": Granted("", "SELECT, INSERT, UPDATE (withdrawn_by)"),
    # Rules, review, decisions about officers
    "scoring_rule": Granted("", _WRITE),
    "rule_decision": Granted("", _WRITE),
    "screening_review": Granted("", _WRITE),
    "reviewed_response": Granted("", _WRITE),
    "inquiry": Granted("", _WRITE),
    "inquiry_answer": Granted("", _WRITE),
    "objection": Granted("", _WRITE),
    "objection_answer": Granted("", _WRITE),
    "revision_request": Granted("", _WRITE),
    "revision_decision": Granted("", _WRITE),
    "superior_note": Granted("", _WRITE),
    "decision": Granted("", _WRITE),
    "letter": Granted("", _WRITE),
    # Comments and improvements
    "comment_batch": Granted("", _WRITE),
    "comment": Granted("", _WRITE),
    "comment_source": Granted("", _REPLACE),
    "comment_step": Granted("", _WRITE),
    "comment_tag": Granted("", _REPLACE),
    "improvement": Granted("", _WRITE),
    "improvement_step": Granted("", _WRITE),
    "improvement_file": Granted("", _WRITE),
    "evidence_file": Granted("", _WRITE),
    # Accounts and what they are told; whoever is an operator is locked while one is switched off
    "account": Granted("", _EDIT),
    "account_role": Granted("", "SELECT, INSERT, UPDATE (role), DELETE"),
    "api_token": Granted("", "SELECT, INSERT, UPDATE (used_at, revoked_at)"),
    "failed_sign_in": Granted("", _KEEP),
    "one_time_link": Granted("", "SELECT, INSERT, UPDATE (used_at), DELETE"),
    "oidc_identity": Granted("", "SELECT, INSERT, UPDATE (roles), DELETE"),
    "recovery_code": Granted("", "SELECT, INSERT, UPDATE (used_at), DELETE"),
    "staff_session": Granted("", "SELECT, INSERT, UPDATE (seen_at, verified_at, ended_at), DELETE"),
    "alert": Granted("", "SELECT, INSERT, UPDATE (facts, ended_at)"),
    "alert_mail": Granted("", _EDIT),
    "alert_seen": Granted("", _WRITE),
}
"""A table that is not here can be used by nobody but the owner."""
