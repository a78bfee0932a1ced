"""Who arrives when, as organisers see it."""

from __future__ import annotations

from bot.content.texts import _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from handlers.arrivals import store
from handlers.arrivals.messages import organiser_line
from handlers.navigation.actions import BACK
from handlers.navigation.layout import paged

routes = Routes()


@routes.press("val", who=ORGANISER)
async def show_arrivals(request: Request, page: int) -> Reply:
    """Who is still to arrive, when and where, the earliest first."""
    arrivals = await store.to_come(request.tx, request.now)
    shown, pages = paged(arrivals, page, show_arrivals.to)
    lines = [organiser_line(arrival) for arrival in shown]
    return reply(*(lines or [_("No arrival is announced for now.")]), buttons=(*pages, BACK))


async def organiser_home_part(request: Request) -> View:
    """How many are still to arrive, on the organisers' screen, and the way to their list; nothing where nobody is."""
    arrivals = await store.to_come(request.tx, request.now)
    if not arrivals:
        return View(())
    line = _n("{count} arrival to come.", "{count} arrivals to come.", len(arrivals))
    return View((line,), (Button(_("Arrivals"), show_arrivals.to(0)),))
