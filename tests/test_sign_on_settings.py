"""Settings of the provider: all or none, and one plain sentence for what is wrong."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from aggregation.sign_on.settings import sign_on_from
from deploy.nilai import main
from survey.settings import WrongSettings
from tests.told_provider import RULES

SECRET = "sangat-rahasia"


@pytest.fixture
def right(tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "klaim.toml"
    file.write_text(RULES)
    return {
        "NILAI_OIDC_ISSUER": "https://sso.example.go.id/realms/pemda",
        "NILAI_OIDC_CLIENT_ID": "nilai-loket",
        "NILAI_OIDC_CLIENT_SECRET": SECRET,
        "NILAI_OIDC_NAME": "SSO Pemda",
        "NILAI_OIDC_CLAIMS": str(file),
    }


def test_without_settings_there_is_no_provider() -> None:
    assert sign_on_from({"NILAI_SECRET_KEY": "x"}) is None


def test_all_of_them_make_one_that_hides_its_secret(right: dict[str, str]) -> None:
    found = sign_on_from(right)
    assert found is not None
    assert (found.issuer, found.name) == ("https://sso.example.go.id/realms/pemda", "SSO Pemda")
    assert found.client_secret == SECRET
    assert SECRET not in repr(found)
    assert not found.for_operators_only


def test_the_secret_may_lie_in_a_file(right: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "rahasia"
    file.write_text(f"{SECRET}\n")
    del right["NILAI_OIDC_CLIENT_SECRET"]
    found = sign_on_from({**right, "NILAI_OIDC_CLIENT_SECRET_FILE": str(file)})
    assert found is not None
    assert found.client_secret == SECRET


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "_CLIENT_SECRET_FILE must name a file"), ("\n", "_CLIENT_SECRET is missing")],
)
def test_a_file_without_a_secret_is_told(
    right: dict[str, str], tmp_path: Path, content: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "rahasia").write_text(content)
    del right["NILAI_OIDC_CLIENT_SECRET"]
    with pytest.raises(WrongSettings, match=said):
        sign_on_from({**right, "NILAI_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "rahasia")})


@pytest.mark.parametrize("name", ["ISSUER", "CLIENT_ID", "CLIENT_SECRET", "NAME", "CLAIMS"])
@pytest.mark.parametrize("how", ["missing", "empty"])
def test_one_that_is_missing_is_named(right: dict[str, str], name: str, how: str) -> None:
    if how == "empty":
        right[f"NILAI_OIDC_{name}"] = " "
    else:
        del right[f"NILAI_OIDC_{name}"]
    with pytest.raises(WrongSettings, match=f"NILAI_OIDC_{name} is missing"):
        sign_on_from(right)


WRONG = [
    ("ISSUER", "http://sso.example.go.id", "NILAI_OIDC_ISSUER must be an address"),
    ("ISSUER", "https://sso.example.go.id/?x=1", "NILAI_OIDC_ISSUER must be an address"),
    ("ISSUER", "https://user@sso.example.go.id", "NILAI_OIDC_ISSUER must be an address"),
    ("ISSUER", "sso.example.go.id", "NILAI_OIDC_ISSUER must be an address"),
    ("ISSUER", f"https://sso.example/{'x' * 400}", "NILAI_OIDC_ISSUER must be an address"),
    ("NAME", "x" * 41, "NILAI_OIDC_NAME must be"),
    ("NAME", "a\u202eb", "NILAI_OIDC_NAME must be"),
    ("CLAIMS", "/tidak/ada.toml", "NILAI_OIDC_CLAIMS names /tidak/ada.toml, which cannot be read"),
    ("CLIENT_SECRET_FILE", "/tidak/ada", "not both"),
    ("LOCAL", "nobody", "NILAI_OIDC_LOCAL must be all or operator"),
    ("ISSUR", "https://x.example", "NILAI_OIDC_ISSUR is no setting"),
]


@pytest.mark.parametrize(("name", "text", "said"), WRONG)
def test_a_wrong_one_is_told_in_one_sentence(
    right: dict[str, str], name: str, text: str, said: str
) -> None:
    with pytest.raises(WrongSettings) as refused:
        sign_on_from({**right, f"NILAI_OIDC_{name}": text})
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")
    assert SECRET not in str(refused.value)


def test_a_wrong_claims_file_is_told_with_its_name(right: dict[str, str]) -> None:
    Path(right["NILAI_OIDC_CLAIMS"]).write_text('claim = "groups"')
    with pytest.raises(WrongSettings, match=r"klaim\.toml, which is not right: it needs at least"):
        sign_on_from(right)


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:9"])
def test_only_on_this_machine_the_way_may_be_plain(right: dict[str, str], issuer: str) -> None:
    assert sign_on_from({**right, "NILAI_OIDC_ISSUER": issuer}) is not None


def test_the_start_says_what_is_wrong_and_serves_nothing(
    right: dict[str, str], tmp_path: Path
) -> None:
    environment = {
        **right,
        "NILAI_DATABASE_URL": f"sqlite:///{tmp_path / 'n.db'}",
        "NILAI_SECRET_KEY": "k" * 40,
        "NILAI_OIDC_ISSUER": "http://sso.example.go.id",
    }
    started = CliRunner().invoke(main, ["serve", "--port", "1"], env=environment)
    assert started.exit_code == 1
    assert "NILAI_OIDC_ISSUER must be an address" in started.output
    assert not (tmp_path / "n.db").exists()
