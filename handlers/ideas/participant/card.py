"""One idea: its whole words, its photos, what can be done with it; and telling organisers that it is out of place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.texts import Span, Strong, _, _n
from bot.content.views import Attachment, Button, File, Picture, Reply, View, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.delivery import outbox, standing
from handlers.ideas import service, store
from handlers.ideas.actions import LeaveOut, MyFiles, OpenFrom, PartIdeas, ShowAgain, TakeIn, VoteFor, number_of
from handlers.ideas.messages import glimpse, see_files, words_of
from handlers.ideas.participant import layout
from handlers.ideas.participant.wall import ShowTogether
from handlers.ideas.store import IdeaFile, WallEntry
from handlers.navigation.actions import HOME
from handlers.workshops.actions import BuildOn, HideIdea, Inspire, MergeIdea, OpenIdea, SetAside, ShowWall
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.model import Idea, Phase, PhaseRun
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store import find_phase, run_of_group

routes = Routes()

_AT_ONCE = 10
_BYTES_AT_ONCE = 10_000_000
"""Photos of one message: more of them go on in the next."""


@dataclass(frozen=True, slots=True)
class SeePhotos(Action):
    """See what came with an idea, from the file at `start` on."""

    code: ClassVar[str] = "wop"
    idea: int
    start: int = 0


@dataclass(frozen=True, slots=True)
class AskToReport(Action):
    """Say what reporting does, before it does."""

    code: ClassVar[str] = "woa"
    idea: int
    origin: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Report(Action):
    """Tell the organisers that an idea is out of place."""

    code: ClassVar[str] = "wor"
    idea: int
    origin: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class LeaveAsIs(Action):
    """Leave a reported idea where it is."""

    code: ClassVar[str] = "wol"
    idea: int


@routes.action(OpenIdea)
async def open_idea(request: Request, action: OpenIdea) -> Reply:
    """An idea's card."""
    return await card(request, action.idea, action.origin, action.at)


@routes.choice(OpenFrom)
async def open_from(request: Request, action: OpenFrom, values: tuple[str, ...]) -> Reply:
    """The card of the idea that was chosen of several."""
    if len(values) != 1 or (idea_id := number_of(values[0])) is None:
        raise Stale
    return await card(request, idea_id, action.origin, action.at)


async def card(request: Request, idea_id: int, origin: str = "", at: int = 0, *, toast: Span | None = None) -> Reply:
    """One idea as the person may read it, in place of one that was merged that which it went into. Raises Stale."""
    idea = await readable(request, idea_id)
    if idea.merged_into is not None:
        idea = await readable(request, idea.merged_into)
    entry = await store.wall_entry(request.tx, idea.id)
    phase = await find_phase(request.tx, idea.phase)
    if entry is None or phase is None:
        raise Stale
    leads = await service.runs(request.tx, request.participant, idea.group_id)
    merged = [each for each in await store.merged_into(request.tx, idea.id) if each.state == "live"]
    lines: list[Span] = [Strong(words_of(idea.text)), await _below(request, entry, phase)]
    lines += [_("Similar: «{idea}»", idea=glimpse(each.text, 150)) for each in merged if not each.hidden]
    if idea.hidden and leads:
        lines.append(Strong(_("Hidden: only facilitators read it.")))
    if idea.state in ("late", "offered"):
        lines.append(_("It came after the end of the phase."))
    return reply(
        *lines,
        buttons=(
            *(await _reader_buttons(request, entry, origin, at, leads=leads)),
            *(_leading_buttons(idea, merged) if leads else ()),
            *(await _back(request, idea, origin, at)),
        ),
        toast=toast,
    )


async def readable(request: Request, idea_id: int) -> Idea:
    """An idea that the person may read. Raises Stale."""
    idea = await store.find_idea(request.tx, idea_id)
    if idea is None or not await service.may_read(request.tx, request.participant, idea):
        raise Stale
    return idea


async def _below(request: Request, entry: WallEntry, phase: Phase) -> Span:
    """Whose it is; of which group too, for who is in none of its own."""
    idea = entry.idea
    run = await run_of_group(request.tx, idea.group_id, idea.phase) if idea.group_id is not None else None
    seen = await layout.ballot(request, run) if run else layout.Ballot()
    if idea.group_id is None or await store.is_member(request.tx, request.participant.id, idea.group_id):
        return layout.entry_line(request, entry, phase, seen)
    return layout.entry_line(request, entry, phase, seen, await service.group_title(request.tx, idea.group_id))


async def _reader_buttons(
    request: Request, entry: WallEntry, origin: str, at: int, *, leads: bool
) -> tuple[Button, ...]:
    """What a reader may do; who runs the group's workshop hides an idea rather than report it to themselves."""
    idea, person = entry.idea, request.participant
    buttons: list[Button] = []
    now_open = await service.opening(request.tx, request.person, request.now)
    if idea.counts and now_open and now_open.state == "live":
        buttons.append(Button(_("Build on it"), BuildOn(idea.id), style="primary"))
    if idea.counts and (run := await _voting(request, idea)):
        chosen = await store.votes_of_person(request.tx, person.id, run.group_id, run.phase)
        label = _("Take my vote back") if idea.id in chosen else _("Vote for it")
        buttons.append(Button(label, VoteFor(idea.id, idea.id not in chosen, origin, at)))
    if entry.files:
        buttons.append(Button(see_files(entry.files, entry.documents), SeePhotos(idea.id)))
    others = idea.author_id != person.id and idea.counts and not leads
    if others and not await store.reported_by(request.tx, idea.id, person.id):
        buttons.append(Button(_("Report"), AskToReport(idea.id, origin, at)))
    return tuple(buttons)


async def _voting(request: Request, idea: Idea) -> PhaseRun | None:
    """The run in which the person may vote for an idea now."""
    if idea.group_id is None or not request.settings.of(WorkshopSettings).votes:
        return None
    run = await run_of_group(request.tx, idea.group_id, idea.phase)
    if run is None or not (run.open and run.revealed):
        return None
    return run if await store.is_member(request.tx, request.participant.id, idea.group_id) else None


def _leading_buttons(idea: Idea, merged: Sequence[Idea]) -> tuple[Button, ...]:
    if idea.state == "offered":
        return Button(_("Add it to the wall"), TakeIn(idea.id), style="primary"), Button(
            _("Leave it out"), LeaveOut(idea.id)
        )
    if idea.state != "live":
        return ()
    if idea.hidden:
        return (Button(_("Show it again"), ShowAgain(idea.id)),)
    part = (Button(_("Separate them"), PartIdeas(idea.id)),) if merged else ()
    return Button(_("Hide"), HideIdea(idea.id)), Button(_("Merge"), MergeIdea(idea.id)), *part


async def _back(request: Request, idea: Idea, origin: str, at: int) -> tuple[Button, ...]:
    """Where the card was opened, else its group's wall."""
    if origin == "i":
        return (Button(_("Other ideas"), Inspire(at)),)
    if origin in ("tv", "tt", "av", "at"):
        theme = idea.theme or "" if origin[0] == "t" else ""
        return (Button(_("The wall"), ShowTogether(idea.phase, theme, at, origin[1])),)
    run = await run_of_group(request.tx, idea.group_id, idea.phase) if idea.group_id is not None else None
    if run is None:
        return (SHOW_PHASE,)
    if origin == "l":
        return (Button(_("Set aside"), SetAside(run.id)),)
    order = origin[1:] if origin in ("gv", "gt") else "v"
    return (Button(_("The wall"), ShowWall(run.id, max(1, at), order)),)


# --- photos


@routes.action(SeePhotos)
async def see_photos(request: Request, action: SeePhotos) -> Reply:
    """What came with an idea and with those merged into it, below the card."""
    idea = await readable(request, action.idea)
    like = [each for each in await store.merged_into(request.tx, idea.id) if each.state == "live"]
    of = [idea, *(each for each in like if not each.hidden)]
    found = [(each, file) for each in of for file in await store.files_of_idea(request.tx, each.id)]
    shown, rest = _portion(request, found[action.start :])
    if not shown:
        raise UserError(_("What came with it is not there any more. The words of the idea are."))
    following = SeePhotos(idea.id, len(found) - rest)
    more = (Button(_n("{count} more", "{count} more", rest), following),) if rest else ()
    view = View((_("With «{idea}»", idea=glimpse(idea.text)),), more, attachments=shown)
    return Reply(view, fresh=True)


@routes.action(MyFiles)
async def hand_over_files(request: Request, action: MyFiles) -> Reply:
    """What came with one's ideas, as it is kept: the page holds small photos only."""
    mine = await store.files_of_author(request.tx, request.participant.id)
    found = [(idea, file) for file in mine if (idea := await store.find_idea(request.tx, file.idea_id))]
    shown, rest = _portion(request, found[action.start :])
    if not shown:
        raise UserError(_("There are no photos or documents of yours."), buttons=(HOME,))
    following = Button(_n("{count} more", "{count} more", rest), MyFiles(len(found) - rest))
    buttons = (*((following,) if rest else ()), HOME)
    return Reply(View((_("Photos and documents of your ideas"),), buttons, attachments=shown), fresh=True)


def _portion(request: Request, found: Sequence[tuple[Idea, IdeaFile]]) -> tuple[tuple[Attachment, ...], int]:
    """As many of some ideas' files as one message bears, and how many are left for the next."""
    shown: list[Attachment] = []
    size = taken = 0
    for idea, file in found:
        size += file.size
        if len(shown) == _AT_ONCE or (shown and size > _BYTES_AT_ONCE):
            break
        taken += 1
        try:
            content = request.files.read(file.digest)
        except FileNotFoundError:  # the folder was not restored with the database
            continue
        shown.append(_attachment(request, idea, file, content))
    return tuple(shown), len(found) - taken


def _attachment(request: Request, idea: Idea, file: IdeaFile, content: bytes) -> Attachment:
    # What people call a file may be their own name.
    hidden = idea.anonymous and idea.author_id != request.participant.id
    name = f"{file.position + 1}{PurePath(file.name).suffix}" if hidden else file.name
    if file.picture:
        return Picture(content, _("A photo that came with «{idea}»", idea=glimpse(idea.text)), name)
    return File(name, content, file.media_type)


# --- reporting


@routes.action(AskToReport)
async def ask_to_report(request: Request, action: AskToReport) -> Reply:
    """Once more, with the words: a slip must not accuse anybody."""
    idea = await readable(request, action.idea)
    return reply(
        _("Is this idea out of place? «{idea}»", idea=glimpse(idea.text, 100)),
        _("Only the organisers learn of it, without your name."),
        buttons=(
            Button(_("Report it"), Report(idea.id, action.origin, action.at), style="danger"),
            Button(_("Back to the idea"), OpenIdea(idea.id, action.origin, action.at)),
        ),
    )


@routes.action(Report)
async def report(request: Request, action: Report) -> Reply:
    """Tell the organisers, once a person; the card stays as it is for everyone."""
    idea, person = await readable(request, action.idea), request.participant
    if not idea.counts or idea.author_id == person.id:
        raise Stale
    said = _("Thank you. The organisers look at it.")
    if not await store.reported_by(request.tx, idea.id, person.id):
        await service.not_too_many_reports(request.tx, request.settings, person, request.now)
    if await store.report_idea(request.tx, idea.id, request.participant.id, request.now):
        told = await _told(request, idea)
        await outbox.notify_organisers(
            request.tx, told, request.now, about=idea.author_id, subject=service.late_subject(idea.id), report=True
        )
    return await card(request, idea.id, action.origin, action.at, toast=said)


async def _told(request: Request, idea: Idea) -> View:
    said: Span = _("Someone finds an idea out of place:")
    if idea.group_id is not None:
        where = await service.whole_title(request.tx, idea.group_id)
        said = _("Someone finds an idea of {group} out of place:", group=where)
    return View(
        (Strong(said), words_of(idea.text), _("Only the organisers were told.")),
        (
            Button(_("Hide"), HideIdea(idea.id), style="danger"),
            Button(_("Leave it"), LeaveAsIs(idea.id)),
            Button(_("See the idea"), OpenIdea(idea.id)),
        ),
    )


@routes.action(LeaveAsIs, who=ORGANISER)
async def leave_as_is(request: Request, action: LeaveAsIs) -> Reply:
    """Nothing is done; whatever another organiser did stays."""
    idea = await readable(request, action.idea)
    await standing.settle(request.tx, service.late_subject(idea.id), _("This is decided."), request.now)
    state = _("Another organiser hid it meanwhile.") if idea.hidden else _("It stays where it is.")
    return reply(
        _("«{idea}»", idea=glimpse(idea.text, 150)), state, buttons=(Button(_("See the idea"), OpenIdea(idea.id)),)
    )
