import pytest
from sqlalchemy import Engine
from time_machine import travel

from survey.database import writing
from tests.factories import NOON, make_desk, tap
from tests.page_words import met_on
from tests.site_client import PublicClient, phone


@pytest.fixture
def receipt(engine: Engine) -> str:
    """Give the receipt of a citizen who was very dissatisfied on 5 October 2026."""
    with writing(engine) as session:
        desk = make_desk(session)
    with travel(NOON, tick=False):
        return tap(phone(engine), desk.path, 1).text.partition('translate="no">')[2][:9]


@pytest.fixture
def client(engine: Engine) -> PublicClient:
    return phone(engine)


def test_a_receipt_tells_the_day_and_nothing_else(client: PublicClient, receipt: str) -> None:
    page = client.get(f"/resi/{receipt}")
    assert "Diterima 5 Oktober 2026." in page.text
    assert "Loket 3" not in page.text
    assert "Disdukcapil" not in page.text
    assert "uas" not in met_on(page)


def test_a_receipt_may_be_typed_in_small_letters_without_its_dash(
    client: PublicClient, receipt: str
) -> None:
    typed = receipt.lower().replace("-", "").replace("0", "o").replace("1", "l")
    answer = client.get("/resi/", query_string={"kode": typed})
    assert (answer.status_code, answer.location) == (303, f"/resi/{receipt}?lang=id")
    assert client.get(f"/resi/{typed}?lang=en").text.count("Received on 5 October 2026.") == 1


@pytest.mark.parametrize("code", ["7K3M-Q9TX", "U", "7K3M-Q9TU", "%00", "ä" * 8])
def test_an_unknown_receipt_is_not_found_and_says_what_to_check(
    client: PublicClient, code: str
) -> None:
    answer = client.get(f"/resi/{code}")
    assert answer.status_code == 404
    assert "delapan huruf dan angka" in answer.text


def test_what_is_no_receipt_is_shown_again(client: PublicClient) -> None:
    answer = client.get("/resi/", query_string={"kode": "7K3M"})
    assert answer.status_code == 422
    assert 'value="7K3M"' in answer.text
