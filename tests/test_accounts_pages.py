"""The accounts pages: what an operator does there, and what nobody gets to do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import col
from werkzeug.test import Client, TestResponse

from aggregation.access.account_keeper import Keeper
from aggregation.access.accounts import RoleIn, roles_of
from aggregation.access.models import Account
from aggregation.access.one_time_link import Purpose, check_link
from aggregation.access.roles import Role
from survey.database import reading, writing
from survey.models import LogEntry
from tests.mail_server import Inbox, mail_server
from tests.office_factories import NOON, SARI_NIP, UNIT, an_office
from tests.page_words import words
from tests.staff_factories import make_account, make_office, member, send, staff, visitor

SENDER = "nilai@contoh.example"
LINK = re.compile(r"http://[^<\s]+/staff/masuk/([\w-]+)")


@dataclass
class House:
    """Two offices; an operator of the first, one of everything, and somebody of each."""

    engine: Engine
    app: Flask
    unit_id: int
    other_id: int

    def account(self, *roles: RoleIn, **facts: str) -> str:
        with writing(self.engine) as session:
            account_id = make_account(session, *roles, **facts)  # type: ignore[arg-type]
        return self.key(account_id)

    def key(self, account_id: int) -> str:
        with reading(self.engine) as session:
            found = select(col(Account.key)).where(col(Account.id) == account_id)
            return session.scalars(found).one()

    def operator(self, unit_id: int | None) -> Client:
        return member(self.app, self.engine, RoleIn(Role.OPERATOR, unit_id))

    def row(self, key: str) -> Account:
        with reading(self.engine) as session:
            row = session.scalars(select(Account).where(col(Account.key) == key)).one()
            session.expunge(row)
            return row

    def roles(self, key: str) -> tuple[RoleIn, ...]:
        with reading(self.engine) as session:
            return roles_of(session, self.row(key).id or 0)


def make_house(engine: Engine, **environment: str) -> House:
    unit_id = an_office(engine)
    with writing(engine) as session:
        other_id = make_office(session, "LAIN", "Dinas Lain")
    return House(engine, staff(engine, **environment), unit_id, other_id)


@pytest.fixture
def house(sqlite_engine: Engine) -> House:
    return make_house(sqlite_engine)


def new_account(client: Client, **fields: str) -> TestResponse:
    given = {
        "name": "Dewi Lestari",
        "email": "dewi@contoh.example",
        "roles-0-role": "hr",
        "roles-0-unit": UNIT,
        **fields,
    }
    return send(client, "/staff/akun/baru", **given)


def test_an_operator_adds_somebody_and_gets_the_link_once(house: House) -> None:
    client = house.operator(house.unit_id)
    answer = new_account(client)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"])
    [token] = LINK.findall(page.text)
    with reading(house.engine) as session:
        assert check_link(session, token, NOON).purpose is Purpose.INVITATION
    assert "Akun Dewi Lestari ditambahkan." in page.text
    assert not LINK.findall(client.get(answer.headers["Location"]).text)
    key = answer.headers["Location"].rpartition("/")[2]
    assert house.roles(key) == (RoleIn(Role.HR, house.unit_id),)


def test_the_whole_tree_is_granted_by_those_who_have_it(house: House) -> None:
    answer = new_account(house.operator(None), **{"roles-0-unit": "*"})
    assert house.roles(answer.headers["Location"].rpartition("/")[2]) == (RoleIn(Role.HR),)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Isi nama lengkapnya."),
        ({"email": "dewi"}, "Tulis alamat email seperti"),
        ({"email": "rina@contoh.example"}, "sudah dipakai akun lain"),
        ({"roles-0-unit": ""}, "Pilih unit tempat peran ini berlaku."),
        ({"roles-0-unit": "*"}, "Pilih unit tempat peran ini berlaku."),
        ({"roles-0-unit": "LAIN"}, "Pilih unit tempat peran ini berlaku."),
        ({"roles-0-role": ""}, "Pilih sedikitnya satu peran."),
        ({"roles-0-role": "raja"}, "Pilih sedikitnya satu peran."),
        ({"roles-0-role": "officer"}, "Isi nomornya"),
        ({"officer_number": "404"}, "Tidak ada petugas dengan nomor itu"),
    ],
)
def test_a_mistake_is_named_at_its_field_and_what_was_typed_stays(
    house: House, fields: dict[str, str], sentence: str
) -> None:
    house.account(RoleIn(Role.HR, house.unit_id), email="rina@contoh.example")
    answer = new_account(house.operator(house.unit_id), **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{fields.get("name", "Dewi Lestari").strip()}"' in answer.text


def test_an_officers_account_is_linked_by_number_and_let_go_again(house: House) -> None:
    client = house.operator(house.unit_id)
    officer = {"roles-0-role": "officer", "officer_number": SARI_NIP}
    address = new_account(client, **officer).headers["Location"]
    page = client.get(address)
    assert "Sari" in words(page)
    assert SARI_NIP not in page.text
    head = {"name": "Sari", "roles-0-role": "unit_head", "roles-0-unit": UNIT, "unlink": "y"}
    assert send(client, address, **head).status_code == 303
    assert house.row(address.rpartition("/")[2]).officer_id is None


def test_a_change_is_kept_and_told(house: House) -> None:
    key = house.account(RoleIn(Role.HR, house.unit_id))
    client = house.operator(house.unit_id)
    fields = {"name": "Rina W.", "roles-0-role": "auditor", "roles-0-unit": UNIT}
    answer = send(client, f"/staff/akun/{key}", **fields)
    assert answer.status_code == 303
    assert "Akun Rina W. disimpan." in client.get(answer.headers["Location"]).text
    assert house.roles(key) == (RoleIn(Role.AUDITOR, house.unit_id),)


def test_switching_off_ends_a_session_at_once(house: House) -> None:
    with writing(house.engine) as session:
        account_id = make_account(session, RoleIn(Role.UNIT_HEAD, house.unit_id))
    head = member(house.app, house.engine, account_id=account_id)
    address = f"/staff/akun/{house.key(account_id)}"
    assert head.get(f"/staff/unit/{UNIT}").status_code == 200
    client = house.operator(house.unit_id)
    assert act(client, address, "nonaktif").status_code == 303
    assert head.get(f"/staff/unit/{UNIT}").status_code == 401
    assert "nonaktif" in act(client, address, "undangan", follow=True).text
    act(client, address, "aktif")
    assert house.row(house.key(account_id)).active


def act(client: Client, address: str, what: str, *, follow: bool = False) -> TestResponse:
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get(address).text)[0]
    return client.post(f"{address}/{what}", data={"csrf_token": token}, follow_redirects=follow)


def test_a_lost_phone_is_helped_with_and_that_is_kept(house: House) -> None:
    key = house.account(RoleIn(Role.HR, house.unit_id))
    client = house.operator(house.unit_id)
    assert "Hapus kode verifikasi" in client.get(f"/staff/akun/{key}").text
    act(client, f"/staff/akun/{key}", "hapus-kode")
    assert house.row(key).totp_since is None
    with reading(house.engine) as session:
        acts = session.scalars(select(col(LogEntry.act)))
        assert "account.second_factor_removed" in set(acts)


def test_nobody_helps_himself(house: House) -> None:
    with writing(house.engine) as session:
        account_id = make_account(session, RoleIn(Role.OPERATOR, house.unit_id))
    client, key = member(house.app, house.engine, account_id=account_id), house.key(account_id)
    page = client.get(f"/staff/akun/{key}").text
    assert 'name="roles-0-role"' not in page
    more = {"name": "Saya", "roles-0-role": "hr", "roles-0-unit": UNIT}
    assert send(client, f"/staff/akun/{key}", **more).status_code == 303
    assert house.roles(key) == (RoleIn(Role.OPERATOR, house.unit_id),)
    for what in ("nonaktif", "undangan", "hapus-kode"):
        told = act(client, f"/staff/akun/{key}", what, follow=True).text
        assert "Akun sendiri diurus operator lain" in told
    assert house.row(key).active


def reached_beyond(house: House) -> list[str]:
    """Return what the first office's operator gets to do to accounts of the second."""
    client = house.operator(house.unit_id)
    beyond = house.account(RoleIn(Role.HR, house.other_id), name="Bayu Jauh")
    own = f"/staff/akun/{house.account(RoleIn(Role.HR, house.unit_id))}"
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get(own).text)[0]
    done = ["list"] if "Bayu Jauh" in client.get("/staff/akun").text else []
    done += ["page"] if client.get(f"/staff/akun/{beyond}").status_code != 404 else []
    for what in ("", "/nonaktif", "/aktif", "/undangan", "/hapus-kode"):
        data = {"csrf_token": token, "name": "X", "roles-0-role": "hr", "roles-0-unit": UNIT}
        if client.post(f"/staff/akun/{beyond}{what}", data=data).status_code != 404:
            done.append(what)
    return done


def test_an_account_beyond_ones_branch_does_not_exist(house: House) -> None:
    assert reached_beyond(house) == []


@pytest.mark.parametrize("check", ["sees", "has_whole_tree"])
def test_a_branch_that_is_not_looked_at_is_noticed(
    house: House, monkeypatch: pytest.MonkeyPatch, check: str
) -> None:
    always = (lambda *_: True) if check == "sees" else property(lambda _: True)
    monkeypatch.setattr(Keeper, check, always)
    assert reached_beyond(house) != []


def test_an_account_partly_beyond_is_shown_without_what_is_beyond(house: House) -> None:
    roles = RoleIn(Role.HR, house.unit_id), RoleIn(Role.AUDITOR, house.other_id)
    key, client = house.account(*roles), house.operator(house.unit_id)
    page = client.get(f"/staff/akun/{key}").text
    assert "di luar unit Anda" in page
    assert "Dinas Lain" not in page + client.get("/staff/akun").text
    assert 'name="name"' not in page
    own = f"/staff/akun/{house.account(RoleIn(Role.HR, house.unit_id))}"
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get(own).text)[0]
    for what in ("", "/nonaktif", "/undangan", "/hapus-kode"):
        answer = client.post(f"/staff/akun/{key}{what}", data={"csrf_token": token})
        assert answer.status_code == 403


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_others_have_no_business_here(house: House, role: Role) -> None:
    client = member(house.app, house.engine, RoleIn(role))
    assert client.get("/staff/akun").status_code == 403
    assert client.get("/staff/akun/baru").status_code == 403


def test_the_list_is_filtered_and_searched(house: House) -> None:
    house.account(RoleIn(Role.HR, house.unit_id), name="Wati Satu", email="wati@contoh.example")
    off = house.account(RoleIn(Role.AUDITOR, house.unit_id), name="Yusuf Dua")
    client = house.operator(house.unit_id)
    act(client, f"/staff/akun/{off}", "nonaktif")
    shown = {
        query: {
            n for n in ("Wati Satu", "Yusuf Dua") if n in client.get(f"/staff/akun?{query}").text
        }
        for query in ("", "peran=hr", "keadaan=nonaktif", "cari=WATI@", "peran=raja&keadaan=x")
    }
    both = {"Wati Satu", "Yusuf Dua"}
    assert list(shown.values()) == [both, {"Wati Satu"}, {"Yusuf Dua"}, {"Wati Satu"}, both]


def test_a_name_is_shown_as_it_was_typed(house: House) -> None:
    client = house.operator(house.unit_id)
    answer = new_account(client, name="<b>100%(name)s</b>")
    page = client.get(answer.headers["Location"]).text
    assert "&lt;b&gt;100%(name)s&lt;/b&gt;" in page
    assert "<b>100" not in page


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as server:
        yield server


def test_an_invitation_is_mailed_where_mail_is_set_up(sqlite_engine: Engine, inbox: Inbox) -> None:
    house = make_house(sqlite_engine, NILAI_SMTP_URL=inbox.url, NILAI_MAIL_FROM=SENDER)
    client = house.operator(house.unit_id)
    page = client.get(new_account(client).headers["Location"]).text
    [mail] = inbox.mails
    assert mail["To"] == "dewi@contoh.example"
    assert LINK.findall(mail.get_content()) == LINK.findall(page)
    assert "Undangan dikirim ke dewi@contoh.example." in page


def test_a_mail_that_does_not_go_is_told_and_the_link_is_there_anyhow(
    sqlite_engine: Engine, inbox: Inbox
) -> None:
    inbox.refuses = True
    house = make_house(sqlite_engine, NILAI_SMTP_URL=inbox.url, NILAI_MAIL_FROM=SENDER)
    client = house.operator(house.unit_id)
    page = client.get(new_account(client).headers["Location"]).text
    assert "tidak terkirim" in page
    assert len(LINK.findall(page)) == 1


def test_a_stranger_sees_nothing(house: House) -> None:
    assert visitor(house.app).get("/staff/akun").status_code == 401
