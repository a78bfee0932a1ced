"""The screens of a synthesis: one member writes, the others approve or comment, and earlier versions stay.

A synthesis is what a group writes in a phase. Each save makes a version. If two people write at the same time, there
can be several versions, from which the group chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError, existing
from bot.content.forms import Form, form_fields, refusals_about, text
from bot.content.names import shortened
from bot.content.texts import Moment, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation import dialogue_store
from bot.conversation.routes import Request, Routes
from bot.delivery import notices, outbox
from bot.people import facilitator_store
from bot.people.naming import called
from handlers.ideas.messages import idea_quote
from handlers.ideas.store.ideas import ideas_of_group
from handlers.ideas.store.votes import most_voted_of_group
from handlers.navigation.actions import HOME
from handlers.navigation.layout import paged
from handlers.syntheses import store
from handlers.syntheses.actions import (
    Approve,
    PickIdea,
    Write,
    WriteFirstHalf,
    WriteSecondHalf,
    WriteSentence,
    WriteText,
)
from handlers.syntheses.messages import (
    comment_of,
    content_lines,
    fact_lines,
    filled_squares,
    leading_ideas,
    leading_lines,
    missing_fields,
    most_voted_lines,
    opens_well,
)
from handlers.syntheses.model import CANVAS, FIELDS, Content, Synthesis, changed_fields
from handlers.syntheses.service import (
    OpenedPhase,
    VersionApproval,
    approval_line,
    author_name,
    favourite_idea,
    heading,
    open_phase,
    open_version,
    post_version,
    read_approval,
    read_grid,
    save_fields,
    versions,
)
from handlers.workshops.actions import OpenSynthesis, OpenTerritories, ShowWall
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.service.phases import set_writer

_OFFERED = 20
"""How many ideas are offered for a solution, those with the most votes."""
_LABEL = 90
"""How many characters of an idea are shown in the label of an option."""


async def show(
    request: Request, at: OpenedPhase, *notes: Span, toast: Span | None = None, fresh: bool = False
) -> Reply:
    """Show what a group has written in a phase (its synthesis), below `notes`, which tell what was done.

    `at` is the phase in the group. `toast` is a short notice that disappears. With `fresh`, a new message is sent, and
    the present message stays as it is.
    """
    current = await versions(request.tx, at)
    if len(current) > 1:
        return await _show_rivals(request, at, current, notes, toast, fresh)
    head = (*notes, *(("",) if notes else ()), heading(at.phase))
    present = current[0] if current else None
    offered = await _idea_choice(request, at, present)
    choice = offered if offered and await _is_undecided(request, at, present) else None
    lines, buttons = await (_version_screen(request, at, present) if present else _empty_screen(request, at, choice))
    # L10N: a button: a group makes its solution from another of its ideas
    another = (Button(_("Choose another idea"), choose_idea.to(at.run.id)),) if offered and not choice else ()
    all_buttons = (*buttons, *await _source_buttons(at), *another, *await _earlier_button(request, at), SHOW_PHASE)
    return reply(*head, *lines, buttons=all_buttons, choice=choice, toast=toast, fresh=fresh, again=at.button.action)


async def _empty_screen(
    request: Request, at: OpenedPhase, choice: Choice | None
) -> tuple[Sequence[Span], Sequence[Button]]:
    """Return the lines and buttons of the screen before anything is written.

    `choice` is the choice of the idea for a solution, if the group has to choose one first.
    """
    writer = at.run.writer_id
    who: Span
    if choice:
        return (_("First choose the idea that you keep. Two of you may then write a half each."),), write_buttons(at, 0)
    if at.phase.collects == "solution":
        who = _("Fill it in together: two of you may write a half each at the same time.")
        buttons = write_buttons(at, 0)
    elif writer == request.participant.id:
        who = _("You write. The others approve or comment.")
        buttons = write_buttons(at, 0)
    elif writer is not None:
        who = _("{name} writes. You may write too, or instead.", name=await author_name(request.tx, writer))
        # L10N: a button: I am the member of the group who writes its text
        buttons = (Button(_("I will write it"), take_pen.to(at.run.id)),)
    else:
        who = _("Nobody is writing yet. One of you writes, the others approve or comment.")
        buttons = (Button(_("I will write it"), take_pen.to(at.run.id), style="primary"),)
    return (who, *await _source_lines(request, at)), buttons


async def _version_screen(
    request: Request, at: OpenedPhase, version: Synthesis
) -> tuple[Sequence[Span], Sequence[Button]]:
    """Return the lines and buttons of the screen that shows the current version."""
    approval, me = await read_approval(request.tx, at, version), request.participant.id
    lines: list[Span] = [*content_lines(at.phase.collects, version)]
    lines.append(
        # L10N: below a text: who wrote it, when, and how many members approve of it
        _(
            "{name}, {time} · {approval}",
            name=await author_name(request.tx, version.author_id),
            time=Moment(version.created_at, "time"),
            approval=approval_line(approval),
        )
    )
    lines += await _comment_lines(request, at, version, approval)
    if at.phase.collects == "facts" and me in (version.author_id, at.run.writer_id):
        lines += ["", *await _source_lines(request, at)]
    opinions = await store.opinions_of(request.tx, version.id)
    mine = next((opinion for opinion in opinions if opinion.participant_id == me), None)
    missing = at.phase.collects == "solution" and missing_fields(version.content) is not None
    buttons: list[Button] = []
    if at.member and not (mine and mine.approves):
        buttons.append(Button(_("I approve"), Approve(version.id), style="plain" if missing else "primary"))
    if at.member and version.author_id != me:
        # L10N: a button, a verb: write a comment on the group's text
        buttons.append(Button(_("Comment"), comment.to(version.id)))
    write = write_buttons(at, version.id, version.content)
    return lines, (*write, *buttons) if missing else (*buttons, *write)


async def _comment_lines(
    request: Request, at: OpenedPhase, version: Synthesis, approval: VersionApproval
) -> Sequence[Span]:
    """Return the comments on a version, all of them for its author and the group's writer.

    Other members read only their own comment, and how many others there are.
    """
    me = request.participant.id
    writes = me in (version.author_id, at.run.writer_id)
    shown: list[Span] = [
        _(
            "{name}: {comment}",
            name=await author_name(request.tx, comment.participant_id),
            comment=comment_of(version.id, comment.participant_id, comment.comment),
        )
        for comment in approval.comments
        if writes or comment.participant_id == me
    ]
    hidden = len(approval.comments) - len(shown)
    return [
        *shown,
        *(
            [_n("{count} comment for the person writing", "{count} comments for the person writing", hidden)]
            if hidden
            else []
        ),
    ]


def write_buttons(at: OpenedPhase, base: int, content: Content | None = None) -> Sequence[Button]:
    """Return the buttons that change a version of what the group writes in the phase `at`, or write the first version.

    `base` is the id of the version that is changed, 0 if there is none. `content` is what it says; of a solution the
    first half with an empty field is the next step. None makes no half the next step.
    """
    run = at.run.id
    if at.phase.collects == "solution":
        first, second = (
            Button(_("For whom, what, how"), WriteFirstHalf(run, base)),
            Button(_("With whom, first step, measure"), WriteSecondHalf(run, base)),
        )
        if content is None or not missing_fields(content):
            return first, second
        if missing_fields(content, CANVAS[:3]):
            return replace(first, style="primary"), second
        return replace(second, style="primary"), first
    action: Action = WriteSentence(run, base) if at.phase.collects == "challenge" else WriteText(run, base)
    if base:
        return (Button(_("Change it"), action),)
    # L10N: a button, a verb: write the group's text
    return (Button(_("Write"), action, style="primary"),)


# --- the ideas, votes and grid beside a synthesis


async def _source_lines(request: Request, at: OpenedPhase) -> Sequence[Span]:
    """Return lines with what the writer starts from: the group's ideas or votes, or how full its grid is.

    Ideas and votes are left out until they are revealed.
    """
    tx, group_id, key = request.tx, at.group.id, at.phase.key
    if at.phase.collects == "territories":
        return [filled_squares(await read_grid(tx, group_id))]
    if not at.run.revealed:
        return [_("The ideas appear here once they are revealed.")]
    match at.phase.collects:
        case "facts":
            best = await most_voted_of_group(tx, group_id, key)
            return most_voted_lines(best) or fact_lines(await ideas_of_group(tx, group_id, key))
        case "challenge" | "solution":
            return leading_lines(await most_voted_of_group(tx, group_id, key))
    return []


async def _source_buttons(at: OpenedPhase) -> Sequence[Button]:
    if at.phase.collects == "territories":
        return (Button(_("Our territories"), OpenTerritories(at.group.id)),)
    return (Button(_("The wall"), ShowWall(at.run.id)),)


async def _idea_choice(request: Request, at: OpenedPhase, version: Synthesis | None) -> Choice | None:
    """Return the choice of the idea on which the solution is built, those with the most votes first.

    Photos without a text are left out. Each idea has a number, to identify it where a button cuts its text. Returns
    None before ideas are revealed, if there are none, and in phases that collect no solution.
    """
    if not at.run.revealed or at.phase.collects != "solution":
        return None
    voted = await most_voted_of_group(request.tx, at.group.id, at.phase.key)
    best = [(idea, votes) for idea, votes in voted if idea.text][:_OFFERED]
    if not best:
        return None
    chosen = version.content.get("idea", "") if version else ""
    options = tuple(
        Option(
            str(idea.id),
            _("{number}. {idea}", number=number, idea=idea_quote(idea, _LABEL)),
            _n("{count} vote", "{count} votes", votes),
        )
        for number, (idea, votes) in enumerate(best, start=1)
    )
    selected = tuple(str(idea.id) for idea, _votes in best if idea.text == chosen)[:1]
    action = PickIdea(at.run.id, version.id if version else 0)
    return Choice(action, options, selected, placeholder=_("The idea you carry on with"), listed=True, ranked_from=1)


async def _is_undecided(request: Request, at: OpenedPhase, version: Synthesis | None) -> bool:
    """Return whether a group still has to choose the idea of its solution, as no idea leads or has been chosen."""
    if version is not None:
        return not version.content.get("idea")
    return not await favourite_idea(request.tx, at)


async def _earlier_button(request: Request, at: OpenedPhase) -> Sequence[Button]:
    count = len(await store.past_versions(request.tx, at.group.id, at.phase.key))
    if not count:
        return ()
    return (Button(_n("{count} earlier version", "{count} earlier versions", count), earlier.to(at.run.id)),)


# --- several versions at once


async def _show_rivals(
    request: Request,
    at: OpenedPhase,
    rivals: Sequence[Synthesis],
    notes: Sequence[Span],
    toast: Span | None,
    fresh: bool,
) -> Reply:
    """Show the fields in which versions written at the same time differ, with a button to choose each version.

    `notes` are the first lines, `toast` is a passing notice, `fresh` sends a new message.
    """
    lines: list[Span] = [*notes, *([""] if notes else []), heading(at.phase)]
    lines.append(
        _n(
            "{count} version is here. Choose one together: the others can be restored.",
            "{count} versions were written at the same time. Choose one together: the others can be restored.",
            len(rivals),
        )
    )
    first, *others = rivals
    differing = frozenset[str]().union(*(changed_fields(first.content, other.content) for other in others))
    buttons: list[Button] = []
    for number, version in enumerate(rivals, start=1):
        name = await author_name(request.tx, version.author_id)
        time = Moment(version.created_at, "time")
        lines += ["", Strong(_("Version {number} · {name}, {time}", number=number, name=name, time=time))]
        lines += content_lines(at.phase.collects, version, only=differing)
        buttons.append(Button(_("Keep version {number} ({name})", number=number, name=name), choose.to(version.id)))
    return reply(*lines, buttons=(*buttons, *await _earlier_button(request, at), SHOW_PHASE), toast=toast, fresh=fresh)


# --- the forms, and opening a synthesis


routes = Routes()

_SENTENCE = 300
_TEXT = 1500
_KEPT = 5
"""How many ideas the form for a synthesis opens with."""


class TextForm(Form):
    """The form for a synthesis as free text."""

    title: ClassVar[Text] = _("Our takeaways")
    read_by_others: ClassVar[bool] = True
    text: str = text(_("What does your group keep?"), max_length=_TEXT, multiline=True)


class SentenceForm(Form):
    """The form for a challenge in one sentence."""

    title: ClassVar[Text] = _("Our challenge")
    read_by_others: ClassVar[bool] = True
    sentence: str = text(_("In one sentence: How…"), max_length=_SENTENCE, multiline=True)


class CommentForm(Form):
    """The form for a comment on a version of what the group wrote."""

    title: ClassVar[Text] = _("Your comment")
    read_by_others: ClassVar[bool] = True
    comment: str = text(_("What would you change?"), max_length=300, multiline=True)


@routes.press(OpenSynthesis)
async def open_synthesis(request: Request, run: int) -> Reply:
    """Show the synthesis of a group, what it writes in a phase. `run` is the id of the group's run of the phase."""
    return await show(request, await open_phase(request.tx, request.participant, run))


@routes.press("xp")
async def take_pen(request: Request, run: int) -> Reply:
    """Make the person the writer of the group in a phase. The other members see this, and can still write too.

    `run` is the id of the group's run of the phase.
    """
    at = await open_phase(request.tx, request.participant, run)
    await set_writer(request.tx, at.run, request.participant.id)
    # L10N: a passing notice: nobody else of the group writes meanwhile
    return await show(request, await open_phase(request.tx, request.participant, run), toast=_("You write."))


@routes.press("xj")
async def choose_idea(request: Request, run: int) -> Reply:
    """Show the ideas of a group, so that a member can choose another one for the group's solution.

    `run` is the id of the phase's run in the group. Raises Stale if there is nothing to choose.
    """
    at = await open_phase(request.tx, request.participant, run)
    present = await store.current_version(request.tx, at.group.id, at.phase.key)
    choice = existing(await _idea_choice(request, at, present))
    return reply(heading(at.phase), choice=choice, buttons=(at.button,))


# --- writing


async def initial_values(request: Request, action: Write, *fields: str) -> Mapping[str, str]:
    """Return the initial content of a form: the texts of `fields` in the version that the form changes.

    Raises UserError if another version was saved meanwhile, unless the person has a draft of this form.
    """
    at = await open_phase(request.tx, request.participant, action.run)
    if not set(fields) <= set(FIELDS[at.phase.collects]):
        raise Stale
    present = await store.current_version(request.tx, at.group.id, at.phase.key)
    others = await store.rival_versions(request.tx, at.group.id, at.phase.key)
    current_ids = {version.id for version in (present, *others) if version}
    if action.base in current_ids or (present is None and not action.base):
        base = await store.find_version(request.tx, action.base)
        return {field: base.content.get(field, "") for field in fields} if base else {}
    dialogue = await dialogue_store.current(
        request.tx, request.account.platform, request.account.form_chat, request.now
    )
    if dialogue is not None and dialogue.action == action.encode():
        return {}
    raise UserError(_("Someone saved another version in the meantime. Read it first."), buttons=(at.button,))


async def _sentence_of(request: Request, run: int, base: int) -> Mapping[str, str]:
    """Return the initial sentence of the form: the sentence of the version which is changed.

    Before the first version, it is the text of the idea with the most votes, the oldest of several; none before ideas
    are revealed.
    """
    values = await initial_values(request, WriteSentence(run, base), "sentence")
    at = await open_phase(request.tx, request.participant, run)
    if values or not at.run.revealed:
        return values
    leaders = leading_ideas(await most_voted_of_group(request.tx, at.group.id, at.phase.key))
    return {"sentence": shortened(" ".join(leaders[0].text.split()), _SENTENCE)} if leaders else {}


def declare_form(routes: Routes, action: type[Write], form: type[Form]) -> None:
    """Declare a form for fields of what a group writes, with its initial values and the function that saves them."""

    async def fill(request: Request, run: int, base: int) -> Mapping[str, str]:
        return await initial_values(request, action(run, base), *form_fields(form))

    async def write(request: Request, written: Form, run: int, base: int) -> Reply:
        return await save_and_show(request, run, base, dict(vars(written)))

    routes.form(action, form, prefill=fill)(write)


async def _text_of(request: Request, run: int, base: int) -> Mapping[str, str]:
    """Return the initial text of the form: the text of the version which is changed.

    Before the first version, it is the ideas that somebody voted for, a line each, those with the most votes first;
    none before ideas are revealed.
    """
    values = await initial_values(request, WriteText(run, base), "text")
    at = await open_phase(request.tx, request.participant, run)
    if values or not at.run.revealed:
        return values
    best = await most_voted_of_group(request.tx, at.group.id, at.phase.key)
    voted = [" ".join(idea.text.split()) for idea, votes in best if votes and idea.text][:_KEPT]
    return {"text": shortened("\n".join(f"• {words}" for words in voted), _TEXT)} if voted else {}


@routes.form(WriteText, TextForm, prefill=_text_of)
async def write_text(request: Request, form: TextForm, run: int, base: int) -> Reply:
    """Save the synthesis that the person wrote as free text, and show it.

    `run` is the id of the phase's run in the group, `base` the id of the version that was changed, 0 for none. If
    another member saved meanwhile, both versions are kept until the group chooses.
    """
    return await save_and_show(request, run, base, {"text": form.text})


@routes.form(WriteSentence, SentenceForm, prefill=_sentence_of)
async def write_sentence(request: Request, form: SentenceForm, run: int, base: int) -> Reply:
    """Save the group's challenge, and give a hint if it does not begin as it should («How…»).

    `run` is the id of the group's run of the phase, `base` the id of the version that was changed, 0 for none. If
    another member saved meanwhile, both versions are kept until the group chooses.
    """
    sentence = " ".join(form.sentence.split())
    if opens_well(sentence):
        return await save_and_show(request, run, base, {"sentence": sentence})
    hint = _("A challenge opens more ideas when it begins with «How…».")
    return await save_and_show(request, run, base, {"sentence": sentence}, hint)


def not_saved(written: Mapping[str, str]) -> Reply:
    """Return the reply to a person who left the group while writing: it shows the words that were not saved.

    `written` has the words by the name of the field.
    """
    words = "\n".join(word for word in written.values() if word)
    said = _("You are no longer in this group, so nothing was saved. Your text:")
    return reply(said, Name(words), buttons=(HOME,), fresh=True)


async def save_and_show(request: Request, run_id: int, base: int, written: Content, *hints: Span) -> Reply:
    """Save what the person wrote into some fields of the group's text, and show the text below the lines `hints`.

    `run_id` is the id of the group's run of the phase, `base` the id of the version that the person changed, 0 for
    none. If another member saved meanwhile, the first line says whether both texts were joined or the group must
    choose. A person who has left the group meanwhile sees the words again, and reads that nothing was saved.
    """
    try:
        at = await open_phase(request.tx, request.participant, run_id)
    except (Stale, UserError):
        return not_saved(written)
    saved = await save_fields(request.tx, request.settings, request.participant, at, base, written, request.now)
    return await show(request, at, *_outcome_lines(saved.outcome), *hints, fresh=True)


def _outcome_lines(outcome: store.SaveOutcome) -> tuple[Span, ...]:
    match outcome:
        case "first":
            return (_("Saved. Your group will be told."),)
        case "merged":
            return (_("Saved, together with what someone else wrote in the meantime."),)
        case "rival":
            return (_("Saved. Someone else saved another version in the meantime: they are all here."),)
        case "same":
            return (_("It already says so."),)
    return (_("Saved."),)


# --- opinions of the other members


@routes.press(Approve)
async def approve(request: Request, version_id: int) -> Reply:
    """Store that the person approves the version with this id of what their group wrote.

    Once a majority approves, the version is posted in the group's channels. If another version has replaced it, nothing
    is stored, and the current version is shown. Raises UserError for people who are no members of the group.
    """
    version, at = await open_version(request.tx, request.participant, version_id)
    if not at.member:
        raise UserError(_("The members of the group approve."), buttons=(at.button,))
    if version.state != "current":
        return await show(request, at, _("This version has been replaced. Here is the current text:"))
    await store.put_opinion(request.tx, version.id, request.participant.id, approves=True, comment="", now=request.now)
    posted = await post_version(request.tx, at, request.now)
    if posted:
        return await show(request, at, toast=_("Thank you. It is now in your group's chat."))
    # L10N: a passing notice after approving
    return await show(request, at, toast=_("Thank you."))


@routes.form("xc", CommentForm)
async def comment(request: Request, form: CommentForm, version_id: int) -> Reply:
    """Store the person's comment on a version of what a group wrote, and notify the author of the version.

    If another version has replaced it, the comment is stored with the current one. After too many comments, nothing is
    stored, and the form is shown again.
    """
    version, at = await open_version(request.tx, request.participant, version_id)
    if version.state == "past":
        version = await store.current_version(request.tx, at.group.id, at.phase.key) or version
    me = request.participant
    with refusals_about("comment"):
        await notices.not_too_often(request.tx, request.settings, me, request.now)
    await store.put_opinion(request.tx, version.id, me.id, approves=False, comment=form.comment, now=request.now)
    if version.author_id is not None and version.author_id != me.id:
        said = comment_of(version.id, me.id, form.comment)
        line = _("{name} comments: {comment}", name=called(me), comment=said)
        view = View((heading(at.phase), line), (at.button,))
        await outbox.notify(request.tx, version.author_id, view, request.now, outbox.Telling.NEWS, about=me.id)
    return await show(request, at, _("Saved. The person who wrote it will read your comment."), fresh=True)


# --- several versions


@routes.press("xk")
async def choose(request: Request, version_id: int) -> Reply:
    """Make one of several versions of what the group wrote the current one.

    The other versions become past versions, which can be restored. If the group has chosen already, the reply says so.
    """
    version, at = await open_version(request.tx, request.participant, version_id)
    if await store.choose_version(request.tx, version):
        await post_version(request.tx, at, request.now)
        await facilitator_store.touch_panels(request.tx, [at.group.id])
        return await show(request, at, toast=_("This is now your group's version. The others are kept."))
    present = await store.current_version(request.tx, at.group.id, at.phase.key)
    if present is not None and present.id == version.id:
        return await show(request, at, toast=_("This version is already chosen."))
    return await show(request, at, _("Someone has already chosen. The others are kept under «earlier versions»."))


# --- earlier versions


_PAGE = 3
"""How many earlier versions a page shows."""


@routes.press("xv")
async def earlier(request: Request, run: int, page_number: int = 1) -> Reply:
    """Show a page of earlier versions of what the group wrote, the newest first, with the fields that changed since.

    `run` is the id of the group's run of the phase; `page_number` is counted from 1.
    """
    at = await open_phase(request.tx, request.participant, run)
    present = await store.current_version(request.tx, at.group.id, at.phase.key)
    past = await store.past_versions(request.tx, at.group.id, at.phase.key)
    if present is None or not past:
        return await show(request, at)
    shown, pages = paged(
        list(enumerate(past, start=1)),
        page_number - 1,
        lambda index: earlier.to(at.run.id, index + 1),
        per_page=_PAGE,
        # L10N: buttons: newer and older ones of the earlier versions of the group's text
        labels=(_("Newer ones"), _("Older ones")),
    )
    lines: list[Span] = [heading(at.phase), _("Earlier versions, where they differ from the current text:")]
    buttons: list[Button] = []
    for number, version in shown:
        name, time = await author_name(request.tx, version.author_id), Moment(version.created_at, "time")
        lines += ["", Strong(_("{number}. {name}, {time}", number=number, name=name, time=time))]
        differing = changed_fields(present.content, version.content)
        lines += content_lines(at.phase.collects, version, only=differing) or [_("Same as the current text")]
        if differing:
            buttons.append(Button(_("Restore version {number}", number=number), take_back.to(version.id, present.id)))
    return reply(*lines, buttons=(*buttons, *reversed(pages), at.button))


@routes.press("xr")
async def take_back(request: Request, version_id: int, current: int) -> Reply:
    """Restore an earlier version in place of the version with the id `current`, which becomes a past version.

    If `current` is not the current version any more, nothing changes, and the reply shows the current one.
    """
    version, at = await open_version(request.tx, request.participant, version_id)
    if await store.take_back_version(request.tx, version, current):
        await post_version(request.tx, at, request.now)
        await facilitator_store.touch_panels(request.tx, [at.group.id])
        return await show(request, at, toast=_("Restored. The other version is kept."))
    return await show(request, at, _("Someone was faster: here is the current text."))
