"""The card of one idea: its whole text, its files, its buttons, and reporting it to the organisers.

People report ideas that are out of place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import PurePath

from bot.content.errors import Stale, UserError, existing
from bot.content.texts import Span, Strong, _, _n
from bot.content.views import Attachment, Button, File, Picture, Reply, View, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import FACILITATOR, ORGANISER, Request, Routes
from bot.delivery import message_updates, outbox
from handlers.ideas import service
from handlers.ideas.actions import (
    LeaveOut,
    MyFiles,
    OpenFrom,
    PartIdeas,
    SetAside,
    ShowAgain,
    TakeIn,
    VoteFor,
)
from handlers.ideas.messages import idea_quote, idea_words, see_files
from handlers.ideas.model import QuotedFor
from handlers.ideas.participant import layout
from handlers.ideas.participant.wall import show_together
from handlers.ideas.store import ideas, moderation, readers, reports, walls
from handlers.ideas.store.files import IdeaFile, files_of_author, files_of_idea
from handlers.ideas.store.walls import WallEntry
from handlers.navigation.actions import HOME
from handlers.workshops.actions import BuildOn, HideIdea, Inspire, MergeIdea, OpenIdea, ShowWall
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.model import Idea, Phase, PhaseRun
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store.phases import find_phase
from handlers.workshops.store.runs import run_of_group

routes = Routes()

_AT_ONCE = 10
_BYTES_AT_ONCE = 10_000_000
"""The most files of one message, and their total size. Further files come in the next message."""


@routes.press(OpenIdea)
async def open_idea(request: Request, idea_id: int, origin: str = "", at: int = 0) -> Reply:
    """Show the card of an idea; if the idea was merged into another one, show the card of that one.

    `origin` and `at` identify the screen to return to (see `OpenIdea`); '' and 0 for none. Raises Stale if the person
    cannot read the idea.
    """
    idea = await readable_idea(request, idea_id)
    if idea.merged_into is not None:
        idea = await readable_idea(request, idea.merged_into)
    entry = existing(await walls.wall_entry(request.tx, idea.id))
    phase = existing(await find_phase(request.tx, idea.phase))
    leads = await service.runs_group(request.tx, request.participant, idea.group_id)
    merged = [similar for similar in await moderation.ideas_merged_into(request.tx, idea.id) if similar.state == "live"]
    lines: list[Span] = [
        Strong(idea_words(idea, _quoted_for(request, idea, leads=leads))),
        await _entry_line(request, entry, phase),
    ]
    # L10N: On the card of an idea: an idea that was merged into it.
    lines += [_("Similar: «{idea}»", idea=idea_quote(similar, 150)) for similar in merged if similar.shown]
    if idea.hidden and leads:
        lines.append(Strong(_("Hidden: only facilitators can read it.")))
    if idea.state in ("late", "offered"):
        lines.append(_("It arrived after the phase ended."))
    return reply(
        *lines,
        buttons=(
            *(await _reader_buttons(request, entry, origin, at, leads=leads)),
            *(_leading_buttons(idea, merged) if leads else ()),
            *(await _back_button(request, idea, origin, at)),
        ),
    ).meant_for(FACILITATOR if leads else None)


open_from = routes.pick(OpenFrom)(open_idea.handler)
"""The choice of an idea from a list."""


async def readable_idea(request: Request, idea_id: int) -> Idea:
    """Return the idea with this id. Raises Stale if there is none or the person cannot read it."""
    idea = await ideas.find_idea(request.tx, idea_id)
    if idea is None or not await service.may_read(request.tx, request.participant, idea):
        raise Stale
    return idea


def _quoted_for(request: Request, idea: Idea, *, leads: bool = False) -> QuotedFor:
    """Return as whom the person reads an idea that they can read; `leads` says that they run the group's workshops."""
    if idea.author_id == request.participant.id:
        return "own"
    return "led" if leads or not idea.shown else ""


async def _entry_line(request: Request, entry: WallEntry, phase: Phase) -> Span:
    """Return the line below the text of an idea. For readers who are not in its group it names the group."""
    idea = entry.idea
    run = await run_of_group(request.tx, idea.group_id, idea.phase) if idea.group_id is not None else None
    ballot = await layout.read_ballot(request, run) if run else layout.Ballot()
    if idea.group_id is None or await readers.is_member(request.tx, request.participant.id, idea.group_id):
        return layout.entry_line(entry, phase, ballot, reader=request.participant.id)
    group = await service.group_title(request.tx, idea.group_id)
    return layout.entry_line(entry, phase, ballot, group, reader=request.participant.id)


async def _reader_buttons(
    request: Request, entry: WallEntry, origin: str, at: int, *, leads: bool
) -> tuple[Button, ...]:
    """Return the buttons of a reader: build on the idea, vote for it, see its files, report it.

    `leads` says that the reader is a facilitator of the group, who cannot report an idea but can hide it.
    """
    idea, person = entry.idea, request.participant
    buttons: list[Button] = []
    opening = await service.find_opening(request.tx, request.person, request.now)
    if idea.counts and opening and opening.state == "live":
        # L10N: a button: give an idea that takes this one further
        buttons.append(Button(_("Build on it"), BuildOn(idea.id), style="primary"))
    if idea.counts and (run := await _voting_run(request, idea)):
        chosen = await layout.own_votes(request, run)
        label = _("Take my vote back") if idea.id in chosen else _("Vote for it")
        buttons.append(Button(label, VoteFor(idea.id, idea.id not in chosen, origin, at)))
    if entry.files:
        buttons.append(Button(see_files(entry.files, entry.documents), see_photos.to(idea.id)))
    others = idea.author_id != person.id and idea.counts and not leads and not request.waits
    if others and not await reports.has_reported(request.tx, idea.id, person.id):
        # L10N: a button, a verb: tell the organisers that an idea is out of place
        buttons.append(Button(_("Report"), report.ask.to(idea.id, origin, at)))
    return tuple(buttons)


async def _voting_run(request: Request, idea: Idea) -> PhaseRun | None:
    """Return the run in which the person can vote for an idea now; None if they cannot."""
    if idea.group_id is None or not request.settings.of(WorkshopSettings).votes:
        return None
    run = await run_of_group(request.tx, idea.group_id, idea.phase)
    if run is None or not (run.open and run.revealed):
        return None
    offered = len(await ideas.ideas_of_group(request.tx, idea.group_id, idea.phase))
    may = request.settings.of(WorkshopSettings).votes_among(offered) > 0
    return run if may and await readers.is_member(request.tx, request.participant.id, idea.group_id) else None


def _leading_buttons(idea: Idea, merged: Sequence[Idea]) -> tuple[Button, ...]:
    if idea.state == "offered":
        return Button(_("Add it to the wall"), TakeIn(idea.id), style="primary"), Button(
            _("Leave it out"), LeaveOut(idea.id)
        )
    if idea.state != "live":
        return ()
    if idea.hidden:
        return (Button(_("Show it again"), ShowAgain(idea.id)),)
    # L10N: a facilitator's button: make ideas that were merged into one single ideas again
    separate = (Button(_("Separate them"), PartIdeas(idea.id)),) if merged else ()
    # L10N: a facilitator's button, a verb: take an idea off the wall
    hide = Button(_("Hide"), HideIdea(idea.id))
    # L10N: a facilitator's button, a verb: make this idea a part of a similar one
    merge = Button(_("Merge"), MergeIdea(idea.id))
    return hide, merge, *separate


async def _back_button(request: Request, idea: Idea, origin: str, at: int) -> tuple[Button, ...]:
    """Return the button to the screen on which the card was opened; without one, to the wall of the idea's group."""
    if origin == "i":
        return (Button(_("Other ideas"), Inspire(at)),)
    if origin in ("tv", "tt", "av", "at"):
        theme = idea.theme or "" if origin[0] == "t" else ""
        return (Button(_("The wall"), show_together.to(idea.phase, theme, at, origin[1])),)
    run = await run_of_group(request.tx, idea.group_id, idea.phase) if idea.group_id is not None else None
    if run is None:
        return (SHOW_PHASE,)
    if origin == "l":
        # L10N: a button, a participle: the list of ideas that came late or are hidden
        return (Button(_("Set aside"), SetAside(run.id)),)
    order = origin[1:] if origin in ("gv", "gt") else "v"
    return (Button(_("The wall"), ShowWall(run.id, max(1, at), order)),)


# --- photos


@routes.press("wop")
async def see_photos(request: Request, idea_id: int, start: int = 0) -> Reply:
    """Show, in a message below the card, the files of an idea and of the ideas merged into it.

    The first file shown has the index `start`, from 0.
    """
    idea = await readable_idea(request, idea_id)
    files = await _files_with(request, idea)
    shown, rest = await _portion(request, files[start:])
    if not shown:
        raise UserError(_("Its attachment is gone. The text of the idea is kept."))
    following = see_photos.to(idea.id, len(files) - rest)
    more = (Button(_n("{count} more", "{count} more", rest), following),) if rest else ()
    # L10N: above the photos and documents of an idea
    quote = idea_quote(idea, reader=_quoted_for(request, idea))
    view = View((_("With «{idea}»", idea=quote),), more, attachments=shown)
    return Reply(view, fresh=True)


async def _files_with(request: Request, idea: Idea) -> Sequence[tuple[Idea, IdeaFile]]:
    """Return the files of an idea and of the ideas merged into it, each with the idea it came with."""
    merged = await moderation.ideas_merged_into(request.tx, idea.id)
    owners = [idea, *(similar for similar in merged if similar.shown)]
    return [(owner, file) for owner in owners for file in await files_of_idea(request.tx, owner.id)]


@routes.press("wvp")
async def see_photos_of(request: Request, first: int, last: int, start: int = 0) -> Reply:
    """Show, in a message below, the photos of the ideas to vote for, beginning with the photo at index `start`.

    `first` and `last` are the ids of the first and the last idea of a group; the photos of all ideas between are shown
    too.
    """
    beginning = await readable_idea(request, first)
    offered = await ideas.ideas_of_group(request.tx, existing(beginning.group_id), beginning.phase)
    photos = [
        each
        for idea in offered
        if first <= idea.id <= last and await service.may_read(request.tx, request.participant, idea)
        for each in await _files_with(request, idea)
        if each[1].picture
    ]
    shown, rest = await _portion(request, photos[start:])
    if not shown:
        raise UserError(_("Its attachment is gone. The text of the idea is kept."))
    following = see_photos_of.to(first, last, len(photos) - rest)
    more = (Button(_n("{count} more", "{count} more", rest), following),) if rest else ()
    return Reply(View((_("The photos of these ideas"),), more, attachments=shown), fresh=True)


@routes.press(MyFiles)
async def hand_over_files(request: Request, start: int = 0) -> Reply:
    """Send the person the files of their own ideas in full size, beginning with the file at index `start`.

    The document with the person's data contains only small photos.
    """
    request.require_confirmed()  # among them are files of ideas that were withdrawn
    mine = await files_of_author(request.tx, request.participant.id)
    files = [(idea, file) for file in mine if (idea := await ideas.find_idea(request.tx, file.idea_id))]
    shown, rest = await _portion(request, files[start:])
    if not shown:
        raise UserError(_("You have sent no photos or documents."), buttons=(HOME,))
    following = Button(_n("{count} more", "{count} more", rest), MyFiles(len(files) - rest))
    buttons = (*((following,) if rest else ()), HOME)
    return Reply(View((_("Photos and documents of your ideas"),), buttons, attachments=shown), fresh=True)


async def _portion(request: Request, files: Sequence[tuple[Idea, IdeaFile]]) -> tuple[tuple[Attachment, ...], int]:
    """Return the first files, as many as one message can carry, and how many files are left for the next messages.

    Raises UserError if the place where the files are does not answer.
    """
    while files:
        sizes = accumulate(file.size for _idea, file in files[:_AT_ONCE])
        portion = files[: max(1, sum(size <= _BYTES_AT_ONCE for size in sizes))]
        files = files[len(portion) :]
        contents = await request.read_files([file.digest for _idea, file in portion])
        if contents is None:
            raise UserError(
                _("I cannot reach photos and documents right now. They are kept: ask again in a few minutes.")
            )
        there = [(idea, file) for idea, file in portion if file.digest in contents]
        if there:  # else they were not restored with the database
            return tuple(_attachment(request, idea, file, contents[file.digest]) for idea, file in there), len(files)
    return (), 0


def _attachment(request: Request, idea: Idea, file: IdeaFile, content: bytes) -> Attachment:
    # The name of a file may contain the name of its author.
    hidden = idea.anonymous and idea.author_id != request.participant.id
    name = f"{file.position + 1}{PurePath(file.name).suffix}" if hidden else file.name
    if file.picture:
        quote = idea_quote(idea, reader=_quoted_for(request, idea))
        return Picture(content, _("A photo that came with «{idea}»", idea=quote), name)
    return File(name, content, file.media_type)


# --- reporting


async def _sure_to_report(request: Request, idea_id: int, origin: str = "", at: int = 0) -> Question:
    idea = await readable_idea(request, idea_id)
    return Question(
        _("Report this idea? «{idea}»", idea=idea_quote(idea, 100)),
        _("Only the organisers will know, without your name."),
        # L10N: a button, a verb: tell the organisers that an idea is out of place
        yes=_("Report it"),
        back=(Button(_("Back to the idea"), OpenIdea(idea.id, origin, at)),),
    )


@routes.press("wor", first=Asks("woa", _sure_to_report))
async def report(request: Request, idea_id: int, origin: str = "", at: int = 0) -> Reply:
    """Report an idea as out of place, and notify the organisers. The idea itself stays as it is.

    If the person has reported the idea before, nobody is notified. `origin` and `at` identify the screen to return to
    (see `OpenIdea`); '' and 0 for none. Raises UserError after too many reports, Stale for one's own or a hidden idea.
    """
    idea, person = await readable_idea(request, idea_id), request.participant
    if not idea.counts or idea.author_id == person.id:
        raise Stale
    if not await reports.has_reported(request.tx, idea.id, person.id):
        await service.refuse_too_many_reports(request.tx, request.settings, person, request.now)
    if await reports.report_idea(request.tx, idea.id, request.participant.id, request.now):
        await outbox.notify_organisers(
            request.tx,
            await _report_view(request, idea),
            request.now,
            outbox.Telling.NEWS,
            about=idea.author_id,
            subject=service.decision_subject(idea.id),
            report=True,
        )
    thanks = _("Thank you. The organisers will look at it.")
    return replace(await open_idea(request, idea.id, origin, at), toast=thanks)


async def _report_view(request: Request, idea: Idea) -> View:
    heading: Span = _("Someone reported an idea:")
    if idea.group_id is not None:
        group = await service.whole_title(request.tx, idea.group_id)
        heading = _("Someone reported an idea in {group}:", group=group)
    return View(
        (Strong(heading), idea_words(idea, "led"), _("Only the organisers were told.")),
        (
            Button(_("Hide"), HideIdea(idea.id), style="danger"),
            # L10N: a button: an idea that someone reported stays on the wall
            Button(_("Leave it"), leave_as_is.to(idea.id)),
            Button(_("See the idea"), OpenIdea(idea.id)),
        ),
    )


@routes.press("wol", who=ORGANISER)
async def leave_as_is(request: Request, idea_id: int) -> Reply:
    """Decide that a reported idea stays as it is. If another organiser has hidden it meanwhile, it stays hidden."""
    idea = await readable_idea(request, idea_id)
    await message_updates.close_messages(
        request.tx, service.decision_subject(idea.id), _("This has already been decided."), request.now
    )
    state = _("Another organiser has already hidden it.") if idea.hidden else _("It stays where it is.")
    return reply(
        _("«{idea}»", idea=idea_quote(idea, 150, "led")), state, buttons=(Button(_("See the idea"), OpenIdea(idea.id)),)
    )
