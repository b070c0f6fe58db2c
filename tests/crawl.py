"""A browser that opens pages and notes all they do that a page of ours never does."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    WebError,
)

TELL = """addEventListener("securitypolicyviolation", (told) => console.error(
    `securitypolicyviolation ${told.effectiveDirective} ${told.blockedURI}`))"""
"""Run by the browser itself before a page's own scripts: the page's policy does not stop it."""

DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_OWN = ("data:", "blob:")


@dataclass
class Crawler:
    """A window whose every page is listened to.

    Attributes
    ----------
    address
        Of the site: every request that leads elsewhere is foreign.
    found
        What no page should do, as ``kind of fault | page | what``.
    opened
        Paths that were shown, with the status they were answered with.
    """

    context: BrowserContext
    address: str
    found: list[str] = field(default_factory=list)
    opened: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context.add_init_script(TELL)
        self.context.on("console", self._heard)
        self.context.on("weberror", self._broke)
        self.context.on("request", self._asked)
        self.context.on("requestfailed", self._failed)
        self.context.on("response", self._answered)
        self.page: Page = self.context.new_page()

    def open(self, paths: Iterable[str]) -> None:
        """Open pages one after the other, with all that is folded away."""
        for path in paths:
            answer = self.page.goto(self.address + path)
            assert answer is not None
            self.opened[path] = answer.status
            if answer.status >= 500:
                self._note("broken page", str(answer.status))
            self.page.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
            self.page.evaluate(DRAWN)

    def _note(self, kind: str, what: str) -> None:
        self.found.append(f"{kind} | {self.page.url.removeprefix(self.address)} | {what}")

    def _heard(self, message: ConsoleMessage) -> None:
        # That a page itself answers 404 is said there too; a missing part of it is noted below.
        if message.type in {"error", "warning"} and "the server responded" not in message.text:
            policy = "securitypolicyviolation" in message.text
            self._note("policy" if policy else "console", message.text)

    def _broke(self, error: WebError) -> None:
        self._note("script", str(error.error))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", *_OWN)):
            self._note("foreign", request.url)

    def _failed(self, request: Request) -> None:
        # Whoever opens the next page breaks off what the last one still asks for.
        if request.failure != "net::ERR_ABORTED":
            self._note("failed", f"{request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self._note("missing", f"{response.url} {response.status}")


@contextmanager
def crawling(
    browser: Browser, address: str, cookie: tuple[str, str] | None = None
) -> Iterator[Crawler]:
    """Give a window of its own, with the cookie of somebody who has signed in."""
    context = browser.new_context(locale="id-ID")
    try:
        if cookie:
            name, value = cookie
            kept = {"name": name, "value": value, "domain": "127.0.0.1", "path": "/staff"}
            context.add_cookies([kept])  # type: ignore[list-item]
        yield Crawler(context, address)
    finally:
        context.close()
