"""Organisers' screens to print a sheet of practical information for the doors, and the page for the day itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.config import setting_store
from bot.content.errors import Stale
from bot.content.i18n import LOCALES, locale_name
from bot.content.texts import Listing, _
from bot.content.views import NOBODY, Button, File, JobRequest, Reply, View, reply, reply_with_job
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.people.participants import Participant
from handlers.navigation.actions import BACK
from handlers.practical import store
from handlers.practical.actions import EDIT_SECTIONS
from handlers.practical.drawing import plan_day_sheet, plan_sheet
from handlers.practical.jobs import make_sheet
from handlers.trust.messages import emergency_lines
from handlers.trust.store import ON_CALL

routes = Routes()


@routes.press("zc", who=ORGANISER)
async def choose_sheet(request: Request) -> Reply:
    """Ask for the languages of the sheet: one of the gathering's languages, or the first and another one."""
    first, *others = request.settings.gathering.locales
    pairs = [(first, other) for other in others]
    return reply(
        _("One A4 page, in letters as large as fit. In which language?"),
        buttons=(
            *(_language_button([locale], request) for locale in (first, *others)),
            *(_language_button(pair, request) for pair in pairs),
            EDIT_SECTIONS,
            BACK,
        ),
    )


def _language_button(locales: Sequence[str], request: Request) -> Button:
    names = tuple(locale_name(locale, request.locale) for locale in locales)
    return Button(Listing(names), print_sheet.to("_".join(locales)))


@routes.press("zcp", who=ORGANISER)
async def print_sheet(request: Request, languages: str) -> Reply:
    """Start the job that draws the sheet in `languages`, locales joined by «_». A new message brings it later."""
    locales = languages.split("_")
    sections = await store.confirmed_sections(request.tx)
    if not sections or not {*locales} <= {*LOCALES}:
        raise Stale
    sheet = plan_sheet(sections, locales, request.settings.gathering.zone, await _ways_to_join(request))
    return reply_with_job(
        _("The poster is being made. It comes in a moment."),
        buttons=(EDIT_SECTIONS, BACK),
        job=JobRequest("practical_sheet", {"sheet": sheet, **request.settings.gathering.look(locales[0])}),
    )


@routes.press("zcd", who=ORGANISER)
async def print_day(request: Request) -> Reply:
    """Start the job that draws the page for the team's pockets on the day. A new message brings the PDF file later."""
    gathering = request.settings.gathering
    sheet = plan_day_sheet(
        emergency_lines(await ON_CALL.of(request.tx, request.settings)), request.locale, gathering.zone
    )
    return reply_with_job(
        _("The page is being made. It comes in a moment."),
        buttons=(EDIT_SECTIONS, BACK),
        job=JobRequest("practical_day", {"sheet": sheet, **gathering.look(request.locale)}),
    )


@routes.job("practical_day", work=make_sheet)
async def day_is_made(_tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the page for the day that a job drew."""
    file = File(_("the-day.pdf"), result["content"], "application/pdf", NOBODY)
    return View((_("The day itself on one page, to print for the team."),), (EDIT_SECTIONS, BACK), attachments=(file,))


async def _ways_to_join(request: Request) -> Sequence[str]:
    """Return the addresses at which the bot is found: on Telegram, and the page; those that are known."""
    username = await setting_store.telegram_username(request.tx)
    page = request.settings.web.public_url
    return [*([f"https://t.me/{username}"] if username else ()), *([page] if page else ())]


@routes.job("practical_sheet", work=make_sheet)
async def sheet_is_made(_tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the sheet that a job drew."""
    file = File(_("practical-information.pdf"), result["content"], "application/pdf", NOBODY)
    return View((_("The poster for the doors, to print."),), (EDIT_SECTIONS, BACK), attachments=(file,))
