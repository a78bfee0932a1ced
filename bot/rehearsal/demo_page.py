"""The demo's own page: the personal pages and phones of two people, a clock to move, and what to try first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.app import App
from bot.clock import ShiftedClock
from bot.content import i18n
from bot.content.features import features_of
from bot.content.markup import translator
from bot.content.templates import templates
from bot.content.texts import Moment, Reader, plain
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.platforms.web import sessions
from bot.platforms.web.adapter import Web
from bot.platforms.web.gestures import number
from bot.platforms.web.guard import from_here, script_sources
from bot.platforms.web.sessions import language_of
from bot.platforms.web.static_files import StaticFile, StaticFiles, stylesheet
from bot.rehearsal import suggestions
from bot.rehearsal.contributions import Deadline, PeopleByProgress, rehearsals
from bot.rehearsal.demo_gathering import MAIL, DemoGathering, gathering_opens
from bot.rehearsal.demo_mailbox import MailboxPages
from bot.rehearsal.demo_phones import LocalPlatforms, PhonePages
from bot.rehearsal.neighbours import Neighbours
from bot.rehearsal.passing import pass_time

PATH = "/demo"
"""The path of the demo's page on the web server."""

_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self';"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_STEPS = {"minutes": timedelta(minutes=10), "hour": timedelta(hours=1), "day": timedelta(days=1)}


class DemoPage:
    """Serves the demo's page, on which frames show the personal pages and the phones of two invented people."""

    def __init__(self, app: App, clock: ShiftedClock, demo_gathering: DemoGathering, local: LocalPlatforms) -> None:
        pages = app.platforms["web"]
        assert isinstance(pages, Web)
        self._settings = settings = app.settings
        self._store = store = app.store
        self._ticker = app.ticker
        self._clock = clock
        self._pages = pages
        self._demo_gathering = demo_gathering
        self._since = clock.now()
        self._moving = asyncio.Lock()
        self._opened: dict[int, web.Response] = {}
        self._visitors = {demo_gathering.newcomer}
        self.neighbours = Neighbours(store.read, pages.act, self._visitors)
        """The players of all people whom the visitor does not play."""
        folder = _HERE / "static"
        palette = settings.gathering.branding.palette
        files = {name: stylesheet(folder / name, palette) for name in ("demo.css", "phone.css")} | {
            name: StaticFile((folder / name).read_bytes(), "text/javascript")
            for name in ("demo.js", "phone.js", "mailbox.js")
        }
        self._static = StaticFiles(f"{PATH}/static/", files)
        self._templates = templates(_HERE / "templates")
        self._local = local
        self._phones = PhonePages(PATH, local, app, self._static, self._reader, self._visitors.add)
        self._mailboxes = (
            MailboxPages(PATH, local.mail, app, demo_gathering.addresses, self._static, self._reader)
            if local.mail
            else None
        )

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the demo's page, for the web server."""
        return [
            web.get(PATH, self._show),
            web.get(f"{PATH}/as/{{person:[0-9]{{1,15}}}}", self._become),
            web.get(f"{PATH}/now", self._tell),
            web.post(f"{PATH}/clock/{{step:minutes|hour|day|deadline|gathering}}", self._advance),
            web.get(f"{PATH}/static/{{name}}", self._static.serve),
            *self._phones.routes(),
            *(self._mailboxes.routes() if self._mailboxes else ()),
        ]

    def _at(self, platform: str) -> str:
        """Return the beginning of the addresses at which people's phones or mailboxes of a platform are shown."""
        if self._mailboxes and platform == MAIL:
            return self._mailboxes.path
        return f"{PATH}/phone/{platform}/"

    async def _show(self, request: web.Request) -> web.Response:
        reader = self._reader(request)

        async def unit(tx: Transaction) -> tuple[Sequence[PeopleByProgress], dict[str, Any]]:
            tellers = [rehearsal.standings for rehearsal in rehearsals().values() if rehearsal.standings]
            standings = [
                standing for standings in tellers for standing in await standings(tx, self._demo_gathering.organiser.id)
            ]
            return standings, await self._state(tx, reader)

        groups, state = await self._store.read(unit)
        roles = [role.id for group in groups for role in group.people]
        wanted = (number(request.query.get("who", "")), self._demo_gathering.newcomer)
        who = next((role for role in (*wanted, *roles) if role in roles), self._demo_gathering.newcomer)
        page = self._templates.get_template("demo.html").render(
            _=translator(reader),
            say=lambda span: plain(span, reader),
            lang=reader.locale,
            languages={locale: i18n.locale_name(locale) for locale in self._settings.gathering.locales},
            gathering=self._settings.gathering.name,
            groups=groups,
            who=who,
            organiser=self._demo_gathering.organiser,
            moves=list(zip(self._demo_gathering.moves, state["made"], strict=True)),
            next=state["made"].index(False) if False in state["made"] else None,
            state=state,
            path=PATH,
            platforms={name: (plain(features_of(name).title, reader), self._at(name)) for name in self._local.names},
            static=self._static.address,
        )
        scripts = script_sources(request, self._settings.web.public_url, f"{PATH}/static/")
        headers = {
            "Content-Security-Policy": _POLICY.format(scripts=scripts),
            "Permissions-Policy": "geolocation=(self)",  # for the pages in its frames, which may ask only where it may
        }
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _become(self, request: web.Request) -> web.Response:
        """Open the page of a participant in the demo's language, or the mailbox of whoever has mail alone.

        If the visitor has opened this page before, the same session is used again.
        """
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        person, locale = int(request.match_info["person"]), self._reader(request).locale
        self._visitors.add(person)
        opened = self._opened.get(person)

        async def unit(tx: Transaction) -> tuple[bool, bool]:
            await participant_store.set_locale(tx, person, locale)
            session = opened.cookies[sessions.COOKIE].value if opened else ""
            ways = {account.platform for account in await participant_store.accounts_of(tx, person)}
            return await sessions.recognise(tx, person, session, self._clock.now()) is not None, ways == {MAIL}

        known, by_mail_alone = await self._store.transact(unit)
        if by_mail_alone and self._mailboxes:
            raise web.HTTPSeeOther(f"{self._mailboxes.path}{person}?lang={locale}")
        if opened is None or not known:
            opened = self._opened[person] = await self._pages.admit(request, person)
        # No place within the page is pointed to: the browser would scroll the demo there as well.
        response = web.Response(status=303, headers={"Location": opened.headers["Location"].partition("#")[0]})
        response.cookies.update(opened.cookies)
        return response

    async def _tell(self, request: web.Request) -> web.Response:
        reader = self._reader(request)
        return web.json_response(await self._store.read(lambda tx: self._state(tx, reader)))

    async def _advance(self, request: web.Request) -> web.Response:
        """Move the clock forward, unless the deadline or first morning is past, and return what changed."""
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        asked, now = request.match_info["step"], self._clock.now()
        step = _STEPS.get(asked)
        if step is None:
            deadline = await self._store.read(lambda tx: _deadline(tx, now))
            aim = gathering_opens(self._settings) if asked == "gathering" else deadline.at
            step = max(aim - now, timedelta()) if aim else timedelta()
        async with self._moving:
            await self.neighbours.finish()
            await pass_time(self._store, self._ticker, self._clock, now + step)
        return await self._tell(request)

    # ---

    def _reader(self, request: web.Request) -> Reader:
        gathering = self._settings.gathering
        wanted = (request.query.get("lang"), language_of(request))
        return Reader(i18n.negotiate(wanted, gathering.locales), gathering.zone)

    async def _state(self, tx: Transaction, reader: Reader) -> dict[str, Any]:
        """Return what changes on the demo's page, such as the time, in words."""
        now = self._clock.now()
        deadline = await _deadline(tx, now)
        return {
            "time": plain(Moment(now, "time"), reader),
            "date": plain(Moment(now, "date"), reader),
            "until": plain(deadline.words, reader),
            "ahead": deadline.at is not None and now < deadline.at,
            "before": now < gathering_opens(self._settings),
            "made": await suggestions.tried_moves(tx, self._since, self._visitors),
        }


async def _deadline(tx: Transaction, now: datetime) -> Deadline:
    """Return the deadline for the button «To the deadline», as the capability that has one tells."""
    read = next((rehearsal.deadline for rehearsal in rehearsals().values() if rehearsal.deadline), None)
    return await read(tx, now) if read else Deadline(None, "")
