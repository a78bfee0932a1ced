"""The mailboxes of the demo: what the simulated mail server received, as each invented person reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.app import App
from bot.content.markup import translator
from bot.content.platforms.email import FEATURES
from bot.content.templates import templates
from bot.content.texts import Reader, plain
from bot.platforms.web.guard import from_here, script_sources
from bot.platforms.web.static_files import StaticFiles

if TYPE_CHECKING:
    from bot.rehearsal.mail_server import MailServer, ReceivedLetter

_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self';"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_OF_A_LETTER = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""The policy for a letter's page: it shows the letter, and opens links in new tabs, as a mail program does."""
_ELSEWHERE = '<head><base target="_blank">'


def has_mail() -> bool:
    """Return whether aiosmtpd, the library of the demo's mail server, is installed."""
    return find_spec("aiosmtpd") is not None


class MailboxPages:
    """Serves a page for the mailbox of each person; `addresses` are the people's e-mail addresses by participant id."""

    def __init__(
        self,
        path: str,
        server: MailServer,
        app: App,
        addresses: Mapping[int, str],
        static: StaticFiles,
        reader_of: Callable[[web.Request], Reader],
    ) -> None:
        """Serve mailboxes below `path`."""
        self.path = f"{path}/mail/"
        self._scripts = f"{path}/static/"
        self._server = server
        self._settings = app.settings
        self._addresses = addresses
        self._static = static
        self._reader = reader_of
        self._templates = templates(_HERE / "templates")

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the mailboxes, for the web server."""
        here = f"{self.path}{{person:[0-9]{{1,15}}}}"
        return [web.get(here, self._show), web.get(f"{here}/{{number:[0-9]{{1,6}}}}", self._show_letter)]

    async def _show(self, request: web.Request) -> web.Response:
        reader, (address, letters) = self._reader(request), self._mailbox(request)
        page = self._templates.get_template("mailbox.html").render(
            _=translator(reader),
            lang=reader.locale,
            title=plain(FEATURES.title, reader),
            address=address,
            letters=[*enumerate(letters)][::-1],
            here=request.path,
            static=self._static.address,
        )
        scripts = script_sources(request, self._settings.web.public_url, self._scripts)
        headers = {"Content-Security-Policy": _POLICY.format(scripts=scripts)}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _show_letter(self, request: web.Request) -> web.Response:
        _address, letters = self._mailbox(request)
        number = int(request.match_info["number"])
        if number >= len(letters):
            raise web.HTTPNotFound
        letter = letters[number].part("html").replace("<head>", _ELSEWHERE, 1)
        return web.Response(text=letter, content_type="text/html", headers={"Content-Security-Policy": _OF_A_LETTER})

    def _mailbox(self, request: web.Request) -> tuple[str, list[ReceivedLetter]]:
        """Return the address of the person whom a request is about, and the letters there.

        Raises HTTPForbidden for other sites, HTTPNotFound for who has no mailbox.
        """
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        address = self._addresses.get(int(request.match_info["person"]))
        if address is None:
            raise web.HTTPNotFound
        return address, self._server.to(address)
