"""The pages of the rules: read by everybody, drafted by one, approved by another."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.method.rule import DEFAULT_RULE, Corner, Rule, Weighted
from aggregation.method.rule_presets import SCALE_OF_120
from aggregation.method.rule_text import canonical_json, rule_from_json
from aggregation.rules.models import RuleDecision, ScoringRule
from aggregation.site.rules.rule_form import RuleForm
from aggregation.site.rules.rule_words import ELEMENTS, LABELS, SECTIONS, elements_in_order
from survey.database import reading, writing
from survey.models import ServiceUnit
from tests.rule_factories import DECEMBER, NOVEMBER, NOW, employ, make_draft, make_rule, values_of
from tests.score_factories import code_of, scored_office
from tests.staff_factories import csrf_token, make_account, make_office, member, staff

ONE_FOR_ALL = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
UNIT = "DISDUKCAPIL-CONTOH"
RULES = f"/staff/unit/{UNIT}/aturan"


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


@pytest.fixture
def unit_id(sqlite_engine: Engine) -> int:
    with writing(sqlite_engine) as session:
        return make_office(session)


@pytest.fixture
def hr(app: Flask, sqlite_engine: Engine, unit_id: int) -> Client:
    return member(app, sqlite_engine, RoleIn(Role.HR, unit_id))


def typed(**changed: str) -> dict[str, Any]:
    """Return what a browser sends that left the form as it opened, but for some fields."""
    return {
        "job_group": "", "effective_from": str(DECEMBER),
        "weight_keseluruhan": "4", "weight_perilaku": "3", "weight_kompetensi": "2",
        "weight_waktu": "1", "channels": ["kiosk", "kiosk_qr", "ticket"], "outages_counted": "y",
        "window_months": "3", "shrinkage_k": "30", "design_effect": "1", "minimum_n": "10",
        "publishable_n": "30", "publishable_half_width": "7,5", "minimum_coverage": "",
        "target_index": "76,61", "excellence_index": "88,31", "proposal_n": "50",
        "preset": "same", "corners-0-points": "25", "corners-0-value": "25",
        "corners-1-points": "100", "corners-1-value": "100", "share_percent": "10",
        "objection_days": "7", "reason": "SK Kepala Dinas 12/2026", **changed,
    }  # fmt: skip


def draft(client: Client, **changed: str) -> TestResponse:
    page = client.get(f"{RULES}/baru")
    return client.post(f"{RULES}/baru", data={"csrf_token": csrf_token(page), **typed(**changed)})


def decide(client: Client, version: str, decision: str, reason: str = "") -> TestResponse:
    token = csrf_token(client.get(f"{RULES}/{version}"))
    data = {"csrf_token": token, "decision": decision, "reason": reason}
    return client.post(f"{RULES}/{version}/putuskan", data=data)


def stored(engine: Engine) -> list[ScoringRule]:
    with Session(engine) as session:
        return list(session.scalars(select(ScoringRule)).all())


def drafted(engine: Engine, unit_id: int, **kwargs: Any) -> str:  # noqa: ANN401
    with writing(engine) as session:
        return make_draft(session, unit_id, **kwargs).version


@pytest.mark.parametrize("role", [Role.OFFICER, Role.UNIT_HEAD, Role.AUDITOR, Role.OPERATOR])
def test_everybody_reads_the_rule_in_force_in_words(
    app: Flask, sqlite_engine: Engine, unit_id: int, role: Role
) -> None:
    with writing(sqlite_engine) as session:
        make_rule(session, unit_id, {"shrinkage_k": 45}, month=NOVEMBER)
    page = member(app, sqlite_engine, RoleIn(role, unit_id)).get(RULES).text
    assert "seperti 45 tanggapan pada rata-rata unit" in page
    assert "berlaku sejak November 2026" in page
    assert "Susun aturan baru" not in page


def test_where_nothing_was_decided_the_default_rule_is_shown(hr: Client) -> None:
    for address in (RULES, f"{RULES}/1"):
        page = hr.get(address).text
        assert "Aturan bawaan" in page
        assert "Keseluruhan 4 · Perilaku petugas 3 · Kompetensi petugas 2" in page
    assert hr.get(f"{RULES}/1/pratinjau").status_code == 404


def test_every_field_of_a_rule_has_its_words_and_its_place() -> None:
    fields = set(values_of())
    assert set(LABELS) == fields
    assert {name for _, names in SECTIONS for name in names} == fields
    assert set(elements_in_order()) == set(ELEMENTS)


def test_a_form_sent_as_it_opened_gives_the_rule_it_opened_with(
    hr: Client, sqlite_engine: Engine
) -> None:
    assert draft(hr).status_code == 303
    [row] = stored(sqlite_engine)
    assert rule_from_json(row.document) == Rule(version="2")
    assert (row.job_group, row.effective_from, row.reason) == (
        "", DECEMBER, "SK Kepala Dinas 12/2026",
    )  # fmt: skip


def test_a_draft_is_told_and_waits(hr: Client) -> None:
    page = hr.get(draft(hr, shrinkage_k="55").headers["Location"]).text
    assert "Rancangan aturan 2 disimpan." in page
    assert "seperti 55 tanggapan" in page
    assert "Menunggu persetujuan" in hr.get(RULES).text


BAD: list[tuple[str, dict[str, Any]]] = [
    ("job_group", {"job_group": "Tidak ada"}),
    ("effective_from", {"effective_from": "2026-10"}),
    ("effective_from", {"effective_from": "kapan"}),
    ("weight_keseluruhan", {"weight_keseluruhan": "-1"}),
    ("weight_sarana", {"weight_sarana": "101"}),
    ("weight_perilaku", {"weight_perilaku": "dua"}),
    ("weight_keseluruhan", {f"weight_{code.lower()}": "0" for code in ELEMENTS}),
    ("channels", {"channels": []}),
    ("channels", {"channels": ["kiosk", "paper"]}),
    ("window_months", {"window_months": "0"}),
    ("window_months", {"window_months": "25"}),
    ("window_months", {"window_months": ""}),
    ("shrinkage_k", {"shrinkage_k": "10001"}),
    ("shrinkage_k", {"shrinkage_k": "3,5"}),
    ("design_effect", {"design_effect": "2,01"}),
    ("minimum_n", {"minimum_n": "0"}),
    ("publishable_n", {"publishable_n": "9"}),
    ("publishable_n", {"publishable_n": "banyak"}),
    ("publishable_half_width", {"publishable_half_width": "0"}),
    ("publishable_half_width", {"publishable_half_width": "1e1"}),
    ("minimum_coverage", {"minimum_coverage": "100,5"}),
    ("target_index", {"target_index": "24,99"}),
    ("target_index", {"target_index": "76,615"}),
    ("excellence_index", {"excellence_index": "76,60"}),
    ("excellence_index", {"excellence_index": "NaN"}),
    ("proposal_n", {"proposal_n": "٣"}),
    ("preset", {"preset": "lain"}),
    ("preset", {"preset": ""}),
    ("corners-1-points", {"preset": "own", "corners-1-points": "25"}),
    ("corners-1-value", {"preset": "own", "corners-1-value": "24"}),
    ("corners-1-points", {"preset": "own", "corners-1-value": ""}),
    ("corners-0-points", {"preset": "own", "corners-0-points": "24"}),
    ("corners-1-value", {"preset": "own", "corners-1-value": "seratus"}),
    ("preset", {"preset": "own", "corners-1-points": "99"}),
    ("share_percent", {"share_percent": "100,01"}),
    ("objection_days", {"objection_days": "366"}),
    ("reason", {"reason": ""}),
    ("reason", {"reason": "x" * 401}),
]


@pytest.mark.parametrize(("field", "changed"), BAD, ids=range(len(BAD)))
def test_a_mistake_is_told_at_its_field_and_nothing_is_lost(
    hr: Client, sqlite_engine: Engine, field: str, changed: Mapping[str, Any]
) -> None:
    answer = draft(hr, **{"objection_days": "13", **changed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert stored(sqlite_engine) == []
    if "objection_days" not in changed:
        assert 'value="13"' in answer.text
    kept = next(iter(changed.values()))
    if isinstance(kept, str) and kept and field not in {"job_group", "effective_from", "preset"}:
        assert f'value="{kept}"' in answer.text


def test_two_mistakes_are_told_together(hr: Client) -> None:
    page = draft(hr, window_months="0", publishable_n="9", reason="").text
    for field in ("window_months", "publishable_n", "reason"):
        assert f'id="{field}-error"' in page


def test_numbers_are_taken_with_a_comma_or_a_point(hr: Client, sqlite_engine: Engine) -> None:
    draft(hr, target_index="80.5", excellence_index="90,25", minimum_coverage="12,5")
    rule = rule_from_json(stored(sqlite_engine)[0].document)
    assert (rule.target_index, rule.excellence_index) == (Decimal("80.5"), Decimal("90.25"))
    assert rule.minimum_coverage == Decimal("0.125")


def test_a_preset_goes_before_the_corners_that_were_typed(
    hr: Client, sqlite_engine: Engine
) -> None:
    assert draft(hr, preset="up_to_120").status_code == 303
    assert rule_from_json(stored(sqlite_engine)[0].document).conversion == SCALE_OF_120


def test_own_corners_may_leave_rows_empty(hr: Client, sqlite_engine: Engine) -> None:
    rows = [("25", "25"), ("", ""), ("70", "90"), ("", ""), ("100", "120"), ("", "")]
    corners = {
        f"corners-{place}-{name}": value
        for place, row in enumerate(rows)
        for name, value in zip(("points", "value"), row, strict=True)
    }
    assert draft(hr, preset="own", **corners).status_code == 303
    found = rule_from_json(stored(sqlite_engine)[0].document).conversion
    assert [tuple(map(str, corner)) for corner in found] == [
        ("25", "25"), ("70", "90"), ("100", "120"),
    ]  # fmt: skip


HUNDREDTHS = st.integers(2500, 10_000).map(lambda number: Decimal(number) / 100)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Rules of every kind that an office might want."""
    codes = draw(st.lists(st.sampled_from(sorted(ELEMENTS)), min_size=1, unique=True))
    target, excellence = sorted([draw(HUNDREDTHS), draw(HUNDREDTHS)])
    inner = draw(st.lists(st.integers(2501, 9_999), unique=True, max_size=4))
    points = [Decimal(25), *(Decimal(each) / 100 for each in sorted(inner)), Decimal(100)]
    values = sorted(Decimal(draw(st.integers(0, 12_000))) / 100 for _ in points)
    minimum = draw(st.integers(1, 10_000))
    return Rule(
        version="2",
        elements=tuple(
            Weighted(code, draw(st.integers(1, 100)))
            for code in elements_in_order()
            if code in codes
        ),
        channels=draw(st.sampled_from([("kiosk",), ("ticket", "desk_qr"), DEFAULT_RULE.channels])),
        window_months=draw(st.integers(1, 24)),
        shrinkage_k=draw(st.integers(0, 10_000)),
        minimum_n=minimum,
        publishable_n=draw(st.integers(minimum, 10_000)),
        minimum_coverage=draw(st.none() | st.decimals(0, 1, places=4)),
        target_index=target,
        excellence_index=excellence,
        conversion=tuple(Corner(*pair) for pair in zip(points, values, strict=True)),
        share_percent=draw(st.decimals(0, 100, places=2)),
        mix_applied=draw(st.booleans()),
        outages_counted=draw(st.booleans()),
        objection_days=draw(st.integers(0, 365)),
        design_effect=draw(st.decimals(1, 2, places=2)),
    )


def sent_back(form: RuleForm) -> MultiDict[str, str]:
    """Return what a browser sends of a form as it was shown."""
    sent: list[tuple[str, str]] = []
    for field in [*form, *(cell for row in form.corners for cell in row.form)]:
        if field.type in {"BoxesField", "RoundField", "ListField"}:
            chosen = field.data if isinstance(field.data, list) else [field.data]
            sent += [(field.name, each) for each in chosen]
        elif field.type == "BooleanField":
            sent += [(field.name, "y")] if field.data else []
        elif field.type not in {"FieldList", "CSRFTokenField"} and field.name != "reason":
            sent.append((field.name, field._value()))  # noqa: SLF001 - as its widget does
    return MultiDict([*sent, ("reason", "Dasar")])


def through_the_form(app: Flask, rule: Rule, language: str) -> Rule | None:
    """Return the rule that comes back when a form that opened with a rule is sent unchanged."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context(headers={"Accept-Language": language}):
        shown = RuleForm()
        shown.offer([], [DECEMBER])
        shown.start_from(rule)
        shown.job_group.data, shown.effective_from.data = "", str(DECEMBER)
        sent = sent_back(shown)
    with app.test_request_context(headers={"Accept-Language": language}):
        form = RuleForm(sent)
        form.offer([], [DECEMBER])
        return Rule(version=rule.version, **form.values()) if form.validate() else None


@given(rule=rules(), language=st.sampled_from(["id", "en"]))
@hypothesis_settings(max_examples=60, suppress_health_check=ONE_FOR_ALL)
def test_a_rule_survives_the_form_and_its_text(app: Flask, rule: Rule, language: str) -> None:
    found = through_the_form(app, rule, language)
    assert found == rule
    text = canonical_json(found)
    assert rule_from_json(text) == found
    assert canonical_json(rule_from_json(text)) == text


def test_a_form_that_loses_a_field_is_noticed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    values = RuleForm.values
    monkeypatch.setattr(RuleForm, "values", lambda self: {**values(self), "objection_days": 7})
    rule = Rule(version="2", objection_days=8)
    assert through_the_form(app, rule, "id") != rule


def test_a_second_person_approves_and_the_first_cannot(
    app: Flask, sqlite_engine: Engine, unit_id: int, hr: Client
) -> None:
    draft(hr)
    assert "Setujui aturan" not in hr.get(f"{RULES}/2").text
    refused = decide(hr, "2", "setuju")
    assert (refused.status_code, "Minta orang lain" in refused.text) == (422, True)
    second = member(app, sqlite_engine, RoleIn(Role.HR, unit_id))
    assert "Setujui aturan" in second.get(f"{RULES}/2").text
    assert decide(second, "2", "setuju").status_code == 303
    page = second.get(RULES).text
    assert "Aturan 2 disetujui." in page
    assert "Akan berlaku" in page


def test_turning_a_draft_down_needs_a_reason(
    sqlite_engine: Engine, unit_id: int, hr: Client
) -> None:
    version = drafted(sqlite_engine, unit_id)
    refused = decide(hr, version, "tolak")
    assert (refused.status_code, 'id="reason-error"' in refused.text) == (422, True)
    assert decide(hr, version, "tolak", "k terlalu besar").status_code == 303
    page = hr.get(f"{RULES}/{version}").text
    assert "Catatan keputusan: k terlalu besar" in page
    assert "Memutuskan" not in page


@pytest.mark.parametrize("decision", ["", "mungkin"])
def test_anything_else_decides_nothing(
    sqlite_engine: Engine, unit_id: int, hr: Client, decision: str
) -> None:
    version = drafted(sqlite_engine, unit_id)
    assert decide(hr, version, decision, "x").status_code == 422
    with reading(sqlite_engine) as session:
        assert session.scalars(select(RuleDecision)).all() == []


def test_a_draft_that_somebody_else_has_decided_meanwhile_is_told(
    sqlite_engine: Engine, unit_id: int, hr: Client
) -> None:
    version = drafted(sqlite_engine, unit_id)
    token = csrf_token(hr.get(f"{RULES}/{version}"))
    decide(hr, version, "setuju")
    data = {"csrf_token": token, "decision": "tolak", "reason": "terlambat"}
    late = hr.post(f"{RULES}/{version}/putuskan", data=data, follow_redirects=True)
    assert "sudah diputuskan orang lain" in late.text


def test_a_draft_whose_month_has_passed_can_only_be_turned_down(
    app: Flask, sqlite_engine: Engine, unit_id: int
) -> None:
    version = drafted(sqlite_engine, unit_id, month=NOVEMBER)
    with time_machine.travel(datetime(2026, 12, 1, 5, 0, tzinfo=UTC), tick=True):
        hr = member(app, sqlite_engine, RoleIn(Role.HR, unit_id))
        page = hr.get(f"{RULES}/{version}").text
        assert "hanya dapat ditolak" in page
        assert "Setujui aturan" not in page
        assert decide(hr, version, "setuju").status_code == 422
        assert decide(hr, version, "tolak", "lewat").status_code == 303


def test_a_draft_starts_from_the_rule_that_is_named(
    sqlite_engine: Engine, unit_id: int, hr: Client
) -> None:
    version = drafted(sqlite_engine, unit_id, changed={"shrinkage_k": 77})
    assert 'value="77"' in hr.get(f"{RULES}/baru?dari={version}").text
    assert 'value="77"' not in hr.get(f"{RULES}/baru").text
    assert hr.get(f"{RULES}/baru?dari=99").status_code == 404


def test_a_group_starts_from_its_own_rule(sqlite_engine: Engine, unit_id: int, hr: Client) -> None:
    with writing(sqlite_engine) as session:
        employ(session, unit_id, "Tenaga <loket>")
        make_rule(session, unit_id, {"shrinkage_k": 66}, "Tenaga <loket>", NOVEMBER)
    page = hr.get(f"{RULES}/baru?kelompok=Tenaga+%3Cloket%3E").text
    assert 'value="66"' in page
    assert '<option selected value="Tenaga &lt;loket&gt;">' in page
    overview = hr.get(RULES).text
    assert "Berlaku untuk Tenaga &lt;loket&gt;" in overview
    assert "seperti 66 tanggapan" in overview


def make_branch(engine: Engine, parent_id: int) -> int:
    with writing(engine) as session:
        child = make_office(session, "UPTD", "UPTD Contoh")
        session.get_one(ServiceUnit, child).parent_id = parent_id
        return child


def test_a_unit_below_reads_the_rule_from_above_and_cannot_decide_it(
    app: Flask, sqlite_engine: Engine, unit_id: int
) -> None:
    child = make_branch(sqlite_engine, unit_id)
    with writing(sqlite_engine) as session:
        rule = make_rule(session, unit_id, {"shrinkage_k": 44}, month=NOVEMBER).version
        waiting = make_draft(session, unit_id).version
    below = member(app, sqlite_engine, RoleIn(Role.HR, child))
    page = below.get("/staff/unit/UPTD/aturan").text
    assert "seperti 44 tanggapan" in page
    assert "dari Disdukcapil Kota Contoh" in page
    assert below.get(f"/staff/unit/UPTD/aturan/{rule}").status_code == 200
    assert below.get(f"/staff/unit/UPTD/aturan/{waiting}").status_code == 404
    above = member(app, sqlite_engine, RoleIn(Role.HR, unit_id))
    seen = above.get(f"/staff/unit/UPTD/aturan/{waiting}")
    assert (seen.status_code, "Setujui aturan" in seen.text) == (200, False)
    token = csrf_token(seen)
    data = {"csrf_token": token, "decision": "setuju"}
    at_child = above.post(f"/staff/unit/UPTD/aturan/{waiting}/putuskan", data=data)
    assert at_child.status_code == 404


def test_a_preview_shows_both_rules_side_by_side_and_says_what_is_missing(
    app: Flask, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        office = scored_office(session)
        code = code_of(session, office)
        version = make_draft(session, office.unit_id, {"window_months": 6}).version
    client = member(app, sqlite_engine, RoleIn(Role.ASSESSOR, office.unit_id))
    address = f"/staff/unit/{code}/aturan/{version}/pratinjau"
    page = client.get(address).text
    assert "1 dari 2 petugas dapat dibandingkan" in page
    assert "Aturan ini menghitung 6 bulan; baru 1 bulan tertutup yang tersedia." in page
    assert "Baru 4 tanggapan dalam jendela 6 bulan; paling sedikit 10." in page
    for wrong in ("2026-09", "kemarin", ""):
        assert client.get(f"{address}?bulan={wrong}").status_code == 404


def test_a_preview_without_a_closed_month_says_so_and_leads_to_units_that_have_one(
    app: Flask, sqlite_engine: Engine, unit_id: int
) -> None:
    with writing(sqlite_engine) as session:
        office = scored_office(session)
        session.get_one(ServiceUnit, office.unit_id).parent_id = unit_id
        code = code_of(session, office)
        version = make_draft(session, unit_id).version
    client = member(app, sqlite_engine, RoleIn(Role.HR, unit_id))
    page = client.get(f"{RULES}/{version}/pratinjau").text
    assert "Belum ada bulan yang ditutup di unit ini." in page
    assert f'href="/staff/unit/{code}/aturan/{version}/pratinjau"' in page
    assert client.get(f"/staff/unit/{code}/aturan/{version}/pratinjau").status_code == 200


def test_who_drafted_and_who_decided_are_named(
    app: Flask, sqlite_engine: Engine, unit_id: int
) -> None:
    with writing(sqlite_engine) as session:
        by = make_account(session, RoleIn(Role.HR, unit_id), name="Dewi Perancang")
        to = make_account(session, RoleIn(Role.HR, unit_id), name="Anton Penyetuju")
    draft(member(app, sqlite_engine, account_id=by))
    decide(member(app, sqlite_engine, account_id=to), "2", "setuju")
    for address in (RULES, f"{RULES}/2"):
        page = member(app, sqlite_engine, RoleIn(Role.OFFICER, unit_id)).get(address).text
        assert "Dewi Perancang" in page
        assert "Anton Penyetuju" in page


def test_a_rule_without_a_name_in_the_address_is_nowhere(hr: Client) -> None:
    for version in ("0", "2", "x", "1e0", "01"):
        assert hr.get(f"{RULES}/{version}").status_code == 404
