"""Who runs which workshops: what a facilitator may do, and the groups of the day that are theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.errors import Stale, UserError
from bot.content.texts import Listing, Strong, _
from bot.content.views import Button, View
from bot.conversation.routes import Go, Request
from bot.database.engine import Transaction
from bot.people import facilitator_store
from bot.people.audience_store import describe
from bot.people.audiences import Audience
from handlers.groups import store as groups
from handlers.groups.model import Group
from handlers.groups.rounds import round_of_the_day

RUN = Button(_("Run the workshops"), Go("animer"), style="primary")
RUN_TOO = replace(RUN, style="plain")


async def check(request: Request, group_id: int) -> Group:
    """The group, for who runs its phases or organises.

    Raises Stale for one that is dissolved or not published, UserError for others.
    """
    group = await groups.find_published(request.tx, group_id)
    if group is None:
        raise Stale
    person = request.participant
    if not (person.organises or await facilitator_store.runs_group(request.tx, person.id, group.id)):
        raise UserError(_("Someone else runs the workshops of this group. A question? Write to the team with /equipe."))
    return group


async def groups_of(request: Request) -> Sequence[Group]:
    """The groups of `round_of_the_day` that the person runs (organisers: all), by theme, then number."""
    round_ = await round_of_the_day(request)
    if round_ is None:
        return []
    everyone = await groups.of_round(request.tx, round_.number)
    if request.participant.organises:
        return everyone
    mine = await facilitator_store.groups_of(request.tx, request.participant.id, round_.number)
    return [group for group in everyone if group.id in mine]


async def listed(tx: Transaction, audiences: Sequence[Audience]) -> Listing:
    """Whose workshops these are: «Culture and CivicTech · group 2»."""
    return Listing(tuple([await describe(tx, each) for each in audiences]))


async def role_view(tx: Transaction, participant_id: int) -> View:
    """What someone reads of the workshops they run."""
    audiences = await facilitator_store.of_person(tx, participant_id)
    if not audiences:
        return View((_("You run no workshops any more."),))
    words = await listed(tx, audiences)
    return View((_("You run the workshops of: {audiences}", audiences=Strong(words)),), (RUN,))


async def show_role_first(request: Request) -> View:
    """Whose workshops someone runs who does not take part, as the first thing on their own screen."""
    person = request.participant
    return View(()) if person.attends or person.status == "withdrawn" else await _role(request, RUN)


async def show_role_too(request: Request) -> View:
    """Whose workshops someone runs who takes part as well; organisers find the way to them on their own screen."""
    person = request.participant
    if not person.takes_part:
        return View(())
    role = await _role(request, RUN_TOO)
    return replace(role, buttons=()) if person.organises else role


async def _role(request: Request, run: Button) -> View:
    person = request.participant
    return View((await role_view(request.tx, person.id)).lines, (run,)) if person.facilitates else View(())
