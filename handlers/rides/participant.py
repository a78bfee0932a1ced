"""Everybody's screens of rides: all offered rides, one ride, offering one, and the driver's answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from bot.content.errors import Stale, UserError
from bot.content.forms import Form, Incomplete, choice, integer, moment, text
from bot.content.texts import Moment, Text, _
from bot.content.views import Button, Choice, Option, Reply, View, reply, with_lines_first
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import Request, Routes
from bot.delivery import notices
from bot.people.naming import called
from handlers.navigation.actions import HOME
from handlers.navigation.layout import paged
from handlers.rides import service, store
from handlers.rides.messages import RIDES, AnswerPassenger, aboard, answers, status_line, title
from handlers.rides.model import AROUND, Ride, RideOffer

routes = Routes()


class RideForm(Form):
    """The form for offering a ride: to the gathering or back, the place, the time, and the number of seats."""

    title: ClassVar[Text] = _("Your ride")
    read_by_others: ClassVar[bool] = True
    way: str = choice(_("Which way?"), [Option("there", _("On the way there")), Option("back", _("On the way back"))])
    place: str = text(
        _("Where do you leave from, or go back to?"), max_length=100, hint=_("For instance «Lyon Part-Dieu».")
    )
    leaves_at: datetime = moment(_("When do you leave?"))
    seats: int = integer(_("How many people can you take?"), minimum=1, maximum=8)


async def may_ride(request: Request) -> bool:
    """Return whether a person can still offer rides and ask for seats: they have joined, and rides can still leave."""
    return request.participant.joined and request.now < request.settings.gathering.closes + AROUND


async def _why_not(request: Request, ride: Ride | None = None) -> Text | None:
    """Return why the reader cannot offer a ride or, with a `ride`, ask for a seat in it; None if they can."""
    if not await may_ride(request):
        return _("Rides are for people who are coming, up to a week after the gathering.")
    return await service.why_not(request.tx, request.settings, request.participant.id, request.now, ride)


async def _check(request: Request, ride: Ride | None = None) -> None:
    if refusal := await _why_not(request, ride):
        raise UserError(refusal, buttons=(RIDES, HOME))


@routes.press("cvl")
@routes.command(
    "covoiturage",
    _("Rides to the gathering and back"),
    names={"en": "rides", "de": "mitfahren"},
    plain_words=_("rides, ride sharing, car sharing, carpool, a ride, my ride"),
)
async def show_rides(request: Request, page: int = 0) -> Reply:
    """Show the reader's own rides, then other people's rides with a free seat, with buttons to open each."""
    rides = await store.to_come(request.tx, request.participant.id, request.now)
    own = [ride for ride in rides if ride.concerns_reader]
    organises = request.participant.organises
    others = [ride for ride in rides if _is_offered(request, ride) and (ride.free or organises)]
    shown, pages = paged([*own, *others], page, show_rides.to)
    options = tuple(Option(str(ride.id), title(ride), status_line(ride)) for ride in shown)
    return reply(
        _("Rides on offer:") if others else _("Nobody else has a free seat for now."),
        choice=Choice(open_ride.to(), options, placeholder=_("Which ride?"), listed=True) if options else None,
        buttons=(*pages, *(() if await _why_not(request) else (OFFER,)), HOME),
    )


@routes.pick("cvo", sent_with_press=False)
async def open_ride(request: Request, ride_id: int) -> Reply:
    """Show a ride, with buttons for what the reader can do as its driver, as a passenger, or as somebody else."""
    ride = await _ride_to_come(request, ride_id)
    passengers = await store.passengers(request.tx, ride.id)
    waiting = [each for each in passengers if not each.accepted]
    seated = (aboard(ride, passengers),) if ride.taken and (ride.drives or ride.accepted) else ()
    buttons: list[Button] = []
    if ride.drives and waiting:
        buttons += answers(ride, waiting[0])
    elif ride.accepted:
        buttons.append(Button(_("Give up my seat"), leave.ask.to(ride.id)))
    elif ride.accepted is not None:
        buttons.append(Button(_("Take my request back"), leave.to(ride.id)))
    elif not ride.drives and not await _why_not(request, ride):
        buttons.append(Button(_("Ask for a seat"), ask.to(ride.id), style="primary"))
    if ride.drives or request.participant.organises:
        buttons.append(Button(_("Cancel the ride"), cancel.ask.to(ride.id), style="danger"))
    return reply(title(ride), status_line(ride), *seated, buttons=(*buttons, RIDES))


def _is_offered(request: Request, ride: Ride) -> bool:
    """Return whether a ride of somebody else is offered to the reader: neither blocked the other, or they organise.

    A browser that nobody confirmed is offered it in any case: it must not tell whom its owner blocked.
    """
    shown = not ride.apart or request.participant.organises or request.unconfirmed is not None
    return shown and not ride.concerns_reader


async def _ride_to_come(request: Request, ride_id: int) -> Ride:
    """Return a ride as the reader sees it. Raises UserError once it has left or was cancelled, or is not offered."""
    ride = await store.find(request.tx, ride_id, request.participant.id)
    if ride is None or ride.leaves_at <= request.now or not (ride.concerns_reader or _is_offered(request, ride)):
        raise UserError(_("This ride has already left, or was cancelled."), buttons=(RIDES, HOME))
    return ride


# --- offering and cancelling


@routes.form("cvn", RideForm, check=_check)
async def offer(request: Request, form: RideForm) -> Reply:
    """Store a ride and show it. Raises Incomplete for a time too long before or after the gathering.

    Raises UserError if the person offers as many rides as one may.
    """
    await _check(request)
    gathering = request.settings.gathering
    if not gathering.opens - AROUND <= form.leaves_at < gathering.closes + AROUND:
        first, last = Moment.of_day(gathering.starts - AROUND), Moment.of_day(gathering.ends + AROUND)
        raise Incomplete("leaves_at", _("Choose a departure between {first} and {last}.", first=first, last=last))
    offered = RideOffer(form.way == "back", form.place, form.leaves_at, form.seats)
    ride_id = await service.offer(request.tx, request.settings, request.participant.id, offered, request.now)
    line = _("Your ride is on offer. You will be told here if someone asks for a seat.")
    return with_lines_first(await open_ride(request, ride_id), line)


OFFER = Button(_("Offer a ride"), offer.to())


async def _cancelled_by_reader(request: Request, ride_id: int) -> Ride:
    """Return a ride that the reader may cancel, as its driver or an organiser. Raises Stale for anybody else."""
    ride = await _ride_to_come(request, ride_id)
    if not (ride.drives or request.participant.organises):
        raise Stale
    return ride


async def _sure_to_cancel(request: Request, ride: int) -> Question:
    found = await _cancelled_by_reader(request, ride)
    sure = _("Cancel this ride? Everyone concerned will be told.")
    return Question(title(found), sure, yes=_("Yes, cancel it"), back=(RIDES,))


@routes.press("cvc", first=Asks("cvd", _sure_to_cancel))
async def cancel(request: Request, ride: int) -> Reply:
    """Cancel a ride (an id) for its driver or an organiser, and notify everyone else whom this concerns."""
    found = await _cancelled_by_reader(request, ride)
    await service.cancel(request.tx, found, request.now, by_team=not found.drives)
    return reply(_("The ride is cancelled. Everyone concerned will be told."), buttons=(RIDES, HOME))


# --- seats


@routes.press("cva")
async def ask(request: Request, ride: int) -> Reply:
    """Ask the driver of a ride (an id) for a seat; pressing the button again changes nothing.

    Raises UserError if no seat is left, if the ride has left, or if the person has as many requests as one may have.
    """
    found = await _ride_to_come(request, ride)
    if not found.concerns_reader:
        await _check(request, found)
        await notices.not_too_often(request.tx, request.settings, request.participant, request.now)
        await service.ask(request.tx, found, request.participant, request.now)
    return await open_ride(request, ride)


async def _sure_to_leave(request: Request, ride: int) -> Question:
    found = await _ride_to_come(request, ride)
    sure = _("Give up your seat? {name} will be told, and others can have it.", name=found.driver)
    return Question(title(found), sure, yes=_("Yes, give it up"), back=(RIDES,))


@routes.press("cvg", first=Asks("cvh", _sure_to_leave))
async def leave(request: Request, ride: int) -> Reply:
    """Withdraw the reader's request for a seat in a ride (an id), or give the seat back; without either, do nothing."""
    found = await _ride_to_come(request, ride)
    await service.leave(request.tx, found, request.participant.id, request.now)
    return reply(_("Done: you are no longer part of this ride."), buttons=(RIDES, HOME))


@routes.press(AnswerPassenger)
async def answer(request: Request, ride: int, person: int, accepted: bool) -> Reply:
    """Give a seat to a person who asked the driver for it or, if `accepted` is False, refuse it; then show the ride.

    `ride` and `person` are ids. Raises UserError if the request was answered or withdrawn already, Stale for anybody
    but the driver.
    """
    found = await _ride_to_come(request, ride)
    if not found.drives:
        raise Stale
    asking = [each for each in await store.passengers(request.tx, ride) if each.id == person and not each.accepted]
    if not asking:
        raise UserError(_("This has already been answered, or the request was withdrawn."), buttons=(RIDES, HOME))
    await (service.accept if accepted else service.refuse)(request.tx, found, asking[0], request.now)
    name = called(asking[0])
    refused = _("{name} gets no seat, and will be told.", name=name)
    told = _("{name} has a seat, and will be told.", name=name) if accepted else refused
    return with_lines_first(await open_ride(request, ride), told)


async def home_part(request: Request) -> View:
    """Return the home screen's part with the reader's coming rides; it is emphasised if somebody asks for a seat."""
    rides = await store.to_come(request.tx, request.participant.id, request.now, own=True)
    lines = tuple(line for ride in rides for line in (title(ride), status_line(ride)))
    asked = any(ride.drives and ride.asking for ride in rides)
    return View(lines, (replace(RIDES, style="primary" if asked else "plain"),) if rides else ())
