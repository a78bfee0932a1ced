"""Facilitators: which groups' workshops a person may run, that is start and manage their phases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.content.errors import UserError, existing
from bot.content.roles import Who
from bot.content.texts import Listing, Strong, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.people import facilitator_store
from bot.people.audience_store import describe
from bot.people.audiences import Audience
from bot.people.participants import Participant
from handlers.groups.model import Group
from handlers.groups.service.membership import round_of_the_day
from handlers.groups.store.groups import find_published_group, groups_of_round
from handlers.workshops import messages


async def group_to_run(tx: Transaction, person: Participant, group_id: int) -> Group:
    """Return the group with this id if the person runs its workshops or is an organiser.

    Raises Stale if the group was dissolved or is not published, UserError if the person does not run its workshops.
    """
    group = existing(await find_published_group(tx, group_id))
    runs = person.facilitates and await facilitator_store.runs_group(tx, person.id, group.id)
    if not (person.organises or runs):
        raise UserError(_("Someone else runs the workshops of this group. A question? Write to the team with /equipe."))
    return group


async def groups_run_by(tx: Transaction, person: Participant, day: date) -> Sequence[Group]:
    """Return the groups whose workshops a person runs on a day, by theme, then number; all groups for organisers.

    If the day has no published groups, these are groups of the next day that has some, or else of the last. The list is
    empty if no groups are published, and in an unconfirmed browser, where nobody has a role.
    """
    round_ = await round_of_the_day(tx, day)
    if round_ is None or not person.may(Who.FACILITATOR):
        return []
    everyone = await groups_of_round(tx, round_.number)
    if person.organises:
        return everyone
    run = {audience.encode() for audience in await facilitator_store.of_person(tx, person.id)}
    return [group for group in everyone if run & {"all", f"theme:{group.theme}", f"group:{group.id}"}]


async def whose_workshops(tx: Transaction, audiences: Sequence[Audience]) -> Listing:
    """Return the names of audiences (themes or groups) as one list to read: «Culture and CivicTech 2»."""
    return Listing(tuple([await describe(tx, audience) for audience in audiences]))


async def role_view(tx: Transaction, participant_id: int) -> View:
    """Return the message that tells a person whose workshops they run, or that they no longer run any."""
    audiences = await facilitator_store.of_person(tx, participant_id)
    if not audiences:
        return View((_("You no longer run workshops."),))
    words = await whose_workshops(tx, audiences)
    return View((_("You run the workshops of: {audiences}", audiences=Strong(words)),), (messages.RUN,))
