"""Mail to staff: plain text, handed to the office's own mail server; nothing in it calls home."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from enum import StrEnum
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import unquote, urlsplit

from survey.settings import Settings

TIMEOUT = 10.0
"""Seconds that somebody who pressed a button waits for a mail server at most."""

_PORTS = {"smtp": 587, "smtps": 465}


class NotSent(Exception):
    """The mail server did not take the mail; the text says why, for the server's log."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one person."""

    to: str
    subject: str
    text: str


class Encryption(StrEnum):
    """How the way to the mail server is kept secret."""

    NONE = "none"
    """Only to a server on this very machine."""
    STARTTLS = "starttls"
    TLS = "tls"


class Post(Protocol):
    """What takes mail."""

    def send(self, mail: Mail) -> bool:
        """Hand a mail over; False if no mail is sent here.

        Raises
        ------
        NotSent
            If the mail server did not take it.
        """


@dataclass(frozen=True, slots=True)
class NoPost:
    """An installation without a mail server: it sends nothing, and says so."""

    def send(self, mail: Mail) -> bool:
        """Send nothing."""
        _ = mail
        return False


@dataclass(frozen=True, slots=True)
class SmtpPost:
    """A mail server, asked anew for each mail.

    Attributes
    ----------
    sender
        The address that mail comes from.
    tls
        Which certificates are trusted; the machine's own authorities unless told.
    """

    host: str
    port: int
    sender: str
    encryption: Encryption = Encryption.STARTTLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    def send(self, mail: Mail) -> bool:
        """Hand a mail to the server, over a line that nobody reads along."""
        try:
            with self._connected() as server:
                if self.encryption is Encryption.STARTTLS:
                    server.starttls(context=self.tls)
                if self.user is not None:
                    server.login(self.user, self.password or "")
                server.send_message(_message(mail, self.sender))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # What the server said may repeat an address or a name; its kind is enough to begin.
            raise NotSent(type(error).__name__) from error
        return True

    def _connected(self) -> smtplib.SMTP:
        if self.encryption is Encryption.TLS:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=self.tls)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)


def post_of(settings: Settings) -> Post:
    """Return what takes an installation's mail."""
    if settings.smtp_url is None or settings.mail_from is None:
        return NoPost()
    parts = urlsplit(settings.smtp_url)
    host = parts.hostname or ""
    return SmtpPost(
        host=host,
        port=parts.port or _PORTS[parts.scheme],
        sender=settings.mail_from,
        encryption=_encryption(parts.scheme, host),
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )


def _encryption(scheme: str, host: str) -> Encryption:
    if scheme == "smtps":
        return Encryption.TLS
    return Encryption.NONE if _is_this_machine(host) else Encryption.STARTTLS


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name
        return False


def _message(mail: Mail, sender: str) -> EmailMessage:
    # The policy refuses a line break in a header, so nobody smuggles another recipient in.
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message
