"""Who speaks, women or men, theme by theme: in numbers, and never of a few people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.texts import Localised, Span, Strong, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import FACILITATOR, Request, Routes
from handlers.themes.model import Theme
from handlers.themes.store import all_themes
from handlers.workshops import share_store
from handlers.workshops.actions import ShowPanel
from handlers.workshops.shares import FEWEST, Shares
from handlers.workshops.shares import shares as tell

routes = Routes()


@dataclass(frozen=True, slots=True)
class ShowShares(Action):
    """See what share of the ideas women and men gave."""

    code: ClassVar[str] = "wkw"


@routes.action(ShowShares, who=FACILITATOR)
async def show_shares(request: Request, _action: ShowShares) -> Reply:
    """The themes in which one runs groups; organisers see all."""
    person = request.participant
    mine = await share_store.themes_of(request.tx, person.id)
    said = await share_store.said(request.tx)
    lines = [
        _line(theme, tell(said.get(theme.key, {})))
        for theme in await all_themes(request.tx)
        if person.organises or theme.key in mine
    ]
    return reply(
        Strong(_("Who speaks, in 100 ideas")),
        *lines,
        _("Shown once {fewest} women and {fewest} men have given ideas.", fewest=FEWEST),
        buttons=(Button(_("My panel"), ShowPanel()),),
    )


def _line(theme: Theme, told: Shares | None) -> Span:
    title = Localised(theme.title)
    if told is None:
        return _("{theme}: too few people to tell", theme=title)
    if told.others:
        return _(
            "{theme}: women {women}, men {men}, others {others}",
            theme=title,
            women=told.women,
            men=told.men,
            others=told.others,
        )
    return _("{theme}: women {women}, men {men}", theme=title, women=told.women, men=told.men)
