"""Declares what organisers prepare: the texts of practical information, and the days and the place, to be confirmed."""

from __future__ import annotations

from bot.content.texts import Moment, Name, Span, Strong, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Preparation, Request, Routes
from handlers.navigation.actions import BACK
from handlers.navigation.confirming import confirm, confirmed
from handlers.practical import store
from handlers.practical.actions import EditSections
from handlers.practical.messages import ADDRESS
from handlers.practical.organiser.editing import set_place

routes = Routes()

_SUBJECT = "days"


def _days(request: Request) -> tuple[int, int]:
    """Return the first and the last day of the gathering, as numbers such as 20270610."""
    gathering = request.settings.gathering
    return int(f"{gathering.starts:%Y%m%d}"), int(f"{gathering.ends:%Y%m%d}")


def _stored(days: tuple[int, int]) -> str:
    first, last = days
    return f"{first}-{last}"


@routes.press("zpd", who=ORGANISER)
async def show_days(request: Request) -> Reply:
    """Show the days, the time zone and the addresses of the gathering, with a button to confirm them."""
    gathering, days = request.settings.gathering, _days(request)
    places = [each for each in await store.confirmed_sections(request.tx) if each.address]
    lines: list[Span] = [
        Strong(
            _("{first} to {last}", first=Moment.of_day(gathering.starts), last=Moment.of_day(gathering.ends)),
        ),
        _("Time zone: {zone}", zone=Name(gathering.zone)),
        *(Name(each.address) for each in places),
    ]
    if not places:
        lines.append(_("No address yet."))
    lines.append(_("Wrong days? Whoever runs the server changes them in config.toml."))
    right = () if await confirmed(request, _SUBJECT) == _stored(days) else (days_are_right.to(*days),)
    return reply(
        *lines,
        buttons=(
            *(Button(_("That is right"), action, style="primary") for action in right),
            # L10N: a button: write where the gathering takes place
            Button(_("The address"), set_place.to(places[0].key if places else ADDRESS)),
            BACK,
        ),
    )


@routes.press("zpy", who=ORGANISER)
async def days_are_right(request: Request, first: int, last: int) -> Reply:
    """Store that the organiser confirmed the days and the place of the gathering.

    `first` and `last` are the days that the organiser saw; if the days have changed since, nothing is stored, and the
    new days are shown.
    """
    if (first, last) != _days(request):
        return await show_days(request)
    return await confirm(request, _SUBJECT, _stored((first, last)), _("Dates and place confirmed"))


async def _days_confirmed(request: Request) -> bool:
    return await confirmed(request, _SUBJECT) == _stored(_days(request))


async def _texts_confirmed(request: Request) -> bool:
    locales = request.settings.gathering.locales
    every = await store.confirmed_sections(request.tx)
    return bool(every) and not await store.sections_to_confirm(request.tx, locales)


TO_PREPARE = (
    Preparation(10, "days", _("Dates and place"), _days_confirmed, show_days.to()),
    Preparation(60, "infos", _("Practical information"), _texts_confirmed, EditSections()),
)
