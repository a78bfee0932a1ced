"""What a group keeps of a phase: one person writes, the others approve or comment, earlier versions stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.forms import Form, Incomplete, text
from bot.content.names import shortened
from bot.content.texts import Moment, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation import dialogue_store
from bot.conversation.routes import Request, Routes
from bot.delivery import notices, outbox
from bot.people import facilitator_store
from handlers.ideas.messages import glimpse
from handlers.ideas.store import ideas_of_group, most_voted_of_group
from handlers.navigation.actions import HOME
from handlers.syntheses import store
from handlers.syntheses.actions import (
    Approve,
    Choose,
    Comment,
    Earlier,
    PickIdea,
    TakeBack,
    TakePen,
    Write,
    WriteFirstHalf,
    WriteSecondHalf,
    WriteSentence,
    WriteText,
)
from handlers.syntheses.messages import (
    content_lines,
    facts,
    filled_squares,
    leaders,
    leading,
    missing_fields,
    opens_well,
)
from handlers.syntheses.model import FIELDS, Content, Synthesis, changed
from handlers.syntheses.service import (
    OpenedPhase,
    VersionApproval,
    approval,
    grid,
    heading,
    name_of,
    of_version,
    opened,
    post,
    save,
    standing,
    versions,
)
from handlers.workshops.actions import Grid, OpenSynthesis, ShowWall
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.service.phases import set_writer

_OFFERED = 20
"""Ideas among which a solution's is chosen, by votes."""
_LABEL = 70
"""Characters of an idea in such an option, beside its votes."""


async def show(request: Request, at: OpenedPhase, *said: Span, toast: Span | None = None, fresh: bool = False) -> Reply:
    """The screen as it is now, after what is `said`."""
    written = await versions(request.tx, at)
    if len(written) > 1:
        return await _rivals(request, at, written, said, toast, fresh)
    head = (*said, *(("",) if said else ()), heading(at.phase))
    present = written[0] if written else None
    lines, buttons = await (_written(request, at, present) if present else _unwritten(request, at))
    choice = await _ideas(request, at, present) if at.phase.collects == "solution" else None
    ways = (*buttons, *await _beside_buttons(at), *await _earlier(request, at), SHOW_PHASE)
    return reply(*head, *lines, buttons=ways, choice=choice, toast=toast, fresh=fresh)


async def _unwritten(request: Request, at: OpenedPhase) -> tuple[Sequence[Span], Sequence[Button]]:
    writer = at.run.writer_id
    who: Span
    if at.phase.collects == "solution":
        who = _("Fill it in together: two of you may write a half each at the same time.")
        buttons = writing(at, 0)
    elif writer == request.participant.id:
        who = _("You write. The others approve or comment.")
        buttons = writing(at, 0)
    elif writer is not None:
        who = _("{name} writes. You may write too, or instead.", name=await name_of(request.tx, writer))
        buttons = (Button(_("I write it"), TakePen(at.run.id)),)
    else:
        who = _("Nobody writes yet. One of you does, the others approve or comment.")
        buttons = (Button(_("I write it"), TakePen(at.run.id), style="primary"),)
    return (who, *await _beside(request, at)), buttons


async def _written(request: Request, at: OpenedPhase, version: Synthesis) -> tuple[Sequence[Span], Sequence[Button]]:
    how, me = await standing(request.tx, at, version), request.participant.id
    lines: list[Span] = [*content_lines(at.phase.collects, version.content)]
    if at.phase.collects == "solution" and (left := missing_fields(version.content)):
        lines.append(left)
    said = approval(how)
    lines.append(
        _(
            "{name}, {time} · {approval}",
            name=await name_of(request.tx, version.author_id),
            time=Moment(version.created_at, "time"),
            approval=said,
        )
    )
    lines += await _comments(request, at, version, how)
    if at.phase.collects == "facts" and me in (version.author_id, at.run.writer_id):
        lines += ["", *await _beside(request, at)]
    opinion = next(
        (each for each in await store.opinions_of(request.tx, version.id) if each.participant_id == me), None
    )
    buttons: list[Button] = []
    if at.member and not (opinion and opinion.approves):
        buttons.append(Button(_("I approve"), Approve(version.id), style="primary"))
    if at.member and version.author_id != me:
        buttons.append(Button(_("Comment"), Comment(version.id)))
    return lines, (*buttons, *writing(at, version.id))


async def _comments(request: Request, at: OpenedPhase, version: Synthesis, how: VersionApproval) -> Sequence[Span]:
    """Comments are for who writes; everyone else reads their own, and how many there are."""
    me = request.participant.id
    writes = me in (version.author_id, at.run.writer_id)
    shown: list[Span] = [
        _("{name}: {comment}", name=await name_of(request.tx, opinion.participant_id), comment=Name(opinion.comment))
        for opinion in how.opinions
        if writes or opinion.participant_id == me
    ]
    hidden = len(how.opinions) - len(shown)
    return [
        *shown,
        *(
            [_n("{count} comment for the person writing", "{count} comments for the person writing", hidden)]
            if hidden
            else []
        ),
    ]


def writing(at: OpenedPhase, base: int) -> Sequence[Button]:
    """What changes a version, 0 for none yet."""
    run = at.run.id
    if at.phase.collects == "solution":
        return (
            Button(_("For whom, what, how"), WriteFirstHalf(run, base)),
            Button(_("With whom, first step, measure"), WriteSecondHalf(run, base)),
        )
    action: Action = WriteSentence(run, base) if at.phase.collects == "challenge" else WriteText(run, base)
    return (Button(_("Change it"), action) if base else Button(_("Write"), action, style="primary"),)


# --- what stands beside it


async def _beside(request: Request, at: OpenedPhase) -> Sequence[Span]:
    """What the group said, for who writes: its ideas once all may read them, the votes, the grid."""
    tx, group_id, key = request.tx, at.group.id, at.phase.key
    if at.phase.collects == "territories":
        return [filled_squares(await grid(tx, group_id))]
    if not at.run.revealed:
        return [_("The ideas appear here once they are revealed.")]
    match at.phase.collects:
        case "facts":
            return facts(await ideas_of_group(tx, group_id, key))
        case "challenge" | "solution":
            return leading(await most_voted_of_group(tx, group_id, key))
    return []


async def _beside_buttons(at: OpenedPhase) -> Sequence[Button]:
    if at.phase.collects == "territories":
        return (Button(_("Our territories"), Grid(at.group.id)),)
    return (Button(_("The wall"), ShowWall(at.run.id)),)


async def _ideas(request: Request, at: OpenedPhase, version: Synthesis | None) -> Choice | None:
    """The ideas among which the solution's is chosen, by votes; none before the reveal, no photo without words."""
    if not at.run.revealed:
        return None
    best = [each for each in await most_voted_of_group(request.tx, at.group.id, at.phase.key) if each[0].text][
        :_OFFERED
    ]
    if not best:
        return None
    chosen = version.content.get("idea", "") if version else ""
    options = tuple(
        Option(
            str(idea.id), _n("{idea} ({count} vote)", "{idea} ({count} votes)", count, idea=glimpse(idea.text, _LABEL))
        )
        for idea, count in best
    )
    selected = tuple(str(idea.id) for idea, _votes in best if idea.text == chosen)[:1]
    action = PickIdea(at.run.id, version.id if version else 0)
    return Choice(action, options, selected, placeholder=_("The idea you carry on with"))


async def _earlier(request: Request, at: OpenedPhase) -> Sequence[Button]:
    count = len(await store.past_versions(request.tx, at.group.id, at.phase.key))
    if not count:
        return ()
    return (Button(_n("{count} earlier version", "{count} earlier versions", count), Earlier(at.run.id)),)


# --- several at once


async def _rivals(
    request: Request,
    at: OpenedPhase,
    written: Sequence[Synthesis],
    said: Sequence[Span],
    toast: Span | None,
    fresh: bool,
) -> Reply:
    """Versions written at the same time, one after the other, to choose from: all of each, or where they differ."""
    lines: list[Span] = [*said, *([""] if said else []), heading(at.phase)]
    lines.append(
        _n(
            "{count} version is here. Choose one together: the others can be restored.",
            "{count} versions were written at the same time. Choose one together: the others can be restored.",
            len(written),
        )
    )
    differing = frozenset[str]().union(*(changed(written[0].content, each.content) for each in written[1:]))
    buttons: list[Button] = []
    for number, each in enumerate(written, start=1):
        name = await name_of(request.tx, each.author_id)
        time = Moment(each.created_at, "time")
        lines += ["", Strong(_("Version {number} · {name}, {time}", number=number, name=name, time=time))]
        lines += content_lines(at.phase.collects, each.content, only=differing)
        buttons.append(Button(_("Keep version {number} ({name})", number=number, name=name), Choose(each.id)))
    return reply(*lines, buttons=(*buttons, *await _earlier(request, at), SHOW_PHASE), toast=toast, fresh=fresh)


# --- What a group keeps of a phase: one person writes, the others approve or comment, nothing written is overwritten.


routes = Routes()

_SENTENCE = 300


@dataclass(frozen=True, slots=True)
class TextForm(Form):
    """A synthesis in free words."""

    title: ClassVar[Text] = _("What we keep")
    text: str = text(_("What does your group keep?"), max_length=1500, multiline=True)


@dataclass(frozen=True, slots=True)
class SentenceForm(Form):
    """A challenge."""

    title: ClassVar[Text] = _("Our challenge")
    sentence: str = text(_("In one sentence: How…"), max_length=_SENTENCE)


@dataclass(frozen=True, slots=True)
class CommentForm(Form):
    """What to change."""

    title: ClassVar[Text] = _("Your comment")
    comment: str = text(_("What would you change?"), max_length=300, multiline=True)


@routes.action(OpenSynthesis)
async def open_synthesis(request: Request, action: OpenSynthesis) -> Reply:
    """What there is."""
    return await show(request, await opened(request.tx, request.participant, action.run))


@routes.action(TakePen)
async def take_pen(request: Request, action: TakePen) -> Reply:
    """Be the one who writes; the others see it, and may write all the same."""
    at = await opened(request.tx, request.participant, action.run)
    await set_writer(request.tx, at.run, request.participant.id)
    return await show(request, await opened(request.tx, request.participant, action.run), toast=_("You write."))


# --- writing


async def prefilled(request: Request, action: Write, *fields: str) -> Mapping[str, str]:
    """What some fields of the version to change say. Raises UserError once there is another, unless words are kept."""
    at = await opened(request.tx, request.participant, action.run)
    if not set(fields) <= set(FIELDS[at.phase.collects]):
        raise Stale
    present = await store.current_version(request.tx, at.group.id, at.phase.key)
    others = await store.rival_versions(request.tx, at.group.id, at.phase.key)
    if action.base in {each.id for each in (present, *others) if each} or (present is None and not action.base):
        base = await store.find_version(request.tx, action.base)
        return {field: base.content.get(field, "") for field in fields} if base else {}
    kept = await dialogue_store.current(request.tx, request.account.platform, request.account.chat, request.now)
    if kept is not None and kept.action == action.encode():
        return {}
    raise UserError(_("Someone saved another version meanwhile. Read it first."), buttons=(at.button,))


async def _text_of(request: Request, action: WriteText) -> Mapping[str, str]:
    return await prefilled(request, action, "text")


async def _sentence_of(request: Request, action: WriteSentence) -> Mapping[str, str]:
    """The version to change; for the first, the idea with most votes (the oldest of several), if all may read it."""
    known = await prefilled(request, action, "sentence")
    at = await opened(request.tx, request.participant, action.run)
    if known or not at.run.revealed:
        return known
    first = leaders(await most_voted_of_group(request.tx, at.group.id, at.phase.key))
    return {"sentence": shortened(" ".join(first[0].text.split()), _SENTENCE)} if first else {}


@routes.action(WriteText, form=TextForm, before=_text_of)
async def write_text(request: Request, action: WriteText, form: TextForm) -> Reply:
    """Keep a synthesis in free words."""
    return await keep(request, action.run, action.base, {"text": form.text})


@routes.action(WriteSentence, form=SentenceForm, before=_sentence_of)
async def write_sentence(request: Request, action: WriteSentence, form: SentenceForm) -> Reply:
    """Keep a challenge, however it begins."""
    if opens_well(form.sentence):
        return await keep(request, action.run, action.base, {"sentence": form.sentence})
    hint = _("A challenge opens more ideas when it begins with «How…».")
    return await keep(request, action.run, action.base, {"sentence": form.sentence}, hint)


async def keep(request: Request, run_id: int, base: int, written: Content, *hints: Span) -> Reply:
    """Save, and say what became of it. Who may not any more gets their words back."""
    try:
        at = await opened(request.tx, request.participant, run_id)
    except (Stale, UserError):
        words = "\n".join(word for word in written.values() if word)
        return reply(
            _("You are not in this group any more, so nothing was saved. Your words:"),
            Name(words),
            buttons=(HOME,),
            fresh=True,
        )
    saved = await save(request.tx, request.settings, request.participant, at, base, written, request.now)
    return await show(request, at, *_became(saved.how), *hints, fresh=True)


def _became(how: store.How) -> tuple[Span, ...]:
    match how:
        case "first":
            return (_("Saved. Your group is told."),)
        case "merged":
            return (_("Saved, together with what someone else wrote meanwhile."),)
        case "rival":
            return (_("Saved. Someone saved another version meanwhile: all are here."),)
        case "same":
            return (_("It says so already."),)
    return (_("Saved."),)


# --- what the others think


@routes.action(Approve)
async def approve(request: Request, action: Approve) -> Reply:
    """Approve of the version that is read; once most do, the group's places show it."""
    version, at = await of_version(request.tx, request.participant, action.version)
    if not at.member:
        raise UserError(_("The members of the group approve."), buttons=(at.button,))
    if version.state != "current":
        return await show(request, at, _("This version is not the current one any more. Here is what stands now:"))
    await store.put_opinion(request.tx, version.id, request.participant.id, approves=True, comment="", now=request.now)
    shown = await post(request.tx, at, request.now)
    return await show(request, at, toast=_("Thank you. Your group's place shows it now.") if shown else _("Thank you."))


@routes.action(Comment, form=CommentForm)
async def comment(request: Request, action: Comment, form: CommentForm) -> Reply:
    """Keep a comment, and tell who wrote; on what took its place, should it have changed meanwhile."""
    version, at = await of_version(request.tx, request.participant, action.version)
    if version.state == "past":
        version = await store.current_version(request.tx, at.group.id, at.phase.key) or version
    me = request.participant
    try:
        await notices.not_too_often(request.tx, request.settings, me, request.now)
    except UserError as refusal:
        raise Incomplete("comment", refusal.text) from None  # what was written is kept in the form
    await store.put_opinion(request.tx, version.id, me.id, approves=False, comment=form.comment, now=request.now)
    if version.author_id is not None and version.author_id != me.id:
        said = _("{name} comments: {comment}", name=Name(me.name), comment=Name(form.comment))
        view = View((heading(at.phase), said), (at.button,))
        await outbox.notify(request.tx, version.author_id, view, request.now, about=me.id)
    return await show(request, at, _("Saved. The person who wrote it reads your comment."), fresh=True)


# --- several versions


@routes.action(Choose)
async def choose(request: Request, action: Choose) -> Reply:
    """Any member chooses; the others are kept and can be taken back."""
    version, at = await of_version(request.tx, request.participant, action.version)
    if await store.choose_version(request.tx, version):
        await post(request.tx, at, request.now)
        await facilitator_store.touch_panels(request.tx, [at.group.id])
        return await show(request, at, toast=_("This version is yours now. The others are kept."))
    present = await store.current_version(request.tx, at.group.id, at.phase.key)
    if present is not None and present.id == version.id:
        return await show(request, at, toast=_("This version is chosen already."))
    return await show(request, at, _("Someone chose already. The other versions are kept under «earlier»."))


# --- Earlier versions of what a group keeps of a phase: read, and taken back.


_PAGE = 3


@routes.action(Earlier)
async def earlier(request: Request, action: Earlier) -> Reply:
    """A page of them, newest first, each as far as it differs from what stands now."""
    at = await opened(request.tx, request.participant, action.run)
    present = await store.current_version(request.tx, at.group.id, at.phase.key)
    every = await store.past_versions(request.tx, at.group.id, at.phase.key)
    if present is None or not every:
        return await show(request, at)
    pages = -(-len(every) // _PAGE)
    page = min(max(1, action.page), pages)
    lines: list[Span] = [heading(at.phase), _("Earlier versions, where they differ from what stands now:")]
    buttons: list[Button] = []
    for number, each in list(enumerate(every, start=1))[(page - 1) * _PAGE : page * _PAGE]:
        name, time = await name_of(request.tx, each.author_id), Moment(each.created_at, "time")
        lines += ["", Strong(_("{number}. {name}, {time}", number=number, name=name, time=time))]
        differing = changed(present.content, each.content)
        said = content_lines(at.phase.collects, each.content, only=differing)
        lines += said or [_("The same as what stands now")]
        if differing:
            buttons.append(Button(_("Restore version {number}", number=number), TakeBack(each.id, present.id)))
    if page < pages:
        buttons.append(Button(_("Older ones"), Earlier(at.run.id, page + 1)))
    if page > 1:
        buttons.append(Button(_("Newer ones"), Earlier(at.run.id, page - 1)))
    return reply(*lines, buttons=(*buttons, at.button))


@routes.action(TakeBack)
async def take_back(request: Request, action: TakeBack) -> Reply:
    """Let an earlier version stand again, if nobody changed what stood meanwhile; that one is kept too."""
    version, at = await of_version(request.tx, request.participant, action.version)
    if await store.take_back_version(request.tx, version, action.current):
        await post(request.tx, at, request.now)
        await facilitator_store.touch_panels(request.tx, [at.group.id])
        return await show(request, at, toast=_("Restored. The other version is kept."))
    return await show(request, at, _("Someone was faster: this is what stands now."))
