"""Settings of the provider: one frozen object from the environment, or none at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from aggregation.sign_on.claim_rules import ClaimRules, WrongClaimRules, claim_rules
from survey.secret_files import WrongSecretFile, with_secrets
from survey.settings import WrongSettings

LONGEST_NAME = 40
LONGEST_ISSUER = 400
_BEGIN = "NILAI_OIDC_"
_NEEDED = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "NAME", "CLAIMS")
_KNOWN = frozenset({*_NEEDED, "CLIENT_SECRET_FILE", "LOCAL"})


@dataclass(frozen=True, slots=True)
class SignOn:
    """How staff sign on through a provider.

    Attributes
    ----------
    issuer
        The provider as it names itself in its tokens; HTTPS, or on this very machine.
    name
        What the button calls it, at most 40 letters.
    rules
        Which claims give which roles.
    for_operators_only
        Whether the local form lets only operators in: the break-glass.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    rules: ClaimRules
    for_operators_only: bool = False


def sign_on_from(environment: Mapping[str, str]) -> SignOn | None:
    """Read the settings; None if none of them is there.

    Raises
    ------
    WrongSettings
        If one is missing while another is there, or one cannot be right.
    """
    try:
        environment = with_secrets(environment, f"{_BEGIN}CLIENT_SECRET")
    except WrongSecretFile as error:
        raise WrongSettings(str(error)) from error
    given = {
        name.removeprefix(_BEGIN): text.strip()
        for name, text in environment.items()
        if name.startswith(_BEGIN)
    }
    if not given:
        return None
    _complete(given)
    return SignOn(
        issuer=_issuer(given["ISSUER"]),
        client_id=given["CLIENT_ID"],
        client_secret=given["CLIENT_SECRET"],
        name=_name(given["NAME"]),
        rules=_rules(Path(given["CLAIMS"])),
        for_operators_only=_for_operators_only(given.get("LOCAL", "all")),
    )


def is_safe(address: str) -> bool:
    """Say whether what is sent to an address is read by nobody on the way.

    Examples
    --------
    >>> [is_safe(each) for each in ("https://sso.example", "http://127.0.0.1:81", "http://[::1]")]
    [True, True, True]
    >>> [is_safe(each) for each in ("http://sso.example", "ftp://x", "https://", "https://[x")]
    [False, False, False, False]
    """
    try:
        parts = urlsplit(address)
        host, usable = parts.hostname or "", parts.port != 0
    except ValueError:  # brackets or a port that no address has
        return False
    plain = parts.scheme == "http" and _is_this_machine(host)
    strange = parts.fragment or "@" in parts.netloc or not address.isprintable()
    return bool(host) and usable and not strange and (parts.scheme == "https" or plain)


def _complete(given: Mapping[str, str]) -> None:
    unknown = sorted(given.keys() - _KNOWN)
    missing = [name for name in _NEEDED if not given.get(name)]
    if unknown:
        message = f"{_BEGIN}{unknown[0]} is no setting; docs/sso.md lists those there are."
        raise WrongSettings(message)
    if missing:
        message = f"{_BEGIN}{missing[0]} is missing; set all of the provider's settings, or none."
        raise WrongSettings(message)


def _issuer(text: str) -> str:
    if not is_safe(text) or "?" in text or len(text) > LONGEST_ISSUER:
        message = (
            f"NILAI_OIDC_ISSUER must be an address like https://sso.example.go.id, not “{text}”."
        )
        raise WrongSettings(message)
    return text


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME or not text.isprintable():
        message = f"NILAI_OIDC_NAME must be a name of at most {LONGEST_NAME} letters."
        raise WrongSettings(message)
    return text


def _rules(path: Path) -> ClaimRules:
    try:
        return claim_rules(path.read_text(encoding="utf-8"))
    except WrongClaimRules as wrong:
        message = f"NILAI_OIDC_CLAIMS names {path}, which is not right: {wrong}."
        raise WrongSettings(message) from wrong
    except (OSError, ValueError) as error:
        message = f"NILAI_OIDC_CLAIMS names {path}, which cannot be read."
        raise WrongSettings(message) from error


def _for_operators_only(text: str) -> bool:
    if text not in {"all", "operator"}:
        message = f"NILAI_OIDC_LOCAL must be all or operator, not “{text}”."
        raise WrongSettings(message)
    return text == "operator"


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name
        return False
