"""All arrivals, as organisers see them."""

from __future__ import annotations

from bot.content.texts import _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from handlers.arrivals import store
from handlers.arrivals.messages import organiser_line
from handlers.navigation.actions import BACK
from handlers.navigation.layout import paged

routes = Routes()


@routes.press("val", who=ORGANISER)
async def show_arrivals(request: Request, page: int) -> Reply:
    """How many arrivals are still to come, and each of them, the earliest first."""
    arrivals = await store.to_come(request.tx, request.now)
    shown, pages = paged(arrivals, page, show_arrivals.to)
    count = _n("{count} arrival to come.", "{count} arrivals to come.", len(arrivals))
    return reply(count, *(organiser_line(arrival) for arrival in shown), buttons=(*pages, BACK))


ARRIVALS = Button(_("Arrivals"), show_arrivals.to(0))
