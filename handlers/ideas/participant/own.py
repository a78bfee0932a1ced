"""The screens of a person's own ideas: change or withdraw them, send a late one, move them to another group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from bot.content.errors import Stale, UserError, existing
from bot.content.forms import Form, text
from bot.content.texts import Joined, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply, with_lines_first
from bot.conversation.routes import Request, Routes, in_unconfirmed_browser
from bot.delivery import notices
from handlers.ideas import service
from handlers.ideas.actions import EditIdea, NoteAs, OpenOwn, SendLate, SetAnonymous, WithdrawIdea
from handlers.ideas.messages import (
    CATEGORIES,
    KINDS,
    LABEL,
    author_of,
    change_button,
    idea_quote,
    idea_words,
    line,
    see_files,
)
from handlers.ideas.participant.answers import answer, no_idea_button
from handlers.ideas.participant.card import see_photos
from handlers.ideas.service import MOST, IdeaWording, StoredIdea
from handlers.ideas.store import giving, ideas
from handlers.ideas.store.files import IdeaFile, count_documents, files_of_idea
from handlers.navigation.layout import paged
from handlers.workshops.actions import GiveIdea, MyIdeas, TakeAlong
from handlers.workshops.messages import SHOW_PHASE, phase_title
from handlers.workshops.model import Category, Idea, Phase, PhaseRun
from handlers.workshops.store.phases import find_phase
from handlers.workshops.store.runs import find_run, run_of_group

routes = Routes()


class EditForm(Form):
    """The form for the new text of an idea."""

    title: ClassVar[Text] = _("Change my idea")
    read_by_others: ClassVar[bool] = True
    idea: str = text(_("Your idea, in a few words"), max_length=MOST, multiline=True)


# --- the list


@routes.press("wxp")
async def my_ideas(request: Request, run_id: int, page: int = 1) -> Reply:
    """List the person's ideas of a phase. `page` counts from 1.

    `run_id` is the id of the phase's run in the group; 0 stands for the phase of the person's latest idea.
    """
    phase = await _phase(request, run_id)
    mine = await ideas.ideas_of_author(request.tx, request.participant.id, phase.key)
    if request.waits:  # where others may read them, those taken back are not shown
        mine = [idea for idea in mine if idea.state != "withdrawn"]
    into = await service.find_opening(request.tx, request.person, request.now)
    more = (Button(_("Give an idea"), GiveIdea(into.run.id), style="primary"),) if into and into.run.open else ()
    if not mine:
        return reply(_("You have not given an idea in this phase yet."), buttons=(*more, SHOW_PHASE))
    shown, pages = paged(mine, page - 1, lambda index: my_ideas.to(run_id, index + 1))
    options = [
        Option(
            str(idea.id),
            idea_quote(idea, LABEL, "own"),
            await _own_line(request, idea, await files_of_idea(request.tx, idea.id)),
        )
        for idea in shown
    ]
    return reply(
        Strong(phase_title(phase)),
        choice=Choice(my_idea.to(), tuple(options), placeholder=_("Open an idea"), listed=True),
        buttons=(*pages, *await _move_button(request, mine), *more, SHOW_PHASE),
    )


routes.press(MyIdeas)(my_ideas.handler)  # the first page


async def _phase(request: Request, run_id: int) -> Phase:
    """Return the phase of the run with this id; for 0, the phase of the person's latest idea.

    Raises Stale if there is none.
    """
    if run_id:
        run = await find_run(request.tx, run_id)
        key = run.phase if run else None
    else:
        key = await ideas.latest_phase(request.tx, request.participant.id)
    return existing(await find_phase(request.tx, key) if key else None)


async def _own_line(request: Request, idea: Idea, files: Sequence[IdeaFile]) -> Span:
    """Return the line below the text of the person's own idea, with its state if it is not simply on the wall."""
    parent = await ideas.find_idea(request.tx, idea.parent_id) if idea.parent_id else None
    idea_line = line(
        idea,
        author_of(idea, "", reader=request.participant.id),
        files=len(files),
        documents=count_documents(files),
        builds_on=parent.text if parent and parent.shown else "",
    )
    state = _state(idea)
    return Joined((idea_line, " · ", state)) if state else idea_line


def _state(idea: Idea) -> Text | None:
    """Return the state of an idea as its author reads it; None for an idea that is simply on the wall."""
    if idea.state == "withdrawn":
        # L10N: the state of one's own idea, in the line below it: its author took it back
        return _("withdrawn")
    if idea.state == "late":
        # L10N: the state of one's own idea, in the line below it: the phase was over
        return _("arrived after the end")
    if idea.state == "offered":
        # L10N: the state of one's own idea, in the line below it
        return _("sent to the facilitator")
    if idea.state == "homeless":
        # L10N: the state of one's own idea, in the line below it
        return _("waits until you have a group")
    if idea.hidden:
        # L10N: the state of one's own idea, in the line below it
        return _("taken off the wall by the facilitator")
    # L10N: the state of one's own idea, in the line below it
    return _("merged with a similar one") if idea.merged_into else None


# --- one of them


@routes.pick("wxo")
async def my_idea(request: Request, idea_id: int) -> Reply:
    """Show one of the person's own ideas, with buttons to change it."""
    idea = await _mine(request, idea_id)
    if idea.state == "withdrawn":
        request.require_confirmed()
    phase = await find_phase(request.tx, idea.phase)
    run = await _run(request, idea)
    if phase is None:
        raise Stale
    files = await files_of_idea(request.tx, idea.id)
    lines: list[Span] = [idea_words(idea, "own"), await _own_line(request, idea, files)]
    if built_on := await ideas.count_built_on(request.tx, idea.id):
        lines.append(_n("{count} idea builds on it.", "{count} ideas build on it.", built_on))
    buttons: list[Button] = []
    if idea.state == "late":
        buttons.append(Button(_("Send to the facilitator"), SendLate(idea.id), style="primary"))
    if idea.state == "withdrawn":
        buttons.append(Button(_("Bring it back"), bring_back.to(idea.id), style="primary"))
    else:
        if service.may_change(idea, run):
            buttons.append(change_button(idea))
        buttons.append(Button(_("Withdraw"), WithdrawIdea(idea.id)))
        name = _("With my first name") if idea.anonymous else _("Without my name")
        buttons += (Button(name, SetAnonymous(idea.id, not idea.anonymous)), no_idea_button(idea, phase.collects))
    if files:
        buttons.append(Button(see_files(len(files), count_documents(files)), see_photos.to(idea.id)))
    choice = None
    if idea.category and phase.collects == "facts" and idea.state != "withdrawn":
        kinds = tuple(Option(category, label) for category, label in KINDS.items())
        choice = Choice(categorise.to(idea.id), kinds, (idea.category,), placeholder=_("What is it?"))
    mine = Button(_("My ideas"), MyIdeas(run.id if run else 0))
    return reply(*lines, choice=choice, buttons=(*buttons, mine), again=OpenOwn(idea.id))


@routes.press(OpenOwn)
async def open_own(request: Request, idea_id: int, card: bool = False) -> Reply:
    """Show one of the person's own ideas or, with `card`, the short reply that they got when they gave it.

    If the idea is not their last one, that reply would be outdated, so the idea's own screen is shown.
    """
    return await (_card(request, await _mine(request, idea_id)) if card else my_idea(request, idea_id))


async def _run(request: Request, idea: Idea) -> PhaseRun | None:
    return await run_of_group(request.tx, idea.group_id, idea.phase) if idea.group_id else None


async def _mine(request: Request, idea_id: int) -> Idea:
    """Return the person's own idea with this id. Raises Stale for ideas of others."""
    idea = await ideas.find_idea(request.tx, idea_id)
    if idea is None or idea.author_id != request.participant.id:
        raise Stale
    return idea


async def _changeable(request: Request, idea_id: int) -> Mapping[str, str]:
    """Return the initial content of the form for changing an idea.

    Raises UserError if the phase is over or the idea is withdrawn, and Unconfirmed in an unconfirmed browser for an
    idea that was given elsewhere.
    """
    idea = await _mine(request, idea_id)
    if not await ideas.was_given_in(request.tx, idea.id, request.here):
        request.require_owner()
    if idea.state == "withdrawn":
        back = Button(_("Bring it back"), bring_back.to(idea.id))
        raise UserError(_("You withdrew this idea, so it stays as it was."), buttons=(back,))
    if not service.may_change(idea, await _run(request, idea)):
        raise UserError(_("This phase is finished: your idea stays as it was."))
    return {"idea": idea.text}


@routes.form(EditIdea, EditForm, prefill=_changeable)
@in_unconfirmed_browser
async def edit_idea(request: Request, form: EditForm, idea_id: int) -> Reply:
    """Replace the text of the person's idea. Its votes and links to other ideas stay.

    Raises UserError if the phase has ended or the idea was withdrawn.
    """
    await _changeable(request, idea_id)
    idea = await _mine(request, idea_id)
    phase = existing(await find_phase(request.tx, idea.phase))
    changed = await service.reword_idea(
        request.tx, idea, IdeaWording(form.idea, request.locale), phase.collects, request.now
    )
    return with_lines_first(await my_idea(request, changed.id), _("Changed."))


@routes.press(WithdrawIdea)
async def withdraw(request: Request, idea_id: int) -> Reply:
    """Withdraw the person's idea, so that nobody else can read it. The person can restore it."""
    idea = await _mine(request, idea_id)
    if idea.state != "withdrawn":
        await service.withdraw_idea(request.tx, idea)
    return await my_idea(request, idea.id)


@routes.press("wxr")
async def bring_back(request: Request, idea_id: int) -> Reply:
    """Restore an idea that the person withdrew."""
    idea = await _mine(request, idea_id)
    if idea.state == "withdrawn":
        await service.bring_back_idea(request.tx, idea)
    return await my_idea(request, idea.id)


@routes.press(SetAnonymous)
async def set_anonymous(request: Request, idea_id: int, anonymous: bool) -> Reply:
    """Hide the person's first name beside their idea if `anonymous`, else show it."""
    idea = await _mine(request, idea_id)
    await ideas.set_anonymous(request.tx, idea.id, anonymous)
    await service.refresh_panels(request.tx, idea)
    return await my_idea(request, idea.id)


@routes.pick("wxc")
async def categorise(request: Request, category: str, idea_id: int) -> Reply:
    """Set the category of the person's idea, and show the idea. `category` is «fact», «need» or «scheme»."""
    await _set_category(request, category, idea_id)
    return await my_idea(request, idea_id)


@routes.pick(NoteAs)
async def note_as(request: Request, category: str, idea_id: int) -> Reply:
    """Set the category of the idea that the person gave last, and show again the short reply that they got for it.

    `category` is «fact», «need» or «scheme». If the idea is not their last one, its own screen is shown.
    """
    await _set_category(request, category, idea_id)
    return await _card(request, await _mine(request, idea_id))


async def _card(request: Request, idea: Idea) -> Reply:
    """Return the card of the idea that the person gave last, anew; the screen of an older one."""
    given = await giving.given_ideas(request.tx, request.participant.id, idea.phase, request.now)
    if idea.state != "live" or idea.id != given.last:
        return await my_idea(request, idea.id)
    phase = existing(await find_phase(request.tx, idea.phase))
    return await answer(request, StoredIdea(idea, given.count, await _run(request, idea), phase.collects), again=True)


async def _set_category(request: Request, category: str, idea_id: int) -> None:
    idea = await _mine(request, idea_id)
    if category not in CATEGORIES or not idea.category:
        raise Stale
    await ideas.set_category(request.tx, idea.id, cast("Category", category))
    await service.refresh_panels(request.tx, idea)


# --- late ideas, and moving ideas to another group


@routes.press(SendLate)
async def send_late(request: Request, idea_id: int) -> Reply:
    """Send the person's late idea to the facilitator, who decides whether to add it to the wall.

    If the idea's phase is open again, the idea is added to the wall at once. If it was sent already, the reply says so.
    Raises Stale for an idea that is not late.
    """
    idea = await _mine(request, idea_id)
    run = await _run(request, idea)
    if idea.state == "late" and run and run.open:
        await ideas.set_idea_state(request.tx, idea.id, "live")
        await service.refresh_panels(request.tx, idea)
        line = _("This phase is running again: your idea has joined the others.")
    elif idea.state == "late":
        await notices.not_too_often(request.tx, request.settings, request.participant, request.now)
        await ideas.set_idea_state(request.tx, idea.id, "offered")
        await service.offer_late_idea(request.tx, idea, request.now)
        await service.refresh_panels(request.tx, idea)
        line = _("Sent. The facilitator will decide whether it still goes on the wall.")
    elif idea.state == "offered":
        line = _("Already sent.")
    else:
        raise Stale
    return with_lines_first(await my_idea(request, idea.id), line)


async def _move_button(request: Request, mine: Sequence[Idea]) -> tuple[Button, ...]:
    """Return the button that moves the person's ideas from an earlier group to their present one.

    Returns no button if there is nothing to move.
    """
    for group_id in dict.fromkeys(idea.group_id for idea in mine if idea.state in ("live", "homeless")):
        if await service.may_take_along(request.tx, request.participant, group_id or 0, request.now, request.today):
            return (Button(_("Take my ideas with me"), TakeAlong(group_id or 0)),)
    return ()


@routes.press(TakeAlong)
async def take_along(request: Request, group: int) -> Reply:
    """Move the person's ideas from their earlier group (`group`) to their present one."""
    moved = await service.take_along(request.tx, request.participant, group, request.now, request.today)
    if not moved:
        return reply(_("Your ideas are with your group already."), buttons=(SHOW_PHASE,))
    line = _n(
        "{count} idea is with your group now.",
        "{count} ideas are with your group now.",
        moved,
    )
    return reply(line, buttons=(Button(_("My ideas"), MyIdeas(0)), SHOW_PHASE), fresh=True)
