"""The organisers' screens for facilitators: add them, and choose for which themes or groups they run workshops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import ClassVar

from bot.content.errors import Stale
from bot.content.forms import Form, text
from bot.content.roles import FACILITATES
from bot.content.texts import Span, Strong, Text, _
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import FACILITATOR, ORGANISER, LookAgain, Request, Routes, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.delivery import outbox
from bot.membership import rights
from bot.people import facilitator_store, participant_store, secret_store
from bot.people.audience_store import describe
from bot.people.audiences import EVERYONE, Audience, parse
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.rounds import all_rounds
from handlers.navigation import people_store
from handlers.navigation.actions import BACK, FIND, AskToRenew, Renew
from handlers.navigation.changes import inverses
from handlers.navigation.layout import OpenPerson, paged
from handlers.themes.store import all_themes
from handlers.workshops.actions import ShowFacilitator, ShowFacilitators
from handlers.workshops.organiser.phases import PHASES
from handlers.workshops.service import facilitators
from handlers.workshops.store import panel as panel_store

routes = Routes()

_SETTLES = timedelta(seconds=20)
"""How long a notice about a role waits, so that a person is told only of the last of several changes."""
_MOST_OPTIONS = 100
# L10N: whose workshops someone runs: nobody's yet
_NOBODYS = _("None for now.")
_LIST = Button(_("Who runs the workshops"), ShowFacilitators(0))


class FacilitatorForm(Form):
    """The form for the name of a new facilitator."""

    title: ClassVar[Text] = _("Someone who runs workshops")
    of_somebody: ClassVar[bool] = True
    given_name: str = text(_("First name"), max_length=100)
    family_name: str = text(_("Family name"), max_length=100, required=False)


@routes.press(ShowFacilitators, who=ORGANISER)
async def show_facilitators(request: Request, page: int) -> Reply:
    """List the people who run workshops, each with the themes or groups whose workshops they run."""
    holders = await people_store.holders(request.tx, FACILITATES)
    everyone = [*{holder.id: holder for holder in holders}.values()]
    shown, pages = paged(everyone, page, ShowFacilitators)
    lines: list[Span] = []
    for person in shown:
        audiences = await facilitator_store.of_person(request.tx, person.id)
        words = await facilitators.whose_workshops(request.tx, audiences) if audiences else _NOBODYS
        lines.append(_("{name}: {audiences}", name=Strong(called(person, "full")), audiences=words))
    if not lines:
        lines.append(_("Nobody yet: find someone and press «Their workshops», or invite someone to run them."))
    return reply(
        Strong(_("Who runs the workshops")),
        *lines,
        buttons=(
            *(Button(called(person, "full"), ShowFacilitator(person.id)) for person in shown),
            *pages,
            FIND,
            Button(_("Invite a facilitator"), invite_facilitator.to()),
            PHASES,
            BACK,
        ),
    )


@routes.form("owi", FacilitatorForm, who=ORGANISER)
async def invite_facilitator(request: Request, form: FacilitatorForm) -> Reply:
    """Add a person who runs workshops but does not attend, and ask whose workshops they run.

    Afterwards an organiser must invite the person, like everybody else.
    """
    person = await people_store.add_helper(request.tx, form.given_name, form.family_name, request.now)
    return await show_facilitator(request, person.id)


async def _person(request: Request, person_id: int) -> Participant:
    person = await participant_store.find(request.tx, person_id)
    if person is None or person.status not in ("invited", "joined"):
        raise Stale
    return person


@routes.press(ShowFacilitator, who=ORGANISER)
async def show_facilitator(request: Request, person_id: int, *buttons: Button, toast: Span | None = None) -> Reply:
    """Show whose workshops (which themes or groups) a person runs, with a choice to change that.

    `buttons` stand below the choice. `toast` is a line that tells what was just done; None for none.
    """
    person = await _person(request, person_id)
    audiences = await facilitator_store.of_person(request.tx, person.id)
    offered = await _offered(request)
    options = [Option(audience.option, await describe(request.tx, audience)) for audience in offered]
    return reply(
        _("Whose workshops does {name} run? Choose everyone, themes or groups.", name=Strong(called(person, "full"))),
        await _role_line(request, person, audiences),
        choice=Choice(
            set_facilitator.seeing(*_stored(audiences)).to(person.id),
            tuple(options),
            selected=tuple(audience.option for audience in audiences if audience in offered),
            at_least=0,
            at_most=len(options),
            # L10N: the title of a choice of themes and groups: whose workshops a facilitator runs
            placeholder=_("Whose workshops"),
        ),
        buttons=(
            *buttons,
            *await _invitation(request, person),
            Button(_("See their profile"), OpenPerson(person.id)),
            _LIST,
            BACK,
        ),
        toast=toast,
    )


async def _invitation(request: Request, person: Participant) -> Sequence[Button]:
    """Return the button that invites a person who has not joined.

    There is no button for people who attend, who are invited together with all participants.
    """
    if person.status != "invited" or person.attends:
        return ()
    if await secret_store.issued(request.tx, person.id, "invitation"):
        return (Button(_("New invitation"), AskToRenew(person.id)),)
    # L10N: a button: make the invitation of this facilitator
    return (Button(_("Their invitation"), Renew(person.id, ""), style="primary"),)


async def _role_line(request: Request, person: Participant, audiences: Sequence[Audience]) -> Span:
    if not audiences:
        return _NOBODYS
    words = await facilitators.whose_workshops(request.tx, audiences)
    if person.status == "invited":
        return _("Now: {audiences}. They will read it when they join.", audiences=words)
    return _("Now: {audiences}. They will be told in a moment.", audiences=words)


async def _offered(request: Request) -> list[Audience]:
    """Return the audiences to choose from: everyone, the themes, and the published groups of today and later."""
    day = request.today
    ahead = [round_ for round_ in await all_rounds(request.tx) if round_.published and round_.day >= day]
    audiences = [EVERYONE, *(Audience("theme", theme.key) for theme in await all_themes(request.tx))]
    for round_ in ahead:
        audiences += [Audience("group", str(group.id)) for group in await groups_of_round(request.tx, round_.number)]
    return audiences[:_MOST_OPTIONS]


async def _audiences_now(request: Request, person_id: int) -> StoredVersion:
    audiences = await facilitator_store.of_person(request.tx, person_id)
    return StoredVersion((*_stored(audiences),), LookAgain(ShowFacilitator(person_id), f"person:{person_id}"))


@routes.pick("owsv", who=ORGANISER, unless_changed=_audiences_now)
async def set_facilitator(request: Request, chosen: tuple[str, ...], person_id: int) -> Reply:
    """Store whose workshops (which themes or groups) the person with this id runs, with a button to undo that.

    `chosen` are the values of the chosen options. Groups of past days are not offered, and stay as they were. Raises
    Stale if a chosen group is no longer offered.
    """
    person = await _person(request, person_id)
    offered = {audience.option: audience for audience in await _offered(request)}
    if not set(chosen) <= offered.keys():
        raise Stale
    before = await facilitator_store.of_person(request.tx, person.id)
    past = [audience for audience in before if audience.option not in offered]
    after = [*past, *(offered[value] for value in chosen)]
    if set(after) == set(before):
        return await show_facilitator(request, person.id, toast=_("Already done."))
    await _give(request, person, after)
    summary = await _summary(request, person, after)
    undo = await record_change(
        request,
        f"person:{person.id}",
        summary,
        restore_facilitator.to(person.id),
        {"before": _stored(before), "after": _stored(after)},
    )
    return await show_facilitator(request, person.id, undo, toast=_("Saved."))


@routes.pick("ows", who=ORGANISER)
async def set_unseen(request: Request, _chosen: tuple[str, ...], person_id: int) -> Reply:
    """Show whose workshops a person runs, without storing the choice (`_chosen`).

    The choice was made in a message of an earlier version, which does not say what its reader had seen.
    """
    person = await _person(request, person_id)
    return await show_facilitator(request, person.id, toast=_("Nothing was changed."))


async def _summary(request: Request, person: Participant, audiences: Sequence[Audience]) -> Span:
    """Return one line about the change, for the list of changes."""
    name = called(person)
    if not audiences:
        return _("{name} no longer runs workshops", name=name)
    words = await facilitators.whose_workshops(request.tx, audiences)
    return _("{name} runs the workshops of {audiences}", name=name, audiences=words)


def _stored(audiences: Iterable[Audience]) -> list[str]:
    return sorted(audience.encode() for audience in audiences)


async def _give(request: Request, person: Participant, audiences: Sequence[Audience]) -> None:
    """Store for which audiences a person runs the workshops, and notify the person after `_SETTLES`.

    A person who has not joined gets no notice and reads it on joining.
    """
    fewer = not set(await facilitator_store.of_person(request.tx, person.id)) <= set(audiences)
    await facilitator_store.give(request.tx, person.id, audiences)
    if fewer and not person.organises:
        await rights.apply_role_loss(request.tx, request.declared, person, FACILITATOR, request.now)
    await facilitator_store.touch_panel_of(request.tx, person.id)
    await panel_store.drop_unsent_notices(request.tx, person.id, request.now)
    view = await facilitators.role_view(request.tx, person.id)
    await outbox.notify(
        request.tx, person.id, view, request.now, outbox.Telling.NEWS, about=person.id, due=request.now + _SETTLES
    )


@inverses.declare("iwf")
async def restore_facilitator(request: Request, values: Values, person_id: int) -> Undone:
    """Undo an organiser's choice of the audiences whose workshops a person runs.

    `values` holds the person's audiences before and after the choice. Raises UserError if the audiences were changed
    again since.
    """
    person = await participant_store.find(request.tx, person_id)
    if person is None or _stored(await facilitator_store.of_person(request.tx, person_id)) != values["after"]:
        raise changed_since()
    await _give(request, person, [parse(word) for word in values["before"]])
    return Undone(buttons=(Button(_("Their workshops"), ShowFacilitator(person.id)),))
