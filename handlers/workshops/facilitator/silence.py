"""Who has said nothing yet, nudged without being named; and who speaks, women or men, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.texts import Localised, Span, Strong, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import FACILITATOR, Request, Routes
from handlers.groups.service.membership import round_of_the_day
from handlers.themes.model import Theme
from handlers.themes.store import all_themes
from handlers.workshops import store
from handlers.workshops.actions import NudgeSilent, RunPhases, ShowPanel
from handlers.workshops.messages import short_title
from handlers.workshops.model import FEWEST, Shares, shares
from handlers.workshops.service import facilitators, phases
from handlers.workshops.service.phases import Nudged
from handlers.workshops.store import GroupProgress

routes = Routes()

_PANEL = Button(_("My panel"), ShowPanel())
_MOST = 20


@dataclass(frozen=True, slots=True)
class NudgeAll(Action):
    """Ask those who are silent in every group one runs."""

    code: ClassVar[str] = "wka"


@routes.action(NudgeSilent, who=FACILITATOR)
async def nudge_silent(request: Request, action: NudgeSilent) -> Reply:
    """Ask those of a group, or show where somebody is silent."""
    if not action.group:
        return await _choose(request)
    group = await facilitators.group_to_run(request.tx, request.participant, action.group)
    run = await store.open_run_of(request.tx, group.id)
    if run is None:
        return reply(_("This group is in no phase now."), buttons=(_PANEL,))
    return _said(
        await phases.nudge_silent(request.tx, run, request.now),
        (Button(_("The group's phase"), RunPhases(group.id)), _PANEL),
    )


async def _silent(request: Request) -> list[GroupProgress]:
    """The groups of the day in a phase in which somebody is silent."""
    round_ = await round_of_the_day(request.tx, request.today)
    if round_ is None:
        return []
    person = request.participant
    found = await phases.standings(request.tx, round_.number, person.id, everything=person.organises)
    return [each for each in found if each.run and each.run.open and each.spoken < each.members]


async def _choose(request: Request) -> Reply:
    found = await _silent(request)
    if not found:
        return reply(_("Nobody to nudge: all have spoken, or no phase is open."), buttons=(_PANEL,))
    listed = {theme.key: theme for theme in await all_themes(request.tx)}
    buttons = []
    for each in found[:_MOST]:
        title, silent = short_title(each, listed), each.members - each.spoken
        buttons.append(
            Button(
                _("{group}: {silent} of {members}", group=title, silent=silent, members=each.members),
                NudgeSilent(each.group.id),
            )
        )
    everybody = (Button(_("In all groups"), NudgeAll(), style="primary"),) if len(found) > 1 else ()
    return reply(
        _("In which group? Each silent person is asked in private for one sentence."),
        buttons=(*everybody, *buttons, _PANEL),
    )


@routes.action(NudgeAll, who=FACILITATOR)
async def nudge_all(request: Request, _action: NudgeAll) -> Reply:
    """Ask everywhere."""
    nudged = Nudged()
    for each in await _silent(request):
        assert each.run is not None
        nudged += await phases.nudge_silent(request.tx, each.run, request.now)
    return _said(nudged, (_PANEL,))


def _said(nudged: Nudged, buttons: tuple[Button, ...]) -> Reply:
    """What was done, in numbers."""
    lines: list[Span] = []
    if nudged.asked:
        lines.append(_n("{count} person is asked in private.", "{count} people are asked in private.", nudged.asked))
    if nudged.lately:
        lines.append(
            _n(
                "{count} person was asked less than ten minutes ago.",
                "{count} people were asked less than ten minutes ago.",
                nudged.lately,
            )
        )
    if nudged.out_of_reach:
        lines.append(
            _n(
                "{count} person takes no messages in private: talk to the group.",
                "{count} people take no messages in private: talk to the group.",
                nudged.out_of_reach,
            )
        )
    return reply(*(lines or [_("Everybody has spoken.")]), buttons=buttons)


# --- Who speaks, women or men, theme by theme: in numbers, and never of a few people.


@dataclass(frozen=True, slots=True)
class ShowShares(Action):
    """See what share of the ideas women and men gave."""

    code: ClassVar[str] = "wkw"


@routes.action(ShowShares, who=FACILITATOR)
async def show_shares(request: Request, _action: ShowShares) -> Reply:
    """The themes in which one runs groups; organisers see all."""
    person = request.participant
    mine = await store.themes_of(request.tx, person.id)
    said = await store.count_by_gender(request.tx)
    lines = [
        _line(theme, shares(said.get(theme.key, {})))
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
