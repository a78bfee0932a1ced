"""Renders the HTML of pages in the reader's language from jinja2 templates, which escape all values."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web
from markupsafe import Markup, escape

from bot.clock import Clock
from bot.config.settings import Settings
from bot.content import i18n
from bot.content.branding import Branding
from bot.content.button_rows import rows
from bot.content.forms import (
    ChoiceField,
    Field,
    Form,
    IntegerField,
    MessageField,
    MomentField,
    TextField,
    UploadField,
    form_fields,
)
from bot.content.markup import markup, safe_address, time_tag, translator
from bot.content.platforms.telegram import FEATURES as TELEGRAM
from bot.content.scenes import Scene, SceneClock
from bot.content.texts import ISOLATES, Reader, Span, Text, _n, plain
from bot.content.typed_times import read_time
from bot.content.views import Picture, View
from bot.conversation.displays import ENTRY, PATH
from bot.conversation.grids import Grid
from bot.conversation.menu import Menu
from bot.conversation.router import Router
from bot.drawing.qr import qr_path
from bot.drawing.typography import curved, french
from bot.files.logo import partners_logos
from bot.platforms.web.commands_in_text import naming_commands
from bot.platforms.web.gestures import FormOpened
from bot.platforms.web.guard import STATIC
from bot.platforms.web.icons import SIZES, short_name
from bot.platforms.web.page_store import Excerpt, PageMessage
from bot.platforms.web.sessions import Visit
from bot.platforms.web.static_files import page_files

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent

INSIDE = TELEGRAM.page_inside
"""The path that Telegram opens inside itself; the pages that it may show in a frame have paths below it."""
GROUND = "#f6f3ec"
"""The background colour of an installed page until it is drawn, as in its style sheet."""
_TOAST = timedelta(seconds=10)
"""How long after a press its toast is shown with the message."""


def _for_script(counted: Text) -> tuple[Text, Text]:
    """Return a message that counts, for one and for several; the page's script puts the count in."""
    return replace(counted, count=1, values={"count": "{count}"}), replace(counted, values={"count": "{count}"})


_ARRIVED = _for_script(_n("{count} new message", "{count} new messages", 2))
"""The label that the page's script shows for new messages further down."""
_MISSED = _for_script(_n("{count} new", "{count} new", 2))
"""The label that the page's script shows for messages further up that arrived while nobody looked."""
_ID, _REVISION, _HERE, _SEAL, _TOKEN = (secrets.token_hex(8) for _ in range(5))
"""What the HTML of a message contains where each page has its own values. Chosen by chance: no text contains it."""
DISPLAY_PATH, DISPLAY_CLOCK = secrets.token_hex(8), secrets.token_hex(8)
"""Random placeholders in the HTML of a scene, for the path of each link and for the clock at each moment.

So one scene serves all screens until it changes.
"""
_REMEMBERED = 256
"""The most messages whose HTML is remembered for other pages that show the same message within a second."""


@dataclass(frozen=True, slots=True)
class Bell:
    """Whether and how a browser is notified of messages while the page is closed.

    `key` is the installation's public key, which a browser needs in order to subscribe; '' if pages send no
    notifications. `device` is a digest of the browser's push address, '' if notifications are off in this browser. With
    `shows_text`, notifications show the messages' text.
    """

    key: str
    device: str
    shows_text: bool


class Pages:
    """Renders HTML pages, and the fragments of HTML that the page's script inserts."""

    def __init__(self, settings: Settings, router: Router, clock: Clock, prefix: str) -> None:
        """`prefix` is the path of the public address; the path of every page begins with it."""
        self._gathering = settings.gathering
        self._public_url = settings.web.public_url.rstrip("/")
        self._router = router
        self.whom_to_call = router.alarm.numbers(settings) if router.alarm else ()
        """Lines that say whom to call in danger, for a person whose page does not open."""
        self._clock = clock
        self._prefix = prefix
        self._remembered: dict[Hashable, str] = {}
        self.wear(settings.gathering.branding)

    def wear(self, branding: Branding) -> None:
        """Render pages with the colour and logos of `branding` from now on; pages that are open stay unchanged."""
        self.branding = branding
        self.static = page_files(f"{self._prefix}{STATIC}", branding, f"{self._prefix}/c/")
        self._partners = tuple(enumerate(partners_logos(branding)))
        self._remembered.clear()
        self.__dict__.pop("_templates", None)

    async def serve_static(self, request: web.Request) -> web.Response:
        """Answer the request for a file that pages load. Raises HTTPNotFound if there is no such file."""
        return await self.static.serve(request)

    @cached_property
    def _templates(self) -> Environment:
        from bot.content.templates import templates  # 2 MB, of use once somebody opens a page

        environment = templates(_FOLDER / "templates")
        environment.globals = {
            "gathering": self._gathering.name,
            "zone": self._gathering.zone,
            "static": self.static.address,
            "has_logo": "logo" in self.static,
            "partners": self._partners,
            "token": partial(secrets.token_urlsafe, 12),
            "address": safe_address,
        }
        return environment

    # --- someone's page

    def chat(
        self,
        visit: Visit,
        excerpt: Excerpt,
        revision: int,
        *,
        menu: Menu,
        takes_files: bool,
        bell: Bell | None = None,
        aim: str = "",
        screens: Sequence[tuple[Span, View]] | None = None,
        notice: Sequence[Span] = (),
        draft: str = "",
    ) -> str:
        """Return the HTML of a person's page with the end of the conversation.

        `revision` is the number of the last change that the page shows. `menu` is what the person can do now. With
        `takes_files`, the page offers to send a photo. `bell` describes notifications while the page is closed, None if
        they are impossible. `aim` is the key of the place (such as a question) to which words typed now would go, '' if
        it is unknown. `screens` are pairs of title and message for a page that devices store for use without network;
        None for the live page. After a message was refused, `notice` says why, and `draft` is its text.
        """
        messages = excerpt.messages
        unread = [message.id for message in messages if message.pushed and not message.seen and not message.gone]
        return self._render(
            "chat.html",
            visit.reader,
            **self._context(visit),
            messages=[self.message(visit, message) for message in messages],
            ids=[message.id for message in messages],
            unread=unread,
            older=excerpt.older,
            revision=revision,
            notice=notice,
            draft=draft,
            takes_files=takes_files,
            menu=menu,
            team=visit.person.organises or visit.person.facilitates,
            desk=any(visit.person.may(grid.who) for grid in self._router.shared.grids.values()),
            arrived=_ARRIVED,
            missed=_MISSED,
            missed_now=_n("{count} new", "{count} new", len(unread)),
            bell=bell or Bell("", "", shows_text=False),
            aim=aim,
            screens=screens,
            pictures=_pictures_within,
            now=round(self._clock.now().timestamp() * 1000),
            waits=visit.waits is not None,
            inside=visit.inside,
        )

    def desk(self, visit: Visit, grids: Sequence[Grid]) -> str:
        """Return the HTML of the organisers' desk with these tables; the page's script fetches their rows."""
        return self._render("desk.html", visit.reader, **self._context(visit), grids=grids)

    def menu(self, visit: Visit, menu: Menu) -> str:
        """Return the HTML fragment with the menu's entries, with which the page's script replaces the older entries."""
        return self._render("menu.html", visit.reader, **self._context(visit), menu=menu)

    def older(self, visit: Visit, excerpt: Excerpt) -> str:
        """Return the HTML of a page with earlier messages, for browsers without scripts."""
        messages = [self.message(visit, message) for message in excerpt.messages]
        return self._render("older.html", visit.reader, **self._context(visit), messages=messages, older=excerpt.older)

    def message(self, visit: Visit, message: PageMessage) -> Markup:
        """Return the HTML of one message of the conversation."""
        reader = replace(visit.reader, now=self._clock.now().replace(microsecond=0))
        html = self._shared_html(message, reader)
        own = {_ID: message.id, _REVISION: message.revision, _HERE: self.path_of_visit(visit), _SEAL: visit.seal}
        for place, value in own.items():
            html = html.replace(place, escape(value))
        while _TOKEN in html:  # each form has its own
            html = html.replace(_TOKEN, secrets.token_urlsafe(12), 1)
        return Markup(html)  # noqa: S704 - the template escaped every word

    def _shared_html(self, message: PageMessage, reader: Reader) -> str:
        """Return the HTML of a message as all readers of a locale get it in this second, without what is a page's own.

        An announcement is pushed to thousands of pages at once, and an answer is shown by the page that asked and by
        each other one of the same person, so the HTML of messages without secrets is remembered.
        """
        fresh = message.toast is not None and self._clock.now() - message.changed_at < _TOAST
        if message.appearance is None:
            return self._message_html(message, reader, fresh=fresh)
        key = (message.appearance, message.said_at.replace(microsecond=0), fresh, reader)
        if key not in self._remembered:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = self._message_html(message, reader, fresh=fresh)
        return self._remembered[key]

    def _message_html(self, message: PageMessage, reader: Reader, *, fresh: bool) -> str:
        commands = naming_commands(self._router, f"f{_ID}") if message.author == "bot" else escape
        words = partial(markup, reader=reader, commands=commands)
        return self._render(
            "message.html",
            reader,
            id=_ID,
            revision=_REVISION,
            here=_HERE,
            seal=_SEAL,
            token=lambda: _TOKEN,
            message=message,
            lines=[words(line) for line in message.view.lines if line != ""],
            rows=rows(message.view.buttons, reader),
            toast=message.toast if fresh else None,
            said_at=self._stamp(message.said_at.replace(microsecond=0), reader),
        )

    def form(self, visit: Visit, opened: FormOpened) -> str:
        """Return the HTML of a page with a form, for browsers without scripts."""
        return self._render("form_page.html", visit.reader, **self._context(visit), **_form_context(opened))

    def sheet(self, visit: Visit, opened: FormOpened) -> str:
        """Return the HTML fragment of a form, which the page's script shows in a dialog over the conversation."""
        return self._render("form.html", visit.reader, **self._context(visit), **_form_context(opened))

    # --- for anyone

    def door(self, reader: Reader, person: int, link: str, *, telegram: str = "", discord: str = "") -> str:
        """Return the HTML of the page that a personal link opens, whose button opens the person's own page.

        Only the button opens a session, so that a preview or a scanner that follows the link changes nothing.
        `telegram` is the address at which the person can join on Telegram instead, and `discord` the address of the
        channel where they can enter their code; '' for none.
        """
        enter = f"{self.path_of(person)}enter"
        return self._render("door.html", reader, enter=enter, link=link, telegram=telegram, discord=discord)

    def entry(self, reader: Reader, code: str, telegram: str, problem: Span = "", lines: Sequence[Span] = ()) -> str:
        """Return the HTML of the page on which a person types a code or link to come to their own page.

        The short address on a display leads to it, unless the browser already has a page open. `code` is the display's
        short code. `telegram` is the bot's address on Telegram, '' for none. `problem` says what is wrong with what was
        typed; `lines` stand below it.
        """
        here = self.path_of_entry(code)
        return self._render("entry.html", reader, here=here, telegram=telegram, problem=problem, lines=lines)

    def opens_inside(self, reader: Reader) -> str:
        """Return the HTML of the page that a chat app opens inside itself.

        The page's script sends our server what the app tells about its user.
        """
        return self._render("inside.html", reader, here=self._prefix + INSIDE)

    def closed(self, reader: Reader, *, pasted: bool = False) -> str:
        """Return the HTML for links that open nothing; it is always the same, so that guessing links reveals nothing.

        With `pasted`, which is for the address of a person's page, it has a field into which a link can be pasted. A
        page that is installed on a phone needs the field: it has no address bar, and may not share the browser's
        session.
        """
        return self._render("closed.html", reader, pasted=pasted, lines=self.whom_to_call)

    def notice_page(self, reader: Reader, lines: Sequence[Span], back: str = "") -> str:
        """Return the HTML of a page for errors, with a few lines and a link to the path `back` ('' for no link)."""
        return self._render("note.html", reader, lines=lines, back=back)

    def press_page(self, reader: Reader, lines: Sequence[Span], label: Span, action: str) -> str:
        """Return the HTML of a page with a few lines and one button with a label, which posts to the path `action`."""
        return self._render("press.html", reader, lines=lines, label=label, action=action)

    def manifest(self, person: int) -> Mapping[str, Any]:
        """Return the manifest, with which a browser installs the page of a participant, as JSON values.

        It has nothing about the person, so that it can be read without a session.
        """
        here, name, static = self.path_of(person), self._gathering.name, self.static.address
        return {
            "id": here,
            "start_url": here,
            "scope": here,
            "name": name,
            "short_name": short_name(name),
            "lang": self._gathering.locales[0],
            "display": "standalone",
            "background_color": GROUND,
            "theme_color": GROUND,
            "icons": [
                {
                    "src": static(f"{kind}-{size}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for kind, purpose in (("icon", "any"), ("maskable", "maskable"))
                for size in SIZES
            ],
        }

    def is_path_of_page(self, request: web.Request) -> bool:
        """Return whether a request is for a person's page itself, not for one of its parts."""
        person = request.match_info.get("person")
        return person is not None and request.path in (f"/c/{person}/", f"{INSIDE}/{person}/")

    def is_inside(self, request: web.Request) -> bool:
        """Return whether a request is for a page that a chat app opens inside itself."""
        return request.path == INSIDE or request.path.startswith(f"{INSIDE}/")

    # --- displays

    def display(
        self,
        reader: Reader,
        scene: str,
        *,
        here: str,
        now: datetime,
        about: str,
        form: type[Form] | None,
        closed: Sequence[Span],
        notice: Span = "",
        problem: Span = "",
        draft: str = "",
    ) -> str:
        """Return the HTML of a display (a live page without a login); `scene` is the HTML of what it shows now.

        `here` is the path of the link, and `now` the time that its clocks show. `about` is the subject of a question
        that can be asked now, '' if none can be asked. `form` is what its reader can send, None on a wall. After
        something was sent, `notice` says that it arrived, or `problem` why it was refused, with the refused text as
        `draft`. `closed` is what the page shows after its link was closed.
        """
        return self._render(
            "display.html",
            reader,
            scene=Markup(scene),  # noqa: S704 - `scene` escaped every word
            here=here,
            now=round(now.timestamp() * 1000),
            about=about,
            field=next(iter(form_fields(form).items())) if form else None,
            closed=closed,
            notice=notice,
            problem=problem,
            draft=draft,
        )

    def scene(self, scene: Scene, reader: Reader, picture: str | None) -> str:
        """Return the HTML of what a display (a live page) shows now.

        The HTML contains the placeholders DISPLAY_PATH and DISPLAY_CLOCK. `picture` is the key of its pictures, None
        for none.
        """
        return self._render(
            "scene.html",
            reader,
            scene=scene,
            picture=picture,
            here=DISPLAY_PATH,
            clock=Markup(DISPLAY_CLOCK) if scene.clock else "",  # noqa: S704 - hexadecimal digits
            code=qr_path(self.entry_address(scene.entry)) if scene.entry else None,
            host=urlsplit(self._public_url).netloc + self._prefix,
            typeset=partial(_typeset, locale=reader.locale),
        )

    def clock(self, clock: SceneClock, reader: Reader, now: datetime) -> str:
        """Return the HTML of the clock on a live page, which shows the time `now`; the page's script moves it on."""
        return self._render("clock.html", reader, **_clock_data(clock, now))

    def path_of_display(self, secret: str) -> str:
        """Return the path, without a slash at its end, below which a display's page and its files are."""
        return f"{self._prefix}{PATH}{quote(secret, safe='')}"

    def entry_address(self, code: str) -> str:
        """Return the short address that a display shows and that leads people to their own pages."""
        return f"{self._public_url}{ENTRY}{code}"

    def path_of_entry(self, code: str = "") -> str:
        """Return the path of the short address that a display shows and that leads people to their own pages.

        `code` is the short code of the display; if it is '', the result is the beginning of all such paths.
        """
        return f"{self._prefix}{ENTRY}{quote(code, safe='')}"

    def path_of(self, person: int, *, inside: bool = False) -> str:
        """Return the path of a person's page; with `inside`, the path of the page inside a chat app."""
        return f"{self._prefix}{INSIDE if inside else '/c'}/{person}/"

    def path_of_visit(self, visit: Visit) -> str:
        """Return the path of the page that a person visits, in a browser or inside a chat app."""
        return self.path_of(visit.person.id, inside=visit.inside)

    # ---

    def _context(self, visit: Visit) -> dict[str, Any]:
        return {"here": self.path_of_visit(visit), "seal": visit.seal}

    def _render(self, template: str, reader: Reader, **values: Any) -> str:
        return self._templates.get_template(template).render(
            _=translator(reader),
            lang=reader.locale,
            say=partial(markup, reader=reader),
            plain=partial(plain, reader=reader),
            alt=lambda words: _typeset(plain(words, reader), reader.locale),
            **values,
        )

    def _stamp(self, moment: datetime, reader: Reader) -> Markup:
        zone = ZoneInfo(reader.zone)
        today = moment.astimezone(zone).date() == self._clock.now().astimezone(zone).date()
        style = "time" if today else "datetime"
        return time_tag(moment, style, i18n.format_moment(moment, style, reader.zone, reader.locale))


def _form_context(opened: FormOpened) -> Mapping[str, Any]:
    fields = form_fields(opened.form.form)
    first = opened.wrong or next(iter(fields), "")
    return {
        "form": opened.form,
        "fields": fields,
        "takes_files": any(isinstance(field, UploadField | MessageField) for field in fields.values()),
        "kind": _kind,
        "local_time": partial(_local_time, reader=opened.form.reader),
        "answers": opened.answers,
        "wrong": opened.wrong,
        "urgent": opened.urgent,
        "first": first,
        "message": opened.message,
    }


def _pictures_within(view: View) -> Sequence[tuple[str, Span]]:
    """Return the pictures of a view for a page that loads nothing: their content as an address, and their texts."""
    return [
        (f"data:{picture.media_type};base64,{b64encode(picture.content).decode()}", picture.alt)
        for picture in view.attachments
        if isinstance(picture, Picture)
    ]


def _typeset(text: str, locale: str) -> str:
    """Return a text for a wall or read aloud: without marks of writing directions, in French typeset as French is."""
    text = text.translate(ISOLATES)
    return french(curved(text)) if locale == "fr" else text


def _clock_data(clock: SceneClock, now: datetime) -> Mapping[str, Any]:
    """Return a clock for its template: instants in ms since 1970, and what it shows now.

    `state` is «begins», «runs», «over» or «stands»; `digits` are the minutes and seconds.
    """
    at = clock.ends_at - clock.left if clock.left is not None else now
    begins = clock.begins_at
    if begins is not None and at < begins:
        state, seconds = "begins", ceil((begins - at).total_seconds())
    else:
        left = ceil((clock.ends_at - at).total_seconds())
        state, seconds = ("over" if left < 0 else "runs"), abs(left)
    return {
        "label": clock.label,
        "ends": round(clock.ends_at.timestamp() * 1000),
        "begins": round(begins.timestamp() * 1000) if begins else "",
        "stands": round(at.timestamp() * 1000) if clock.left is not None else "",
        "state": state,
        "digits": f"{'+' if state == 'over' else ''}{seconds // 60}:{seconds % 60:02}",
    }


def _local_time(typed: str, reader: Reader) -> str | None:
    """Return a typed time as a calendar of the browser takes it («2027-06-10T14:05»), '' for none, None if unclear."""
    if not typed:
        return ""
    now = reader.now or datetime.now(UTC)
    instant = read_time(typed, zone=reader.zone, now=now, locale=reader.locale).instant
    return f"{instant.astimezone(ZoneInfo(reader.zone)):%Y-%m-%dT%H:%M}" if instant else None


def _kind(field: Field) -> str:
    match field:
        case ChoiceField():
            return "choice"
        case UploadField():
            return "upload"
        case MessageField():
            return "files" if field.files_only else "message"
        case MomentField():
            return "moment"
        case IntegerField():
            return "number"
        case TextField(multiline=True):
            return "lines"
    return "line"
