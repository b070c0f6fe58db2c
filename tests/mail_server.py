"""A real mail server on this machine, for tests of mail: plain, with STARTTLS or with TLS."""

import ssl
from asyncio import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Visit

from aggregation.mail import Encryption

HOST = "127.0.0.1"
USER, PASSWORD = "nilai@contoh.example", "rahasia: /%@"


@dataclass
class Inbox:
    """What the server has taken."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    signed_in: list[bool] = field(default_factory=list)
    refuses: bool = False
    how: Encryption = Encryption.NONE

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    async def handle_DATA(self, _server: SMTP, visit: Visit, mail: Envelope) -> str:  # noqa: N802
        if self.refuses:
            return "550 no such mailbox: dewi@contoh.example"
        content = mail.content if isinstance(mail.content, bytes) else b""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.encrypted.append(visit.ssl is not None or self.how is Encryption.TLS)
        self.signed_in.append(bool(visit.authenticated))
        return "250 OK"


class OnAnyPort(Controller):
    def _trigger_server(self) -> None:
        # The port is known once the system has given one.
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(
    how: Encryption = Encryption.NONE,
    context: ssl.SSLContext | None = None,
    *,
    login: bool = False,
) -> Iterator[Inbox]:
    """Run a mail server; what it takes lies in the inbox."""
    inbox = Inbox(how=how)
    server = OnAnyPort(
        inbox,
        hostname=HOST,
        port=0,
        ssl_context=context if how is Encryption.TLS else None,
        tls_context=context if how is Encryption.STARTTLS else None,
        require_starttls=how is Encryption.STARTTLS,
        authenticator=_lets_in if login else None,
        auth_require_tls=how is Encryption.STARTTLS,
    )
    server.start()
    inbox.port = server.port
    yield inbox
    server.stop()


def _lets_in(_server: SMTP, _visit: Visit, _mail: Envelope, _how: str, given: object) -> AuthResult:
    assert isinstance(given, LoginPassword)
    right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)
