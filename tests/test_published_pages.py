"""The public's pages: what units have published, for anybody, without a script or a cookie."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from werkzeug.test import TestResponse

from aggregation.changes.batch import Cause
from aggregation.method.grades import GRADES_2017
from aggregation.method.satisfaction_index import index_of_totals
from aggregation.publishing.publications import withdraw
from kiosk.hall_screen import POLICY
from survey.database import writing
from survey.headers import STRICT, security_headers
from survey.models import ServiceUnit
from survey.publication_models import CardFormat
from survey.published_document import PublishedDocument, State, Told
from survey.published_scale import GRADES
from survey.units import unit_with
from survey.worked_example import worked_example
from tests.factories import make_unit
from tests.publication_factories import (
    BY_HAND,
    HIDDEN_N,
    PUBLISHED_AT,
    SHOWN_N,
    document_for,
    published,
    release_period,
    released_unit,
)
from tests.site_client import PublicClient, phone
from tests.statements import statements

THIRTY_KILOBYTES = 30 * 1024
LATER = Cause("Ratna", "Salah hitung", PUBLISHED_AT + timedelta(days=1), "ratna")
TOLD = (
    Told("Antre <b>lama</b>.", "Dua loket ditambah & dijaga.", State.DONE, "2026-09"),
    Told("Kursi kurang.", "Kami pesan dua puluh kursi.", State.ANSWERED, "2026-09"),
)
CARDS = {
    (kind, language): f"{kind} {language}".encode()
    for kind in CardFormat
    for language in ("id", "en")
}


@pytest.fixture
def client(sqlite_engine: Engine) -> PublicClient:
    return phone(sqlite_engine)


def publish_one(engine: Engine, name: str = "Disdukcapil Kota Contoh") -> str:
    """Publish a quarter of a unit and return the unit's code."""
    with writing(engine) as session:
        unit_id = released_unit(session, name=name)
        published(session, unit_id, told=TOLD, cards=CARDS)
        return code_of(session, unit_id)


def code_of(session: Session, unit_id: int) -> str:
    return session.get_one(ServiceUnit, unit_id).code


def id_of(session: Session, code: str) -> int:
    return unit_with(session, code).id or 0


def every_page(code: str) -> list[str]:
    unit = f"/publik/{code}"
    return ["/publik/", unit, f"{unit}/tv", "/publik/cara", "/publik/kamus"]


def plain(answer: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


def test_a_unit_s_page_says_how_it_is_doing_and_from_how_many(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    page = plain(client.get(f"/publik/{publish_one(sqlite_engine)}"))
    assert "Menurut 412 warga, pelayanan kami baik" in page
    assert "Triwulan III 2026 (Juli–September 2026)" in page
    assert "terbit 6 Oktober 2026" in page
    assert "1.046 tanggapan" in page
    assert "Dua loket ditambah &amp; dijaga." in page
    assert "KTP elektronik 84," in page


def test_what_is_hidden_stays_hidden_on_every_page_and_in_the_data(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    code = publish_one(sqlite_engine)
    page = plain(client.get(f"/publik/{code}"))
    assert "Kartu identitas anak tidak ditampilkan" in page
    rows = data_rows(client.get(f"/publik/{code}.csv"))
    hidden = [row for row in rows if row["sel"] in ("KIA", "5-2", "S1", "S3")]
    assert [(row["keadaan"], row["n"], row["indeks"]) for row in hidden] == [("hidden", "", "")] * 4


def data_rows(answer: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text)))


def figures_without_ground(rows: list[dict[str, str]], document: PublishedDocument) -> list[str]:
    """Return the cells whose figures in the data are not those of the document."""
    known = {
        (cut.value, cell.cell, element.value): (cell.n, mean)
        for cut, cells in document.cuts.items()
        for cell in cells
        for element, mean in cell.means.items()
    } | {
        ("WHOLE", "*", figure.element.value): (document.n, figure.mean)
        for figure in document.elements
    }
    return [
        f"{row['potongan']} {row['sel']}"
        for row in rows
        if row["rata_rata"]
        and known.get((row["potongan"], row["sel"], row["unsur"]))
        != (int(row["n"]), Decimal(row["rata_rata"]))
    ]


def test_every_figure_of_the_data_is_one_of_the_document(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    code = publish_one(sqlite_engine)
    rows = data_rows(client.get(f"/publik/{code}.csv"))
    with writing(sqlite_engine) as session:
        document = document_for(session, id_of(session, code), told=TOLD)
    assert figures_without_ground(rows, document) == []
    assert len([row for row in rows if row["potongan"] == "WHOLE"]) == 10
    rows[3]["n"] = str(HIDDEN_N)
    assert figures_without_ground(rows, document) == ["WHOLE *"]


def test_one_period_of_the_data_can_be_asked_for(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    with writing(sqlite_engine) as session:
        unit_id = released_unit(session, "2026-Q3")
        release_period(session, unit_id, "2026-10", (1, 2))
        for period in ("2026-Q3", "2026-10"):
            published(session, unit_id, period)
        address = f"/publik/{code_of(session, unit_id)}.csv"
    assert {row["periode"] for row in data_rows(client.get(address))} == {"2026-Q3", "2026-10"}
    [only] = {row["periode"] for row in data_rows(client.get(f"{address}?periode=2026-10"))}
    assert only == "2026-10"


def test_a_name_that_a_spreadsheet_would_compute_is_text(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    with writing(sqlite_engine) as session:
        unit_id = released_unit(session)
        session.connection().exec_driver_sql("UPDATE service SET name = '=HYPERLINK(1)'")
        published(session, unit_id)
        code = code_of(session, unit_id)
    names = {row["nama_sel"] for row in data_rows(client.get(f"/publik/{code}.csv"))}
    assert "'=HYPERLINK(1)" in names
    assert "=HYPERLINK(1)" not in names


def test_the_newest_period_is_shown_and_others_can_be_chosen(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    with writing(sqlite_engine) as session:
        unit_id = released_unit(session, "2026-Q3")
        for period in ("2026-09", "2026-10"):
            release_period(session, unit_id, period, (1, 2))
        for period in ("2026-Q3", "2026-10", "2026-09"):
            published(session, unit_id, period)
        address = f"/publik/{code_of(session, unit_id)}"
    page = client.get(address).text
    offered = re.findall(r'<option value="([^"]+)"( selected)?', page)
    assert offered == [("2026-10", " selected"), ("2026-Q3", ""), ("2026-09", "")]
    assert "Triwulan III 2026" in plain(client.get(f"{address}?periode=2026-Q3"))


def test_the_newest_issue_of_a_period_holds(sqlite_engine: Engine, client: PublicClient) -> None:
    code = publish_one(sqlite_engine)
    with writing(sqlite_engine) as session:
        published(session, id_of(session, code), told=(), cause=LATER)
    page = plain(client.get(f"/publik/{code}"))
    assert "terbitan 2" in page
    assert "Dua loket ditambah" not in page


def test_a_withdrawn_period_is_gone_with_its_card_data_and_screen(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    code = publish_one(sqlite_engine)
    with writing(sqlite_engine) as session:
        withdraw(session, id_of(session, code), "2026-Q3", LATER)
    for path in ("", "?periode=2026-Q3", "/kartu.png", "/tv", ".csv"):
        answer = client.get(f"/publik/{code}{path}")
        assert answer.status_code == 410, path
        assert "sudah ditarik" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert "84," not in answer.text
        assert "Salah hitung" not in answer.text
    assert code not in client.get("/publik/").text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/publik/TIDAK-ADA", "Unit ini tidak kami kenal"),
        ("/publik/%00", "Unit ini tidak kami kenal"),
        ("/publik/TIDAK-ADA/tv", "Unit ini tidak kami kenal"),
        ("/publik/TIDAK-ADA.csv", "Unit ini tidak kami kenal"),
        ("/publik/TIDAK-ADA/kartu.png", "Unit ini tidak kami kenal"),
        ("/publik/{code}?periode=2026-13", "Periode ini belum diterbitkan"),
        ("/publik/{code}?periode=2020-Q1", "Periode ini belum diterbitkan"),
        ("/publik/{code}?periode=%27%20OR%201", "Periode ini belum diterbitkan"),
        ("/publik/{code}?periode=", "Periode ini belum diterbitkan"),
    ],
)
def test_what_is_not_there_is_said_with_what_to_do(
    sqlite_engine: Engine, client: PublicClient, path: str, words: str
) -> None:
    answer = client.get(path.format(code=publish_one(sqlite_engine)))
    assert answer.status_code == 404
    assert words in answer.text
    assert 'href="/publik/?lang=id"' in answer.text


def test_a_unit_without_a_publication_says_so_and_is_not_listed(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    with writing(sqlite_engine) as session:
        code = code_of(session, make_unit(session))
    assert "belum menerbitkan angka" in client.get(f"/publik/{code}").text
    assert "Belum ada unit yang menerbitkan angka." in client.get("/publik/").text


def test_a_code_may_be_typed_in_small_letters(sqlite_engine: Engine, client: PublicClient) -> None:
    code = publish_one(sqlite_engine)
    page = client.get(f"/publik/{code.lower()}")
    assert page.status_code == 200
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/publik/{code}">' in page.text


def test_units_stand_below_those_they_belong_to_by_name(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    with writing(sqlite_engine) as session:
        above, aside = make_unit(session), make_unit(session)
        session.get_one(ServiceUnit, above).name = "Kecamatan Mawar"
        for name in ("Kelurahan Teratai", "kelurahan Anggrek"):
            unit_id = released_unit(session, name=name)
            session.get_one(ServiceUnit, unit_id).parent_id = above
            published(session, unit_id)
        session.get_one(ServiceUnit, aside).name = "Dinas Sepi"
    page = plain(client.get("/publik/"))
    assert re.search("Kecamatan Mawar.*kelurahan Anggrek.*Kelurahan Teratai", page)
    assert "Dinas Sepi" not in page
    found = plain(client.get("/publik/?cari=TERATAI"))
    assert "Kecamatan Mawar" in found
    assert "Anggrek" not in found
    assert "Tidak ada unit dengan nama itu." in plain(client.get("/publik/?cari=zzz"))


def test_the_list_says_the_newest_period_that_stands(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    with writing(sqlite_engine) as session:
        unit_id = released_unit(session, "2026-Q3")
        for period in ("2026-09", "2026-10"):
            release_period(session, unit_id, period, (1, 2))
        for period in ("2026-10", "2026-Q3", "2026-09"):
            published(session, unit_id, period)
    assert "Oktober 2026 · 412 kuesioner" in plain(client.get("/publik/"))
    with writing(sqlite_engine) as session:
        withdraw(session, unit_id, "2026-10", LATER)
        published(session, unit_id, "2026-09", told=TOLD, cause=LATER)
    assert "Triwulan III 2026 · 412 kuesioner" in plain(client.get("/publik/"))


def test_the_list_and_its_search_take_two_statements_and_no_document(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    for name in ("Dinas Satu", "Dinas Dua"):
        publish_one(sqlite_engine, name)
    with statements(sqlite_engine) as seen:
        assert "Dinas Satu" in client.get("/publik/?cari=dinas").text
    assert len([each for each in seen if "SELECT" in each]) == 2
    assert [each for each in seen if "document" in each] == []
    assert [each for each in seen if "headline" in each]


def test_units_that_lie_below_each_other_are_listed_all_the_same(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    with writing(sqlite_engine) as session:
        one, other = (released_unit(session, name=name) for name in ("Unit Satu", "Unit Dua"))
        session.get_one(ServiceUnit, one).parent_id = other
        session.flush()
        session.get_one(ServiceUnit, other).parent_id = one
        for unit_id in (one, other):
            published(session, unit_id)
    page = plain(client.get("/publik/"))
    assert "Unit Satu" in page
    assert "Unit Dua" in page


def test_names_and_words_are_shown_as_they_were_typed(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    code = publish_one(sqlite_engine, name='<script>alert("x")</script> %(n)s {{ 7*7 }}')
    for path in ("/publik/", f"/publik/{code}", f"/publik/{code}/tv"):
        page = client.get(path).text
        assert "&lt;script&gt;alert(" in page
        assert "<script>" not in page
        assert "%(n)s {{ 7*7 }}" in page
        assert "<b>lama</b>" not in page


def test_a_search_of_ten_thousand_letters_finds_nothing_and_is_cut(client: PublicClient) -> None:
    answer = client.get("/publik/", query_string={"cari": "<b>\0" * 2500})
    assert answer.status_code == 200
    assert len(answer.data) < 10_000
    assert "<b>\0" not in answer.text


def test_every_page_can_be_kept_for_five_minutes_and_asked_for_again(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    code = publish_one(sqlite_engine)
    files = [f"/publik/{code}.csv", f"/publik/{code}/kartu.png", "/publik/kamus.csv"]
    for path in [*every_page(code), *files]:
        first = client.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=300", path
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        assert client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200
        varies = "Accept-Language" in first.headers.get("Vary", "")
        assert varies is not path.endswith(f"{code}.csv"), path


def test_only_the_screen_s_page_may_run_a_script_and_only_its_own(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    code = publish_one(sqlite_engine)
    for path in every_page(code):
        answer = client.get(path)
        is_screen = path.endswith("/tv")
        expected = security_headers(POLICY if is_screen else STRICT)
        assert {name: answer.headers[name] for name in expected} == expected
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert ("<script" in answer.text) is is_screen
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", answer.text)
        loaded = re.findall(r'(?:src|<link rel="(?:stylesheet|icon)" href)="([^"]+)"', answer.text)
        assert loaded
        assert all(each.startswith(("/static/", "/warna/")) for each in loaded)
        assert "X-Robots-Tag" not in answer.headers


def weight(client: PublicClient, path: str) -> int:
    asked = {"Accept-Encoding": "gzip, deflate, br"}
    page = client.get(path, headers=asked)
    loaded = re.findall(r'(?:src|<link rel="(?:stylesheet|icon)" href)="([^"]+)"', page.text)
    answers = [page, *(client.get(address, headers=asked) for address in loaded)]
    return sum(len(answer.data) + len(str(answer.headers)) + 20 for answer in answers)


def test_each_page_weighs_at_most_thirty_kilobytes_with_all_it_loads(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    code = publish_one(sqlite_engine)
    heavy = {path: weight(client, path) for path in every_page(code)}
    assert {path: kb for path, kb in heavy.items() if kb > THIRTY_KILOBYTES} == {}


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_card_is_given_as_it_was_drawn(
    sqlite_engine: Engine, client: PublicClient, kind: str
) -> None:
    address = f"/publik/{publish_one(sqlite_engine)}/kartu.{kind}"
    shown = "attachment" if kind == "svg" else "inline"
    for language in ("id", "en"):
        answer = client.get(address, query_string={"lang": language})
        assert answer.data == f"{kind} {language}".encode()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        named = f'{shown}; filename="kartu-ikm-unit-'
        assert answer.headers["Content-Disposition"].startswith(named)


def test_the_pages_tell_search_engines_and_those_who_share_them_what_they_are(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    code = publish_one(sqlite_engine)
    page = client.get(f"/publik/{code}").text
    assert "<title>Kepuasan masyarakat, Disdukcapil Kota Contoh, Triwulan III 2026</title>" in page
    assert re.search(r'<meta name="description" content="IKM 84,\d\d, mutu B, menurut 412', page)
    [picture] = re.findall(r'<meta property="og:image" content="([^"]+)"', page)
    assert client.get(picture.partition(":8000")[2]).mimetype == "image/png"


def test_pages_speak_english_where_it_is_asked_for(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    code = publish_one(sqlite_engine)
    page = plain(client.get(f"/publik/{code}?lang=en"))
    assert "Quarter III of 2026" in page
    assert "84." in page
    for path in every_page(code):
        text = client.get(f"{path}?lang=en").text
        assert '<html lang="en">' in text
        assert 'lang=id"' in text or path.endswith("/tv")


def test_the_screen_turns_through_index_elements_answers_and_the_way_here(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    code = publish_one(sqlite_engine)
    page = client.get(f"/publik/{code}/tv").text
    assert page.count('<section class="slide') == 5
    assert '<main class="of-5">' in page
    assert f"/publik/{code}</b>" in page
    with writing(sqlite_engine) as session:
        published(session, id_of(session, code), cause=LATER)
    assert '<main class="of-3">' in client.get(f"/publik/{code}/tv").text


def test_the_worked_example_is_the_method_s_own(client: PublicClient) -> None:
    example = worked_example()
    assert index_of_totals({30: 6, 31: 4}) == example.index
    assert example.total == 30 * 6 + 31 * 4
    assert f"<b>{str(example.index).replace('.', ',')}</b>" in client.get("/publik/cara").text


def test_the_grades_of_the_public_pages_are_the_method_s() -> None:
    told = [(row.letter, row.category, row.lowest) for row in GRADES]
    assert told == [(row.letter, row.category, row.lowest) for row in GRADES_2017]
    ends = [row.highest + Decimal("0.01") for row in GRADES[1:]]
    assert ends == [row.lowest for row in GRADES[:-1]]


def test_the_dictionary_names_each_column_of_the_data(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    columns = list(data_rows(client.get(f"/publik/{publish_one(sqlite_engine)}.csv"))[0])
    assert [row["kolom"] for row in data_rows(client.get("/publik/kamus.csv"))] == columns
    page = client.get("/publik/kamus").text
    assert re.findall("<code>([^<]+)</code>", page) == columns
    assert SHOWN_N != HIDDEN_N


def test_nobody_can_change_anything_here(sqlite_engine: Engine, client: PublicClient) -> None:
    code = publish_one(sqlite_engine)
    for path in every_page(code):
        assert client.post(path, data={"x": "1"}).status_code == 405
    assert BY_HAND.by not in client.get(f"/publik/{code}").text
