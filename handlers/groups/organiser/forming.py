"""Screens to form groups: a proposal is computed, shown, computed again with other wishes, applied and undone.

Nothing changes until a proposal is applied (the button says «keep»). It is applied only if the facts from which it was
computed are still the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.clock import from_micros
from bot.content.errors import Stale, UserError, existing
from bot.content.texts import Localised, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.conflicts import who_was_faster
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.people import participant_store
from bot.people.participants import Participant
from handlers.groups.actions import (
    BACK_TO_GROUPS,
    GROUPS,
    ApplyRemedy,
    ChangeCount,
    FormWaitingTheme,
    KeepProposal,
    Redo,
    ShowProposal,
    ShowProposed,
)
from handlers.groups.jobs import compute
from handlers.groups.messages.proposals import FEWER_RULES, FORMING_SECONDS, card, theme_page
from handlers.groups.model import Proposal, Remedy, Wishes
from handlers.groups.organiser.publishing import prepare
from handlers.groups.service import proposals
from handlers.groups.service.forming import digest_wishes, request_groups, with_names
from handlers.groups.store import reach, rounds
from handlers.groups.store.proposals import StoredProposal, add_proposal, find_proposal, set_proposal_applied
from handlers.navigation.changes import RECENT, inverses
from handlers.themes.actions import notify_given_theme
from handlers.themes.service import choose_theme
from handlers.themes.store import choice_of, find_theme

routes = Routes()

SUBJECT = "groups"
"""The subject (key) under which the journal stores changes to all groups together."""


@routes.press("gb", who=ORGANISER)
async def form_groups(request: Request, *lines: Span, wishes: Wishes | None = None) -> Reply:
    """Request a proposal of groups; the proposal comes later, in a new message.

    `wishes` is what the organiser asks for, None for nothing special. The reply begins with `lines`. Raises UserError
    if all groups are published, or nobody has a theme.
    """
    wishes = wishes or Wishes()
    job = await request_groups(request.tx, request.settings, wishes, request.reader, request.now)
    if not job.payload["rounds"]:
        raise UserError(
            _("Every day's groups are published. Move people one by one, or adjust the groups on the day."),
            buttons=BACK_TO_GROUPS,
        )
    if wishes.kind == "repair":
        coming = _("I am looking for the fewest moves: a proposal comes in a moment.")
    elif not job.payload["people"]:
        raise UserError(_("Nobody has a theme yet, so there is nobody to form groups of."), buttons=BACK_TO_GROUPS)
    elif len(job.payload["rounds"]) > 1:
        coming = _("I am forming groups for several days: a proposal will come within a few minutes.")
    else:
        coming = _("I am forming groups: a proposal comes in a moment.")
    unchanged = () if lines else (_("Nothing changes until you keep it."),)
    return reply(
        *lines,
        coming,
        *unchanged,
        buttons=BACK_TO_GROUPS,
        job=job,
        fresh=True,
    )


@routes.job("form", work=compute, read=with_names, seconds=FORMING_SECONDS, instead=FEWER_RULES)
async def groups_are_formed(tx: Transaction, organiser: Participant, result: Mapping[str, Any]) -> View:
    """Store the proposal of groups that a job computed, and return the message that shows it."""
    proposal: Proposal = result["proposal"]
    proposal_id = await add_proposal(tx, organiser.id, proposal, from_micros(result["now"]))
    return await card(tx, StoredProposal(proposal_id, proposal, applied=False), result["pictures"], result["left_out"])


async def find(request: Request, proposal_id: int) -> StoredProposal:
    """Return the proposal of groups with this id. Raises UserError if it is older than a day and was not applied."""
    stored = await find_proposal(request.tx, proposal_id, request.now)
    if stored is None:
        raise UserError(_("This proposal is more than a day old. Form groups again."), buttons=BACK_TO_GROUPS)
    return stored


@routes.press(ShowProposal, who=ORGANISER)
async def show_proposal(request: Request, proposal: int) -> Reply:
    """Show a proposal of groups again, with buttons to apply or change it."""
    stored = await find(request, proposal)
    return Reply(await card(request.tx, stored))


@routes.press(ShowProposed, who=ORGANISER)
async def show_proposed(request: Request, proposal: int, theme: str, at: int, page: int) -> Reply:
    """Show a page of one theme's groups in a proposal, with buttons to ask for another number of groups.

    `at` is the index of the round (one day) in the proposal; `page` counts from 0.
    """
    stored = await find(request, proposal)
    view = existing(await theme_page(request.tx, stored, theme, at, page))
    return Reply(view)


@routes.press(Redo, who=ORGANISER)
async def redo(request: Request, proposal: int) -> Reply:
    """Request another proposal of equally good groups, with the same wishes and another random seed."""
    wishes = (await find(request, proposal)).proposal.wishes
    return await form_groups(request, wishes=replace(wishes, seed=wishes.seed + 1))


@routes.press(ChangeCount, who=ORGANISER)
async def change_count(request: Request, proposal: int, theme_key: str, number: int) -> Reply:
    """Request a new proposal that has `number` groups in one theme and is otherwise like an earlier proposal.

    With 0, the solver chooses the number. The new proposal comes later, in a new message. Raises UserError if the
    earlier one is older than a day and was not applied.
    """
    wishes = (await find(request, proposal)).proposal.wishes
    counts = {theme: count for theme, count in wishes.counts.items() if theme != theme_key}
    if number:
        counts[theme_key] = number
    return await form_groups(request, wishes=replace(wishes, counts=counts))


@routes.press(FormWaitingTheme, who=ORGANISER)
async def stop_waiting(request: Request, proposal: int, theme_key: str) -> Reply:
    """Request a proposal of groups that treats a theme like the others again.

    If the theme was kept without groups, it gets groups again. If its groups were allowed other sizes, they have the
    usual sizes again.
    """
    wishes = (await find(request, proposal)).proposal.wishes
    waivers = {theme: sizes for theme, sizes in wishes.waivers.items() if theme != theme_key}
    waiting = tuple(theme for theme in wishes.waiting if theme != theme_key)
    return await form_groups(request, wishes=replace(wishes, waivers=waivers, waiting=waiting))


@routes.press(ApplyRemedy, who=ORGANISER)
async def apply_remedy(request: Request, proposal: int, at: int) -> Reply:
    """Apply the remedy with index `at` in a proposal, and request a new proposal of groups, which comes later.

    A remedy is a change that lets a theme's people be split into groups. Raises UserError if the proposal is older than
    a day and was not applied.
    """
    stored = await find(request, proposal)
    if at >= len(stored.proposal.remedies):
        raise Stale
    remedy, wishes = stored.proposal.remedies[at], stored.proposal.wishes
    match remedy.kind:
        case "waive":
            return await form_groups(
                request, wishes=replace(wishes, waivers={**wishes.waivers, remedy.theme: remedy.sizes})
            )
        case "wait":
            waiting = tuple(sorted({*wishes.waiting, remedy.theme}))
            return await form_groups(request, wishes=replace(wishes, waiting=waiting))
        case _:
            return await _move(request, remedy, stored)


async def _move(request: Request, remedy: Remedy, stored: StoredProposal) -> Reply:
    """Move people to the theme they chose second, even if it is full, notify them, and request a new proposal.

    Raises UserError, and moves nobody, if one of them chose otherwise meanwhile.
    """
    if await digest_wishes(request.tx, stored.proposal.wishes) != stored.proposal.digest:
        return await form_groups(
            request, _("People or groups have changed in the meantime."), wishes=stored.proposal.wishes
        )
    lines: list[Text] = []
    undo: list[Button] = []
    for person_id, key in remedy.people:
        person, theme = await participant_store.find(request.tx, person_id), await find_theme(request.tx, key)
        choice = await choice_of(request.tx, person_id)
        if person is None or theme is None or choice.second != key:
            raise UserError(
                _("Somebody has chosen another theme in the meantime, so nobody was moved. Compute the groups again."),
                buttons=(Button(_("Compute again"), Redo(stored.id)), *BACK_TO_GROUPS),
            )
        await choose_theme(request.tx, person, key, request.now, beyond=True)
        words, button = await notify_given_theme(request, person, choice.theme, theme)
        lines.append(words)
        undo.append(button)
    reached = await reach.platforms_reached(request.tx)
    notified = sum(person_id in reached for person_id, _key in remedy.people)
    if notified:
        lines.append(_n("{count} person is told.", "{count} people are told.", notified))
    again = await form_groups(request, *lines, wishes=stored.proposal.wishes)
    back = undo if len(undo) == 1 else [RECENT]
    return replace(again, view=replace(again.view, buttons=(*back, *again.view.buttons)))


@routes.press(KeepProposal, who=ORGANISER)
async def keep_proposal(request: Request, proposal_id: int) -> Reply:
    """Apply a proposal of groups, with a button to undo that.

    If the facts from which it was computed have changed since, nothing is applied, and the reply says so. Raises
    UserError if the groups were published since, or the proposal is older than a day.
    """
    stored = await find(request, proposal_id)
    if stored.applied:
        return reply(_("This proposal is already kept."), buttons=BACK_TO_GROUPS, toast=_("Already done."))
    proposal = stored.proposal
    published = {round_.number for round_ in await rounds.all_rounds(request.tx) if round_.published}
    if proposal.wishes.kind == "form" and published & set(proposal.rounds):
        raise UserError(
            _("Groups have been published in the meantime, so nothing was kept. Form groups again."),
            buttons=BACK_TO_GROUPS,
        )
    if await digest_wishes(request.tx, proposal.wishes) != proposal.digest:
        faster = await who_was_faster(request, SUBJECT)
        again = (Button(_("Compute again"), Redo(stored.id), style="primary"),)
        return reply(
            faster,
            _("People, rules or groups have changed since it was computed."),
            buttons=(*again, *BACK_TO_GROUPS),
        )
    applied = await proposals.apply_proposal(request.tx, proposal, request.now, by=request.participant.id)
    await set_proposal_applied(request.tx, stored.id, request.now)
    summary = await _summary(request, proposal, applied)
    values = {"proposal": stored.id, "before": applied.before, "after": applied.after}
    undo = await record_change(request, SUBJECT, summary, restore_groups.to(), values)
    count = applied.notified
    notified = (_n("{count} person is told.", "{count} people are told.", count),) if count else ()
    days = await rounds.all_rounds(request.tx)
    unpublished = [day.number for day in days if not day.published]
    # L10N: a button, a verb: publish the groups of a round
    next_day = [Button(_("Publish"), prepare.to(number), style="primary") for number in unpublished[:1]]
    return reply(Strong(summary), *notified, buttons=(*next_day, undo, *BACK_TO_GROUPS), toast=_("Saved."))


async def _summary(request: Request, proposal: Proposal, applied: proposals.AppliedProposal) -> Text:
    """Return what applying a proposal changed: how many groups are new or have other members.

    If a repair changed only one theme, it is named.
    """
    count = sum(applied.changed.values())
    if applied.dissolved and not count:
        return _n("{count} group dissolved", "{count} groups dissolved", applied.dissolved)
    if proposal.wishes.kind != "repair":
        return _n("{count} group formed", "{count} groups formed", count)
    theme = await find_theme(request.tx, next(iter(applied.changed))) if len(applied.changed) == 1 else None
    if theme is None:
        return _n("{count} group adjusted", "{count} groups adjusted", count)
    return _n(
        "{theme}: {count} group adjusted",
        "{theme}: {count} groups adjusted",
        count,
        theme=Localised(theme.title),
    )


@inverses.declare("gab")
async def restore_groups(request: Request, values: Values) -> Undone:
    """Restore the groups as they were before a proposal was applied. Raises UserError if anyone was moved since."""
    tx, by = request.tx, request.participant.id
    stored = await find_proposal(tx, values["proposal"], request.now)
    absent = await proposals.absent_for(tx, stored.proposal) if stored else ()
    if not await proposals.restore_groups(tx, values["before"], values["after"], request.now, by=by, untold=absent):
        raise changed_since()
    await set_proposal_applied(tx, values["proposal"], None)
    return Undone((_("The groups are as they were before."),), (GROUPS,))
