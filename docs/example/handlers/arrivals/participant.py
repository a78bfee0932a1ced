"""One's own arrival: announcing it, changing it, taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from bot.content.forms import Form, moment, text
from bot.content.texts import Moment, Text, _, plain
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import Go, Request, Routes
from handlers.arrivals import service, store
from handlers.arrivals.messages import own_line
from handlers.navigation.actions import HOME

routes = Routes()


class ArrivalForm(Form):
    """When and where someone's arrival is, in their own words."""

    title: ClassVar[Text] = _("Your arrival")
    read_by_others: ClassVar[bool] = True
    time: datetime = moment(_("When?"))
    place: str = text(_("Where?"), max_length=100)


@routes.command(
    "arrivee",
    _("Your arrival"),
    names={"en": "arrival", "de": "ankunft"},
    plain_words=_("my arrival, arrival"),
)
async def show_arrival(request: Request) -> Reply:
    """Someone's own arrival, to be changed or taken back."""
    arrival = await store.of_person(request.tx, request.participant.id)
    if arrival is None:
        return reply(_("You have not announced anything yet."), buttons=(ANNOUNCE, HOME))
    return reply(own_line(arrival), buttons=(CHANGE, TAKE_BACK, HOME))


async def _said_before(request: Request) -> Mapping[str, str]:
    """What the form opens with: what was said before. It runs before Discord shows the form, and writes nothing."""
    arrival = await store.of_person(request.tx, request.participant.id)
    return {"time": plain(Moment(arrival.at), request.reader), "place": arrival.place} if arrival else {}


@routes.form("va", ArrivalForm, prefill=_said_before)
async def announce_arrival(request: Request, form: ArrivalForm) -> Reply:
    """Store the arrival and show it."""
    zone = request.settings.gathering.zone
    await service.announce(request.tx, request.participant.id, form.time, form.place, zone, request.now)
    return reply(_("Noted."), then=Go("arrivee"))


@routes.press("vax")
async def take_back_arrival(request: Request) -> Reply:
    """Delete the arrival; a second press changes nothing."""
    deleted = await service.take_back(request.tx, request.participant.id)
    line = _("Taken back.") if deleted else _("There was nothing to take back.")
    return reply(line, buttons=(ANNOUNCE, HOME))


MY_ARRIVAL = Button(_("My arrival"), Go("arrivee"))
ANNOUNCE = Button(_("Announce my arrival"), announce_arrival.to())
CHANGE = Button(_("Change my arrival"), announce_arrival.to())
TAKE_BACK = Button(_("Take my arrival back"), take_back_arrival.to())


async def is_expected(request: Request) -> bool:
    """Whether someone is expected at the gathering: they take part, and it is not over."""
    return request.participant.takes_part and not request.gathering_is_over


async def home_part(request: Request) -> View:
    """One's arrival on one's own screen, as long as it is to come; the way to announce it before."""
    if not await is_expected(request):
        return View(())
    arrival = await store.of_person(request.tx, request.participant.id)
    if arrival is None:
        return View((), (ANNOUNCE,))
    return View((own_line(arrival),), (MY_ARRIVAL,)) if arrival.at > request.now else View(())
