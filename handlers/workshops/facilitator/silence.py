"""A facilitator's screens for nudging silent members: asking them in private for an idea.

Facilitators do not read who was silent.
"""

from __future__ import annotations

from bot.content.texts import Span, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import FACILITATOR, Request, Routes
from handlers.groups.service.membership import round_of_the_day
from handlers.themes.store import all_themes
from handlers.workshops.actions import NudgeSilent, RunPhases, ShowPanel
from handlers.workshops.messages import short_title, sort_by_urgency
from handlers.workshops.service import facilitators, phases
from handlers.workshops.service.phases import Nudged
from handlers.workshops.store import runs
from handlers.workshops.store.panel import GroupProgress

routes = Routes()

_PANEL = Button(_("My panel"), ShowPanel())
_MOST = 20
"""How many groups can be chosen from."""


@routes.press(NudgeSilent, who=FACILITATOR)
async def nudge_silent(request: Request, group_id: int) -> Reply:
    """Ask the silent members of a group for an idea; with 0 as its id, list the groups that have silent members."""
    if not group_id:
        return await _list_silent_groups(request)
    return await nudge_chosen(request, group_id)


@routes.pick("wkg", sent_with_press=False, who=FACILITATOR)
async def nudge_chosen(request: Request, group_id: int) -> Reply:
    """Ask each silent member of a group in private for an idea, and tell the facilitator how many were asked.

    If no phase is open in the group, the reply says so.
    """
    group = await facilitators.group_to_run(request.tx, request.participant, group_id)
    run = await runs.open_run_of(request.tx, group.id)
    if run is None:
        return reply(_("No phase is running in this group."), buttons=(_PANEL,))
    return _result(
        await phases.nudge_silent(request.tx, run, request.now, by=request.participant.id),
        (Button(_("The group's phase"), RunPhases(group.id)), _PANEL),
    )


async def _silent_groups(request: Request) -> list[GroupProgress]:
    """Return the progress of those groups of the day that are in a phase and have silent members.

    They are sorted by how much they need a facilitator, the most silent first.
    """
    round_ = await round_of_the_day(request.tx, request.today)
    if round_ is None:
        return []
    person = request.participant
    standings = await phases.standings(request.tx, round_.number, person.id, everything=person.organises)
    return [
        progress
        for progress in sort_by_urgency(standings, request.now)
        if progress.run and progress.run.open and progress.spoken < progress.members
    ]


async def _list_silent_groups(request: Request) -> Reply:
    silent_groups = await _silent_groups(request)
    if not silent_groups:
        return reply(_("There is nobody to nudge: everyone has spoken, or no phase is open."), buttons=(_PANEL,))
    themes = {theme.key: theme for theme in await all_themes(request.tx)}
    options = []
    for progress in silent_groups[:_MOST]:
        title, silent = short_title(progress, themes), progress.members - progress.spoken
        # L10N: a button for a group: so many of its members have said nothing yet
        label = _n("{group}: {count} silent", "{group}: {count} silent", silent, group=title)
        options.append(Option(f"{progress.group.id}", label))
    # L10N: a button: nudge the silent members of all groups
    everybody = (Button(_("In all groups"), nudge_all.to(), style="primary"),) if len(silent_groups) > 1 else ()
    return reply(
        _("In which group? Each silent person gets a private message that asks for one sentence."),
        choice=Choice(nudge_chosen.to(), tuple(options), placeholder=_("A group")),
        buttons=(*everybody, _PANEL),
    )


@routes.press("wka", who=FACILITATOR)
async def nudge_all(request: Request) -> Reply:
    """Ask each silent member of all groups that the person runs, in private, for an idea."""
    nudged = Nudged()
    for progress in await _silent_groups(request):
        assert progress.run is not None
        nudged += await phases.nudge_silent(request.tx, progress.run, request.now, by=request.participant.id)
    return _result(nudged, (_PANEL,))


def _result(nudged: Nudged, buttons: tuple[Button, ...]) -> Reply:
    """Show how many people were nudged, and how many were not and why."""
    lines: list[Span] = []
    if nudged.asked:
        lines.append(
            _n("{count} person gets a private message.", "{count} people get a private message.", nudged.asked)
        )
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
                "{count} person does not get private messages: talk to the group.",
                "{count} people do not get private messages: talk to the group.",
                nudged.out_of_reach,
            )
        )
    return reply(*(lines or [_("Everybody has spoken.")]), buttons=buttons)
