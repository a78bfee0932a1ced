"""The phones of the demo: the local servers of Telegram and Discord, and the pages that show what they received.

A press on a phone is sent to the local server, from there to the bot, and back, so that the whole adapter is used.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from pydantic import SecretStr

from bot.app import App
from bot.clock import ShiftedClock
from bot.config.installation import EmailSettings
from bot.config.settings import Settings
from bot.content.forms import Upload
from bot.content.markup import translator
from bot.content.templates import templates
from bot.content.texts import Reader
from bot.database.engine import Transaction
from bot.people import participant_store, secret_store
from bot.platforms.telegram.adapter import Telegram
from bot.platforms.web.guard import attachment_headers, from_here, script_sources
from bot.platforms.web.static_files import StaticFiles
from bot.rehearsal.botapi import BotApi, MethodCall, TelegramUser
from bot.rehearsal.botapi.wire import ApiError
from bot.rehearsal.chat_driver_telegram import TelegramChat
from bot.rehearsal.demo_gathering import MAIL
from bot.rehearsal.phone import Phone
from bot.rehearsal.phone_telegram import TelegramPhone

if TYPE_CHECKING:
    from bot.rehearsal.discord_server import DiscordServer
    from bot.rehearsal.mail_server import MailServer

_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)


def has_discord() -> bool:
    """Return whether simcord, the library that simulates Discord, is installed."""
    return find_spec("simcord") is not None


class LocalPlatforms:
    """The simulated servers of Telegram and perhaps of Discord and e-mail, and the demo's phones that use them."""

    def __init__(
        self, settings: Settings, telegram: BotApi, discord: DiscordServer | None, mail: MailServer | None
    ) -> None:
        there: dict[str, object] = {"token": SecretStr(telegram.token), "api_base": telegram.root}
        changed: dict[str, object] = {"telegram": settings.telegram.model_copy(update=there)}
        if discord:
            there = {"token": SecretStr("demo"), **discord.places}
            changed["discord"] = settings.discord.model_copy(update=there)
        if mail:
            changed["email"] = EmailSettings.model_validate(mail.settings())
        self.settings = settings.model_copy(update=changed)
        """The settings with which the program uses the simulated servers."""
        self.with_phones: Sequence[str] = ("telegram", "discord") if discord else ("telegram",)
        """The names of the platforms that have phones."""
        self.names: Sequence[str] = (*self.with_phones, *((MAIL,) if mail else ()))
        """The names of the platforms that have phones, and of e-mail if there are mailboxes."""
        self.mail = mail
        """The simulated mail server; None if there is none."""
        self._telegram = telegram
        self._discord = discord
        self._desk = asyncio.Lock()
        self._phones: dict[tuple[str, int], Phone] = {}
        self._app: App | None = None

    async def connect(self, app: App) -> None:
        """Connect the program, which does not run yet, to the simulated Discord; do nothing if there is no Discord."""
        self._app = app
        if self._discord:
            await self._discord.connect(app.platforms["discord"])

    def find(self, platform: str, person: int) -> Phone | None:
        """Return a participant's phone with a platform, such as «telegram»; None if it was not opened yet."""
        return self._phones.get((platform, person))

    async def open(self, platform: str, person: int, name: str, locale: str) -> None:
        """Give a participant of the demo a phone with a platform, unless they have one.

        `person` is the participant's id; `name` and `locale` are their name and language on the platform.
        """
        if (platform, person) not in self._phones:
            phone = self._with_telegram(name, locale) if platform == "telegram" else await self._with_discord(name)
            self._phones.setdefault((platform, person), phone)

    def _with_telegram(self, name: str, locale: str) -> Phone:
        user = TelegramUser(self._telegram, name, language_code=locale)
        return TelegramPhone(TelegramChat(user, self._answered, strict=False))

    async def _with_discord(self, name: str) -> Phone:
        from bot.rehearsal.phone_discord import DiscordPhone

        assert self._discord is not None
        async with self._desk:
            return DiscordPhone(self._discord, self._discord.person(name), self._desk)

    async def _answered(self) -> None:
        assert self._app is not None
        telegram = self._app.platforms["telegram"]
        assert isinstance(telegram, Telegram)
        await telegram.replies.drained()

    def refused_by_telegram(self, call: MethodCall, error: ApiError) -> None:
        """Show on the phones that the simulated Telegram refused a call, if the bot could have avoided this."""
        if error.is_violation:
            self._tell("telegram", call.text("chat_id"), f"{call.method}: {error.description}")

    def refused_by_discord(self, method: str, path: str, why: str, _said: str) -> None:
        """Show on the phones that the simulated Discord refused a request (`method`, `path`) of the bot, and `why`."""
        self._tell("discord", path, f"{method} {'/'.join(path.split('/')[:2])}: {why}")

    def _tell(self, refusing: str, where: str, what: str) -> None:
        for (platform, _person), phone in self._phones.items():
            if platform == refusing:
                phone.note_refusal(where, what)


@asynccontextmanager
async def open_local_platforms(
    settings: Settings, clock: ShiftedClock, *, discord: bool, mail: bool = False
) -> AsyncIterator[LocalPlatforms]:
    """Start the simulated Telegram, with `discord` the simulated Discord, and with `mail` a simulated mail server.

    All end with the `async with` block.
    """
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(BotApi(clock=clock))
        post = None
        if mail:
            from bot.rehearsal.mail_server import open_mail_server

            post = await stack.enter_async_context(open_mail_server())
        if not discord:
            local = LocalPlatforms(settings, telegram, None, post)
        else:
            from bot.rehearsal.discord_server import DiscordServer, refusals

            local = LocalPlatforms(
                settings, telegram, await stack.enter_async_context(DiscordServer(clock, strict=False)), post
            )
            stack.enter_context(refusals(local.refused_by_discord))
        telegram.refused = local.refused_by_telegram
        yield local


class PhonePages:
    """Serves a page for each phone of the demo, and carries out what the demo's visitor does on it."""

    def __init__(
        self,
        path: str,
        local: LocalPlatforms,
        app: App,
        static: StaticFiles,
        reader_of: Callable[[web.Request], Reader],
        visited: Callable[[int], object],
    ) -> None:
        """Serve phones below `path`; `visited` is called with the id of each participant whose phone is opened."""
        self._path = f"{path}/phone"
        self._scripts = f"{path}/static/"
        self._local = local
        self._settings = app.settings
        self._store = app.store
        self._clock = app.clock
        self._static = static
        self._reader = reader_of
        self._visited = visited
        self._templates = templates(_HERE / "templates")

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the demo's phones, for the web server."""
        here = f"{self._path}/{{platform:{'|'.join(self._local.with_phones)}}}/{{person:[0-9]{{1,15}}}}"
        return [
            web.get(here, self._show),
            web.get(f"{here}/screen", self._tell),
            web.post(f"{here}/act", self._act),
            web.get(f"{here}/file/{{file}}", self._send),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        reader = self._reader(request)
        person, platform = int(request.match_info["person"]), request.match_info["platform"]

        async def unit(tx: Transaction) -> str | None:
            known = await participant_store.find(tx, person)
            if known:
                await participant_store.set_locale(tx, person, reader.locale)
            return known.given_name if known else None

        if (name := await self._store.transact(unit)) is None:
            raise web.HTTPNotFound
        self._visited(person)
        await self._local.open(platform, person, name, reader.locale)
        page = self._templates.get_template("phone.html").render(
            _=translator(reader),
            lang=reader.locale,
            gathering=self._settings.gathering.name,
            platform=platform,
            here=request.path,
            static=self._static.address,
        )
        scripts = script_sources(request, self._settings.web.public_url, self._scripts)
        headers = {"Content-Security-Policy": _POLICY.format(scripts=scripts)}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _tell(self, request: web.Request) -> web.Response:
        phone = self._phone(request)
        return web.json_response(asdict(phone.screen(self._reader(request))))

    async def _act(self, request: web.Request) -> web.Response:
        """Do what the visitor does on the phone, and return what it shows then."""
        phone = self._phone(request)
        given = await request.post()
        answers = {name: _answer(value) for name, value in given.items()}
        toast = ""
        try:
            match answers.pop("do"):
                case "start":
                    await self._begin(request, phone)
                case "press":
                    toast = await phone.press(str(answers["message"]), str(answers["payload"]))
                case "choose":
                    values = [str(value) for value in given.getall("value", [])]
                    await phone.choose(str(answers["message"]), str(answers["payload"]), values)
                case "write":
                    upload = answers.get("file")
                    await phone.write(str(answers["text"]), upload if isinstance(upload, Upload) else None)
                case "fill":
                    await phone.fill(answers)
                case "close":
                    phone.close()
                case "turn":
                    phone.turn(str(answers["channel"]))
        except LookupError:  # a press on a button that was replaced meanwhile
            raise web.HTTPConflict from None
        screen = asdict(phone.screen(self._reader(request)))
        return web.json_response({"toast": toast, "screen": screen})

    async def _begin(self, request: web.Request, phone: Phone) -> None:
        """Let the person open their invitation on the phone; from then on the bot writes to them there."""
        person, platform = int(request.match_info["person"]), request.match_info["platform"]
        now = self._clock.now()
        code = await self._store.transact(lambda tx: secret_store.issue(tx, "invitation", person, now))
        await phone.follow(f"j-{code}")

        async def prefer(tx: Transaction) -> None:
            account, _owner = await participant_store.identify(tx, platform, phone.native_id)
            if account and account.id:
                await participant_store.prefer(tx, person, account.id)

        await self._store.transact(prefer)

    async def _send(self, request: web.Request) -> web.Response:
        file = self._phone(request).file(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound
        return web.Response(body=file.content, headers=attachment_headers(file.name, file.content, shown=True))

    def _phone(self, request: web.Request) -> Phone:
        """Return the phone that a request is about. Raises HTTPForbidden for other sites, HTTPNotFound for nobody's."""
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        phone = self._local.find(request.match_info["platform"], int(request.match_info["person"]))
        if phone is None:
            raise web.HTTPNotFound
        return phone


def _answer(value: object) -> str | Upload:
    """Return a field of a form as it was sent; a file input where nothing was chosen sends an empty name."""
    if isinstance(value, web.FileField):
        with value.file:
            return Upload(value.filename, value.file.read()) if value.filename else ""
    return str(value)
