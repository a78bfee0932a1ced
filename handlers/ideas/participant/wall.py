"""The wall: the ideas that a group gave in a phase on one screen with pages, sorted by votes or by time.

Facilitators also see the ideas of all groups of a theme, or of all themes, together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from bot.content.actions import Action
from bot.content.errors import Stale, UserError, existing
from bot.content.texts import Localised, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import FACILITATOR, Request, Routes
from handlers.groups.store.groups import find_group
from handlers.ideas import service
from handlers.ideas.actions import SetAside
from handlers.ideas.messages import idea_quote
from handlers.ideas.participant import layout
from handlers.ideas.store import moderation, readers, walls
from handlers.ideas.store.walls import IdeaScope, Order
from handlers.navigation.actions import HOME
from handlers.navigation.layout import PER_PAGE, around, if_over, page_inside
from handlers.workshops.actions import Inspire, MyIdeas, RunPhases, ShowWall
from handlers.workshops.messages import SHOW_PHASE, VOTE_FIRST, phase_title, vote_button
from handlers.workshops.model import PhaseRun
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store.ideas import collected
from handlers.workshops.store.phases import find_phase

routes = Routes()

_OWN_SHOWN = 8
_OWN_LENGTH = 150
"""How many of a person's own ideas are shown before ideas are revealed, and how many characters of each."""


@routes.press(ShowWall)
async def show_wall(request: Request, run_id: int, page_number: int = 1, by_key: str = "v") -> Reply:
    """Show the ideas that a group gave in a phase.

    Until ideas are revealed, members see only their own ideas and the number of all. `run_id` is the id of the phase's
    run in the group; `page_number` is the rank of the first idea shown, counted from 1; `by_key` is the order: «v» by
    votes, «t» by time.
    """
    run, phase = await service.find_run_and_phase(request.tx, run_id)
    leads = await service.runs_group(request.tx, request.participant, run.group_id)
    member = await readers.is_member(request.tx, request.participant.id, run.group_id)
    if not (leads or member):
        raise Stale
    scope = IdeaScope(run.phase, group_id=run.group_id)
    heading = _("{phase}, {group}", phase=phase_title(phase), group=await service.group_title(request.tx, run.group_id))
    if not (run.revealed or leads):
        return await _before_reveal(request, run, scope, heading)
    ballot = await layout.read_ballot(request, run)
    by = _order(by_key) if ballot.shows_votes else "t"  # the order by votes would reveal the votes
    total = await walls.count_on_wall(request.tx, scope)
    first = _first(page_number, total)
    entries = await walls.page_of_wall(request.tx, scope, by, first - 1, PER_PAGE)
    options = await layout.idea_options(request, entries, phase, ballot)
    order_buttons = _order_buttons(
        by, lambda order, page: ShowWall(run.id, page, order), first, total, by_votes=ballot.shows_votes
    )
    return reply(
        Strong(heading),
        *if_over(request),
        _count_line(total, by),
        *([] if run.revealed else [_("Members cannot read each other's ideas yet.")]),
        *([] if ballot.shows_votes or not total else [VOTE_FIRST]),
        choice=layout.open_choice(options, f"g{by}", first),
        buttons=(
            *around(first - 1, len(options), total, lambda start: ShowWall(run.id, start + 1, by)),
            *(await _vote_button(request, run) if member else ()),
            *(await _leading_buttons(request, run) if leads else ()),
            *_ways_on(request, run, member=member),
            *order_buttons,
            *page_inside(request),
        ),
        again=ShowWall(run.id, first, by),
    ).meant_for(None if member else FACILITATOR)


async def _before_reveal(request: Request, run: PhaseRun, scope: IdeaScope, heading: Text) -> Reply:
    """Show how many ideas wait to be revealed, and the person's own ones. `heading` is the first line."""
    total = await walls.count_on_wall(request.tx, scope)
    mine = await walls.own_on_wall(request.tx, request.participant.id, scope)
    shown = mine[-_OWN_SHOWN:]
    lines: list[Span] = [
        _n("{count} idea is waiting to be revealed.", "{count} ideas are waiting to be revealed.", total)
    ]
    if mine:
        # L10N: never zero
        lines += ["", Strong(_n("Yours:", "Your {count}:", len(mine)))]
        lines += [_("• {idea}", idea=idea_quote(entry.idea, _OWN_LENGTH, "own")) for entry in shown]
    if len(mine) > len(shown):
        lines.append(_n("… and {count} more.", "… and {count} more.", len(mine) - len(shown)))
    return reply(
        Strong(heading),
        *lines,
        buttons=(
            Button(_("My ideas"), MyIdeas(run.id)),
            # L10N: a button, a verb: show the wall of ideas as it is now
            Button(_("Refresh"), ShowWall(run.id)),
            SHOW_PHASE,
        ),
    )


def _ways_on(request: Request, run: PhaseRun, *, member: bool) -> tuple[Button, ...]:
    """Return the buttons below a wall for members of the group: to the phase, or to home once the gathering is over."""
    if request.gathering_is_over:
        return (HOME,)
    return (SHOW_PHASE, Button(_("Get inspired"), Inspire(run.id))) if member else ()


async def _vote_button(request: Request, run: PhaseRun) -> tuple[Button, ...]:
    if not (run.open and run.revealed):
        return ()
    offered = (await collected(request.tx, run)).ideas
    given = await layout.own_votes(request, run)
    return (vote_button(run, len(given)),) if request.settings.of(WorkshopSettings).votes_among(offered) else ()


async def _leading_buttons(request: Request, run: PhaseRun) -> tuple[Button, ...]:
    """Return a facilitator's buttons: ideas set aside, the wall of the whole theme, and the group's phase.

    The theme's wall is shown if the person runs all its groups.
    """
    group = existing(await find_group(request.tx, run.group_id))
    aside = len(await moderation.late_ideas(request.tx, run.group_id, run.phase))
    aside += len(await moderation.hidden_ideas(request.tx, run.group_id, run.phase))
    together = await _runs_theme(request, group.theme)
    return (
        # L10N: a button: ideas set aside came late or are hidden, so the wall does not show them
        *((Button(_("Set aside: {count}", count=aside), SetAside(run.id)),) if aside else ()),
        # L10N: a button: the ideas of all groups of a theme together
        *((Button(_("The whole theme"), show_together.to(run.phase, group.theme)),) if together else ()),
        Button(_("Run the phase"), RunPhases(run.group_id)),
    )


@routes.press("wz", who=FACILITATOR)
async def show_together(request: Request, phase: str, theme: str, page: int = 1, by: str = "v") -> Reply:
    """Show the ideas that all groups of a theme gave in a phase (a key).

    `theme` is a key, '' for all groups of all themes. `page` is the rank of the first idea shown, counted from 1; `by`
    is the order: «v» by votes, «t» by time. Raises UserError for a person who does not run the workshops of all these
    groups.
    """
    stored = existing(await find_phase(request.tx, phase))
    one_theme = theme or None
    if not await _runs_theme(request, one_theme):
        raise UserError(_("Someone else runs the workshops of these groups. Yours are on your panel."))
    title: Span = Localised(await service.theme_title(request.tx, theme)) if theme else _("all themes")
    scope = IdeaScope(stored.key, theme=one_theme)
    order = _order(by)
    total = await walls.count_on_wall(request.tx, scope)
    first = _first(page, total)
    entries = await walls.page_of_wall(request.tx, scope, order, first - 1, PER_PAGE)
    options = await layout.idea_options(request, entries, stored, layout.Ballot(), groups_too=True)
    origin = f"{'t' if theme else 'a'}{order}"

    def action_for(by: str, page: int) -> Action:
        return show_together.to(stored.key, theme, page, by)

    everyone = bool(theme) and await _runs_theme(request, None)
    return reply(
        Strong(_("{phase}, {theme}", phase=phase_title(stored), theme=title)),
        _count_line(total, order),
        choice=layout.open_choice(options, origin, first),
        buttons=(
            *around(first - 1, len(options), total, lambda start: action_for(order, start + 1)),
            *_order_buttons(order, action_for, first, total),
            *((Button(_("All themes"), show_together.to(stored.key, "")),) if everyone else ()),
        ),
    )


async def _runs_theme(request: Request, theme: str | None) -> bool:
    person = request.participant
    runs = person.facilitates and await readers.runs_theme(request.tx, person.id, theme)
    return person.organises or runs


def _order(by: str) -> Order:
    if by not in ("v", "t"):
        raise Stale
    return cast("Order", by)


def _first(page: int, total: int) -> int:
    """Return the rank of the first idea to show: `page`, but at least 1 and at most `total`."""
    return max(1, min(page, total))


def _count_line(total: int, by: Order) -> Text:
    if not total:
        return _("No idea yet.")
    if by == "v":
        return _n("{count} idea, most votes first", "{count} ideas, most votes first", total)
    return _n("{count} idea, newest first", "{count} ideas, newest first", total)


def _order_buttons(
    by: Order, action_for: Callable[[str, int], Action], first: int, total: int, *, by_votes: bool = True
) -> tuple[Button, ...]:
    """Return the button to the other order of the wall, and the button that refreshes the wall.

    The button to the other order is left out if there are fewer than two ideas, or if the reader cannot see votes
    (`by_votes` False). `action_for` returns the action for an order and a rank; `first` is the rank of the first idea
    shown.
    """
    newest, most_voted = (
        Button(_("Newest first"), action_for("t", 1)),
        Button(_("Most votes first"), action_for("v", 1)),
    )
    other = newest if by == "v" else most_voted
    return *((other,) if by_votes and total > 1 else ()), Button(_("Refresh"), action_for(by, first))
