"""Takes ideas from messages while a phase is open, from forms, photos and documents; some build on another idea."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from bot.content.errors import Stale, UserError, existing
from bot.content.forms import MAX_BYTES, Composition, Form, Incomplete, Upload, message, text
from bot.content.names import clean_lines
from bot.content.texts import Span, Text, _, _n, plain
from bot.content.views import Button, Reply, reply, with_lines_last
from bot.conversation import dialogue_store
from bot.conversation.hearing import ask_what_else
from bot.conversation.incoming import Sent
from bot.conversation.listening import Heard, Listener, Stage, Words
from bot.conversation.routes import Request, Routes, in_new_browser
from bot.files.uploads import remarks
from handlers.ideas import service
from handlers.ideas.actions import NotAnIdea
from handlers.ideas.messages import author_of, change_button, idea_quote
from handlers.ideas.participant.answers import (
    MESSAGE,
    answer,
    ask_line,
    keep_too_long,
    no_idea_button,
    too_long,
    with_refusal,
    withdraw_button,
    wording,
)
from handlers.ideas.participant.own import bring_back
from handlers.ideas.service import MOST, IdeaWording, StoredIdea
from handlers.ideas.store import files, giving, ideas, walls
from handlers.ideas.store.giving import BURST, GivenIdeas, Opening
from handlers.navigation import stray_words
from handlers.workshops.actions import BuildOn, GiveIdea, KeepAsIdea, MyIdeas
from handlers.workshops.hooks import starting_point
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.model import Idea
from handlers.workshops.store.phases import find_phase
from handlers.workshops.store.runs import find_run, run_of_group

routes = Routes()

_QUOTED = 300
"""How many characters of an idea are shown in the form for an idea that builds on it."""
_JUST = timedelta(minutes=5)
"""For how long after an idea «that was a mistake» may be about it."""


class IdeaForm(Form):
    """The form for an idea, with photos or documents."""

    title: ClassVar[Text] = _("Your idea")
    read_by_others: ClassVar[bool] = True
    idea: Composition = message(_("Your idea, in a few words"))


class BuildForm(Form):
    """The form for an idea that builds on another."""

    title: ClassVar[Text] = _("Build on an idea")
    read_by_others: ClassVar[bool] = True
    idea: str = text(_("Your idea, building on it"), max_length=MOST, multiline=True)


# --- messages


async def _has_opening(request: Request) -> bool:
    return await service.find_opening(request.tx, request.person, request.now) is not None


async def has_room(request: Request) -> bool:
    """Return whether the person can add another file to their ideas, so that it makes sense to download one.

    Also returns True for a sender who is no known person: their message is not taken as an idea.
    """
    if request.person is None:
        return True
    return (await service.room_for_files(request.tx, request.settings, request.person, request.here)).any


async def _phase_of_opening(request: Request) -> str | None:
    """Return a key of the phase into which ideas go now; None while no phase takes any."""
    into = await service.find_opening(request.tx, request.person, request.now)
    return None if into is None else str(into.run.id)


async def hear_idea(request: Request, words: Words) -> Heard | None:
    """Return how surely `words` are an idea for the phase that takes this person's ideas.

    Returns None if no phase takes them. Long after the end of a phase, even a likely idea is never sure, so the bot
    asks.
    """
    # L10N: a button: what one wrote is an idea for the workshop
    button = _("It is an idea")
    into = await service.find_opening(request.tx, request.person, request.now)
    if into is None:
        if request.person is None or service.likely_idea(words) < service.LIKELY:
            return None
        last = await service.find_last_opening(request.tx, request.person)
        return replace(service.hear_idea(words, last.collects, button), sure=False) if last else None
    heard = service.hear_idea(words, into.collects, button)
    if heard.sure or service.is_doubtful(words.text, into.collects):
        return heard
    before = await giving.given_ideas(request.tx, request.participant.id, into.run.phase, request.now, request.here)
    return replace(heard, sure=True, asked=True) if before.awaiting else heard  # the line on a photo, asked for


@in_new_browser
async def take_words(request: Request, words: str) -> Reply:
    """Store a message as an idea, or as the line of text that describes a photo sent before.

    A text that is too long is stored as a draft to be shortened. After the end of a phase, the idea is stored as late.
    Raises UserError if no phase has begun yet, or the person has given the largest number of ideas allowed.
    """
    into = await _open_or_last(request)
    if into is None:
        raise UserError(_("No phase is open right now. You will be told when one begins."))
    if not words:
        return reply(_("I see no text in this message. Write your idea in a few words, please."), fresh=True)
    if len(words) > MOST:
        await _refuse_too_many(request, into)
        return await keep_too_long(request, into, words)
    before = await giving.given_ideas(request.tx, request.participant.id, into.run.phase, request.now, request.here)
    if before.awaiting:
        return await _take_line(request, into, before, words)
    await _refuse_too_many(request, into)
    return await answer(request, await _give(request, words, into, before=before), typed=True)


async def _too_many(request: Request) -> Text | None:
    return await service.has_given_too_many(request.tx, request.settings, request.participant, request.here)


async def _refuse_too_many(request: Request, into: Opening) -> None:
    """Raise UserError if the person has given as many ideas as one person may."""
    if refusal := await _too_many(request):
        raise UserError(refusal, buttons=(Button(_("My ideas"), MyIdeas(into.run.id)), SHOW_PHASE))


async def _keep_one_too_many(request: Request) -> None:
    """Raise Incomplete, which keeps what was written in a form, if the person has given as many ideas as one may."""
    if refusal := await _too_many(request):
        raise Incomplete("idea", refusal)


async def _give(
    request: Request,
    words: str,
    into: Opening,
    *,
    parent: Idea | None = None,
    before: GivenIdeas | None = None,
) -> StoredIdea:
    return await service.give_idea(
        request.tx,
        request.participant,
        wording(request, words),
        into,
        request.now,
        parent=parent,
        before=before,
    )


async def _take_line(request: Request, into: Opening, before: GivenIdeas, words: str) -> Reply:
    """Take a message as the line of text of the oldest photo without one, and ask for the line of the next photo."""
    idea = existing(await ideas.find_idea(request.tx, before.awaiting[0]))
    idea = await service.reword_idea(request.tx, idea, wording(request, words), into.collects, request.now)
    if len(before.awaiting) > 1:
        return reply(_("Noted. And what do the other photos show? One line is enough."), fresh=True)
    shown = StoredIdea(idea, before.count, into.run if into.mine else None, into.collects)
    return await answer(request, shown, typed=True)


# --- forms


async def _may_give(request: Request, run: int) -> None:
    """Raise UserError if no phase takes the person's ideas, or if they have given too many."""
    await _refuse_too_many(request, await _into(request, run))


async def _into(request: Request, run_id: int) -> Opening:
    """Return the run that takes an idea given with a button: the run of the open phase, even if the button is older.

    If no phase is open, and the phase of the button (`run_id`) has ended, it is the last run, which takes late ideas.
    Raises UserError if there is none.
    """
    into = await service.find_opening(request.tx, request.person, request.now)
    if into is None and (run := await find_run(request.tx, run_id)) and not run.open:
        into = await service.find_last_opening(request.tx, request.participant)
    if into is None:
        raise UserError(_("No phase is open right now. You will be told when one begins."))
    return into


async def _works_on(request: Request, run: int) -> Span | None:
    """Return what the group wrote before and works on now, in which people give an idea; None where there is nothing.

    `run` is what the button carries: the phase of an older one may be over.
    """
    into = await _into(request, run)
    phase = await find_phase(request.tx, into.run.phase)
    return await starting_point(request.tx, into.run.group_id, phase) if phase and into.mine else None


@routes.form(GiveIdea, IdeaForm, check=_may_give, about=_works_on, reads=has_room)
@in_new_browser
async def give_idea(request: Request, form: IdeaForm, run: int) -> Reply:
    """Store the idea that was written in a form, with its files. `run` is the id of the phase's run in the group.

    If this phase has ended, the idea goes to the phase that is open now; if none is open, it is stored as late. Files
    that cannot be stored are left out, and the reply says why. Raises Incomplete if the text is too long, or the person
    has given the largest number of ideas allowed.
    """
    content = form.idea
    words = clean_lines("\n".join(plain(line, request.reader) for line in content.body))
    if (over := len(words) - MOST) > 0:
        raise Incomplete("idea", too_long(over))
    uploads, refusals = service.usable_files(content.attachments, room=await has_room(request))
    if refusals and not (words or uploads):
        raise Incomplete("idea", refusals[0])
    into = await _into(request, run)
    await _keep_one_too_many(request)
    fits, over_limit = await service.fitting_files(
        request.tx, request.settings, request.participant, uploads, request.here
    )
    if not await request.keep_files([upload.content for upload in fits]):
        refusals.append(_files_away(len(fits)))
        uploads = fits = []
        if not words:
            raise Incomplete("idea", refusals[-1])
    if over_limit and not (words or fits):
        raise UserError(over_limit)
    stored = await _give(request, words, into)
    for upload in fits:
        await service.attach_file(request.tx, stored.idea, upload, request.message)
    answered = with_refusal(await answer(request, stored), over_limit)
    return with_lines_last(answered, *refusals, *remarks([upload for upload in uploads if not upload.lost]))


# In earlier messages, for a fact.
give_fact = routes.form("wf", IdeaForm, check=_may_give, about=_works_on, reads=has_room)(give_idea.handler)


# --- building on an idea


async def _may_build(request: Request, idea: int) -> None:
    """Raise Stale if the person cannot build on the idea, UserError if nothing takes theirs, or they gave too many."""
    if await _buildable(request, idea) is None:
        raise Stale
    await _refuse_too_many(request, await _into(request, 0))


async def _built_on(request: Request, idea: int) -> Span:
    """Return the line above the form: the text and the author of the idea that is built on."""
    entry = existing(await walls.wall_entry(request.tx, idea))
    author = author_of(entry.idea, entry.author, reader=request.participant.id)
    return _("You are building on «{idea}» ({author}).", idea=idea_quote(entry.idea, _QUOTED), author=author)


@routes.form(BuildOn, BuildForm, check=_may_build, about=_built_on)
@in_new_browser
async def build_on(request: Request, form: BuildForm, idea: int) -> Reply:
    """Store an idea that builds on the idea with the id `idea`.

    If that idea was hidden or withdrawn meanwhile, the new idea is stored without a link to it, and the reply says so.
    After the end of the phase, the new idea is stored as late.
    """
    parent = await _buildable(request, idea)
    into = await _open_or_last(request) or await _into(request, 0)
    await _keep_one_too_many(request)
    stored = await _give(request, form.idea, into, parent=parent)
    if stored.idea.state != "live":
        return await answer(request, stored)
    line = (
        _("Noted. It builds on «{idea}».", idea=idea_quote(parent))
        if parent
        else _("Noted. The idea you built on has just been taken off the wall: yours stays there on its own.")
    )
    mine = Button(_("My ideas"), MyIdeas(into.run.id))
    return reply(
        line, buttons=(no_idea_button(stored.idea, stored.collects), withdraw_button(stored.idea), mine), fresh=True
    )


async def _buildable(request: Request, idea_id: int) -> Idea | None:
    """Return the idea with this id if the person can build on it; None if they cannot.

    They cannot if they cannot read it, or if it is withdrawn or hidden.
    """
    idea = await ideas.find_idea(request.tx, idea_id)
    if idea is None or not idea.shown or not await service.may_read(request.tx, request.participant, idea):
        return None
    return idea


# --- edited and deleted messages


async def _has_come_in(request: Request) -> bool:
    """Return whether an idea of the person, or a text that was too long for one, came in the message of a request."""
    account = request.account
    if idea := await ideas.find_by_message(request.tx, account.platform, account.chat, request.message):
        return request.person is not None and idea.author_id == request.person.id
    dialogue = await dialogue_store.current(request.tx, account.platform, account.form_chat, request.now)
    return dialogue is not None and bool(request.message) and dialogue.draft.get(MESSAGE) == request.message


@routes.edited(knows=_has_come_in)
async def change_words(request: Request, words: str) -> Reply | None:
    """Change the text of an idea after its author edited the message with it.

    If the phase has ended, the new text is too long, or the idea was withdrawn, the text stays, and the reply says why.
    Returns None, so that the bot does not reply, if the message contained no idea or its text is the same.
    """
    account = request.account
    idea = await ideas.find_by_message(request.tx, account.platform, account.chat, request.message)
    if idea is None:
        return await _take_shortened(request, words)
    if request.person is None or idea.author_id != request.person.id or words in ("", idea.text):
        return None
    phase = await find_phase(request.tx, idea.phase)
    run = await run_of_group(request.tx, idea.group_id, idea.phase) if idea.group_id else None
    if phase is None:
        return None
    if idea.state == "withdrawn":
        back = Button(_("Bring it back"), bring_back.to(idea.id))
        return reply(_("You withdrew this idea, so it stays as it was."), buttons=(back,), fresh=True)
    if not service.may_change(idea, run):
        return reply(_("This phase is finished: your idea stays as it was."), fresh=True)
    if len(words) > MOST:
        refusal = _n(
            "{count} character too many (at most {most}): your idea stays as it was.",
            "{count} characters too many (at most {most}): your idea stays as it was.",
            len(words) - MOST,
            most=MOST,
        )
        return reply(refusal, fresh=True)
    changed = await service.reword_idea(
        request.tx, idea, IdeaWording(words, request.locale), phase.collects, request.now
    )
    before = await giving.given_ideas(request.tx, request.person.id, idea.phase, request.now)
    if changed.state == "live" and changed.id == before.last:
        return await answer(request, StoredIdea(changed, before.count, run, phase.collects))
    # L10N: a passing notice: one's idea was changed
    return reply(_("Changed."), mark=True, fresh=True)


async def _take_shortened(request: Request, words: str) -> Reply | None:
    """Take an edited message whose text was too long for an idea before. Returns None for any other message."""
    platform, chat = request.account.platform, request.account.form_chat
    dialogue = await dialogue_store.current(request.tx, platform, chat, request.now)
    if dialogue is None or not request.message or dialogue.draft.get(MESSAGE) != request.message:
        return None
    if not await _has_opening(request):
        return None
    await dialogue_store.end(request.tx, platform, chat)
    return await take_words(request, words)


@routes.deleted()
async def withdraw_deleted(request: Request) -> Reply | None:
    """Withdraw an idea after its author deleted the message with it. The author can restore it.

    If the message contained only files of an idea, the files are deleted and the idea stays. Returns None if the
    message contained neither, or the idea is withdrawn already.
    """
    account = request.account
    if request.person is None:
        return None
    idea = await ideas.find_by_message(request.tx, account.platform, account.chat, request.message)
    if idea is None:
        return await _delete_files(request, request.person.id)
    if idea.author_id != request.person.id or idea.state == "withdrawn":
        return None
    await service.withdraw_idea(request.tx, idea)
    line = _("You deleted your message: the idea «{idea}» is withdrawn.", idea=idea_quote(idea, reader="own"))
    return reply(line, buttons=(Button(_("Bring it back"), bring_back.to(idea.id)),), fresh=True)


async def _delete_files(request: Request, person_id: int) -> Reply | None:
    """Delete the files of an idea that came in a deleted message, and say so. Returns None if none came in it."""
    account = request.account
    idea_id = await files.delete_files_of_message(
        request.tx, person_id, account.platform, account.chat, request.message
    )
    idea = await ideas.find_idea(request.tx, idea_id) if idea_id is not None else None
    if idea is None:
        return None
    await service.refresh_panels(request.tx, idea)
    line = _(
        "You deleted your message: its files are no longer part of the idea «{idea}».",
        idea=idea_quote(idea, reader="own"),
    )
    return reply(line, buttons=(withdraw_button(idea),), fresh=True)


# --- what was taken for something else


@routes.press(KeepAsIdea)
@in_new_browser
async def keep_as_idea(request: Request) -> Reply:
    """Store words, which the bot took for a question, as an idea of the open or the last phase."""
    words = await stray_words.kept(request)
    if not words:
        raise Stale
    await stray_words.drop(request)
    return await take_words(request, words)


@routes.press(NotAnIdea)
async def not_an_idea(request: Request, idea_id: int) -> Reply:
    """Delete an idea because its author says that it is no idea, and ask the author what the words are.

    The words are stored until the author answers; the files are deleted. Raises UserError if the idea was deleted
    before.
    """
    idea = await ideas.find_idea(request.tx, idea_id)
    if idea is None:
        raise UserError(_("This is no longer an idea."))
    if idea.author_id != request.participant.id:
        raise Stale
    had_files = bool(await files.files_of_idea(request.tx, idea.id))
    await service.remove_idea(request.tx, idea, request.now)
    if not idea.text:
        return reply(_("Then it is not an idea, and I do not keep it."), buttons=(SHOW_PHASE,))
    became = _("It is no longer an idea, and nobody can read it. So what is it?")
    asked = replace(await ask_what_else(request, idea.text, LISTENER.key, became), fresh=False)
    if not had_files:
        return asked
    return with_lines_last(asked, _("What you attached is not kept, only your text."))


async def ask_whether_idea(request: Request) -> Reply | None:
    """Ask a person who says that something is wrong whether their last idea was meant as an idea.

    Returns None, and asks nothing, if no phase takes the person's ideas or they gave no idea a moment ago.
    """
    into = await service.find_opening(request.tx, request.person, request.now)
    if into is None:
        return None
    given = await giving.given_ideas(request.tx, request.participant.id, into.run.phase, request.now, request.here)
    idea = await ideas.find_idea(request.tx, given.last)
    if idea is None or not idea.text or request.now - idea.created_at > _JUST:
        return None
    return reply(
        _("Your last idea: «{idea}». What is wrong with it?", idea=idea_quote(idea, reader="own")),
        buttons=(no_idea_button(idea), change_button(idea), withdraw_button(idea), SHOW_PHASE),
        fresh=True,
    )


async def _open_or_last(request: Request) -> Opening | None:
    """Return the run that takes the person's ideas now, or else their last run; None before any phase began."""
    opening = await service.find_opening(request.tx, request.person, request.now)
    return opening or await service.find_last_opening(request.tx, request.participant)


# --- Photos and documents. A photo of a sheet of paper is stored, and its line of text is asked for once.


@routes.sent(when=_has_opening, reads=has_room)
@in_new_browser
async def take_files(request: Request, sent: Sent) -> Reply | None:
    """Store the files of a message as an idea, with the caption as its text.

    Files that cannot be stored are left out, and the reply says why; the rest is stored. Raises UserError if nothing
    can be stored. Returns None if no reply is needed.
    """
    into = existing(await service.find_opening(request.tx, request.person, request.now))
    words = clean_lines(sent.caption)
    if not sent.uploads:
        return await _unusable(request, words)
    usable, refusals = service.usable_files(sent.uploads, room=await has_room(request))
    fits, over_limit = await service.fitting_files(
        request.tx, request.settings, request.participant, usable, request.here
    )
    if not await request.keep_files([upload.content for upload in fits]):
        refusals.append(_files_away(len(fits)))
        fits = []
    if refusals and not (fits or over_limit):
        if not words:
            raise UserError(refusals[0])
        return with_lines_last(await take_words(request, words), *refusals)
    answered = await _store_files(request, sent, list(fits), over_limit, into)
    return answered and with_lines_last(answered, *refusals, *remarks(fits))


async def _store_files(
    request: Request, sent: Sent, left: list[Upload], over_limit: Text | None, into: Opening
) -> Reply | None:
    """Store files with the earlier idea they belong to; those it cannot hold, with a new idea.

    `left` are the files, `over_limit` the reason why others were refused (None for none), which the answer says too.
    """
    before = await giving.given_ideas(request.tx, request.participant.id, into.run.phase, request.now, request.here)
    fits = tuple(left)
    line = clean_lines(sent.caption)
    over = len(line) - MOST
    if over > 0:
        line = ""
    if over_limit and not left and not line:
        if over > 0:  # a text that is too long for an idea becomes the draft of the form
            return with_refusal(await keep_too_long(request, into, clean_lines(sent.caption)), over_limit)
        raise UserError(over_limit)
    if idea := await _idea_of_files(request, sent, before, line):
        left = [upload for upload in left if not await _attach(request, idea, upload)]
        if not left:
            return with_refusal(await _answer_more_files(request, into, before, idea, line, fits), over_limit)
    # Files that do not fit the idea before become an idea of their own.
    await _refuse_too_many(request, into)
    stored = await service.give_idea(
        request.tx, request.participant, wording(request, line), into, request.now, album=sent.album, before=before
    )
    for upload in left:
        await _attach(request, stored.idea, upload)
    if line:
        return with_refusal(await answer(request, stored, typed=True), over_limit)
    if over <= 0 and _in_burst(request, before):
        return with_refusal(_files_kept(fits), over_limit)
    return with_refusal(ask_line(stored, over, photo=any(upload.picture for upload in fits)), over_limit)


async def _attach(request: Request, idea: Idea, upload: Upload) -> bool:
    return await service.attach_file(request.tx, idea, upload, request.message)


def _files_away(count: int) -> Text:
    """Return the sentence that files could not be stored at this moment."""
    return _n(
        "I cannot keep your file right now. Send it again in a few minutes; what you write always gets through.",
        "I cannot keep your {count} files right now. Send them again in a few minutes; what you write "
        "always gets through.",
        count,
    )


async def _unusable(request: Request, words: str) -> Reply | None:
    """Take the words below a sticker, a voice message or a film as an idea, and say what cannot be stored.

    That is said once for messages that come shortly after one another. Returns None if there is nothing to answer.
    """
    account = request.account
    answered = await take_words(request, words) if words else None
    if await giving.note_hinted(request.tx, account.platform, account.chat, request.now):
        return answered
    hint = _(
        "I cannot keep this. I take text, photos and documents, up to {most} MB each.", most=MAX_BYTES // 1_000_000
    )
    return with_lines_last(answered, hint) if answered else reply(hint, fresh=True)


async def _idea_of_files(request: Request, sent: Sent, before: GivenIdeas, line: str) -> Idea | None:
    """Return the earlier idea that files belong to: their album's, or else the last one that came just before.

    Returns None if they are a new idea. `line` is the caption, '' for none.
    """
    if sent.album:
        idea = await giving.idea_of_album(request.tx, request.participant.id, sent.album)
        if idea is not None and not (line and idea.text):
            return idea
    if line or not _in_burst(request, before):
        return None
    return await ideas.find_idea(request.tx, before.awaiting[-1])


def _in_burst(request: Request, before: GivenIdeas) -> bool:
    return before.last_file_at is not None and request.now - before.last_file_at < BURST


async def _answer_more_files(
    request: Request, into: Opening, before: GivenIdeas, idea: Idea, line: str, uploads: Sequence[Upload]
) -> Reply:
    """Answer that further files of an idea are stored. `line` is their caption, which becomes the text of the idea."""
    if line:
        idea = await service.reword_idea(request.tx, idea, wording(request, line), into.collects, request.now)
        shown = StoredIdea(idea, before.count, into.run if into.mine else None, into.collects)
        return await answer(request, shown, typed=True)
    if not idea.text:
        await giving.note_file(request.tx, idea.id, request.now)
    await service.refresh_panels(request.tx, idea)
    return _files_kept(uploads)


def _files_kept(uploads: Sequence[Upload]) -> Reply:
    photo = any(upload.picture for upload in uploads)
    return reply(_("Photo kept.") if photo else _("File kept."), mark=True, fresh=True)


LISTENER = Listener("idea", Stage.OPEN, hear_idea, take_words, into=_phase_of_opening)
"""The listener for ideas in typed words while a phase takes them."""
