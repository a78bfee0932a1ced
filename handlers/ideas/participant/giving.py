"""Giving ideas: what is written while a phase runs, in a form or as photos; building on another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, cast

from bot.content.errors import Stale, UserError
from bot.content.forms import MAX_BYTES, Composition, Form, Incomplete, Upload, choice, message, text
from bot.content.names import clean_lines
from bot.content.texts import Span, Text, _, _n, plain
from bot.content.views import Button, Option, Reply, reply, with_lines_last
from bot.conversation import dialogue_store
from bot.conversation.incoming import Sent
from bot.conversation.routes import Request, Routes
from bot.files.uploads import remarks
from handlers.ideas import service, store
from handlers.ideas.actions import BringBack, ItIsAnIdea, ItIsNoIdea
from handlers.ideas.messages import CATEGORIES, author_of, glimpse
from handlers.ideas.participant.answers import (
    MESSAGE,
    answer,
    ask_line,
    ask_whether_idea,
    keep_too_long,
    too_long,
    with_refusal,
    withdrawing,
    wording,
)
from handlers.ideas.service import MOST, Given, IdeaWording
from handlers.ideas.store import BURST, GivenIdeas, Opening
from handlers.navigation import stray_words
from handlers.workshops.actions import BuildOn, GiveFact, GiveIdea, KeepAsIdea, MyIdeas
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.model import Category, Idea
from handlers.workshops.store import find_phase, find_run, run_of_group

routes = Routes()

_QUOTED = 300
"""Characters of an idea that stand above the form in which another builds on it."""
_KINDS = tuple(Option(category, label) for category, label in CATEGORIES.items())


@dataclass(frozen=True, slots=True)
class IdeaForm(Form):
    """An idea, with photos or documents."""

    title: ClassVar[Text] = _("Your idea")
    idea: Composition = message(  # noqa: RUF009 - declares a field, and is the same for all
        _("Your idea, in a few words")
    )


@dataclass(frozen=True, slots=True)
class FactForm(Form):
    """What people see in their territory."""

    title: ClassVar[Text] = _("What do you see?")
    kind: str = choice(_("What is it?"), _KINDS, required=False)
    idea: Composition = message(  # noqa: RUF009 - declares a field, and is the same for all
        _("What you see, in a few words")
    )


@dataclass(frozen=True, slots=True)
class BuildForm(Form):
    """An idea that builds on another."""

    title: ClassVar[Text] = _("Build on an idea")
    idea: str = text(_("Your idea, building on it"), max_length=MOST, multiline=True)


# --- what is simply written


async def _taken(request: Request) -> bool:
    return await service.opening(request.tx, request.person, request.now) is not None


async def has_room(request: Request) -> bool:
    """Whether another file of the person's ideas would be kept, so that it is worth while to fetch one."""
    return request.person is None or (await service.room_for_files(request.tx, request.settings, request.person)).any


@routes.text(when=_taken)
async def take_words(request: Request, words: str) -> Reply:
    """An idea; or the line that a photo sent before waits for."""
    into = await _opening(request)
    if not words:
        return reply(_("There is nothing to read in this. Write your idea in a few words, please."), fresh=True)
    if len(words) > MOST:
        return await keep_too_long(request, into, words)
    before = await store.standing_of_author(request.tx, request.participant.id, into.run.phase, request.now)
    if before.awaiting:
        return await _take_line(request, into, before, words)
    if service.doubtful(words, into.collects):
        given = await _give(request, words, into, asked=True, before=before)
        return ask_whether_idea(given.idea)
    return answer(request, await _give(request, words, into, before=before))


async def _give(
    request: Request,
    words: str,
    into: Opening,
    *,
    category: Category | None = None,
    asked: bool = False,
    parent: Idea | None = None,
    before: GivenIdeas | None = None,
) -> Given:
    return await service.give_idea(
        request.tx,
        request.participant,
        wording(request, words),
        into,
        request.now,
        category=category,
        asked=asked,
        parent=parent,
        before=before,
    )


async def _take_line(request: Request, into: Opening, before: GivenIdeas, words: str) -> Reply:
    """What a photo shows. Should others wait, they are asked for next."""
    idea = await store.find_idea(request.tx, before.awaiting[0])
    if idea is None:
        raise Stale
    idea = await service.reword_idea(request.tx, idea, wording(request, words), into.collects, request.now)
    if len(before.awaiting) > 1:
        return reply(_("Noted. And what do the photos after it show? One line, please."), fresh=True)
    only = before.given == 1
    return answer(request, Given(idea, only, into.run if into.mine else None, into.collects))


async def _opening(request: Request) -> Opening:
    into = await service.opening(request.tx, request.person, request.now)
    if into is None:
        raise Stale
    return into


# --- what may be no idea


@routes.action(ItIsAnIdea)
async def it_is_an_idea(request: Request, action: ItIsAnIdea) -> Reply:
    """Words that were kept meanwhile are an idea, given when they were written; what asked of them says so."""
    given = await service.accept_idea(request.tx, request.participant, action.idea, request.now)
    return replace(answer(request, given), fresh=False)


@routes.action(ItIsNoIdea)
async def it_is_no_idea(request: Request, action: ItIsNoIdea) -> Reply:
    """They are neither."""
    await service.drop_doubtful(request.tx, request.participant, action.idea)
    return reply(_("Then it is none, and I keep it nowhere."), buttons=(SHOW_PHASE,))


# --- forms


async def _may_give(request: Request, action: GiveIdea | GiveFact) -> None:
    """Raises UserError between phases."""
    await _into(request, action.run)


async def _into(request: Request, run_id: int) -> Opening:
    """Where an idea goes that is given by a button: the phase that is open now, whichever the button was of."""
    into = await service.opening(request.tx, request.person, request.now)
    if into is None and (run := await find_run(request.tx, run_id)) and not run.open:
        into = await service.last_opening(request.tx, request.participant)
    if into is None:
        raise UserError(_("No phase is open for you now. You will be told when one begins."))
    return into


@routes.action(GiveIdea, form=IdeaForm, before=_may_give, reads=has_room)
async def give_idea(request: Request, action: GiveIdea, form: IdeaForm) -> Reply:
    """An idea from a form."""
    return await _from_form(request, action.run, form.idea)


@routes.action(GiveFact, form=FactForm, before=_may_give, reads=has_room)
async def give_fact(request: Request, action: GiveFact, form: FactForm) -> Reply:
    """A fact, a need or a scheme from a form."""
    return await _from_form(request, action.run, form.idea, cast("Category", form.kind) or None)


async def _from_form(request: Request, run_id: int, said: Composition, category: Category | None = None) -> Reply:
    words = clean_lines("\n".join(plain(line, request.reader) for line in said.body))
    if (over := len(words) - MOST) > 0:
        raise Incomplete("idea", too_long(over))
    uploads, refused = service.sorted_out(said.attachments, room=await has_room(request))
    if refused and not (words or uploads):
        raise Incomplete("idea", refused[0])
    into = await _into(request, run_id)
    fits, over_limit = await service.fitting(request.tx, request.settings, request.participant, uploads)
    if over_limit and not (words or fits):
        raise UserError(over_limit)
    given = await _give(request, words, into, category=category)
    for upload in fits:
        await service.attach_file(request.tx, request.files, given.idea, upload, request.message)
    noted = with_refusal(answer(request, given), over_limit)
    return with_lines_last(noted, *refused, *remarks([each for each in uploads if not each.lost]))


# --- building on an idea


async def _may_build(request: Request, action: BuildOn) -> None:
    """Raises Stale for an idea that cannot be built on, UserError between phases."""
    if await _buildable(request, action.idea) is None:
        raise Stale
    await _into(request, 0)


async def _built_on(request: Request, action: BuildOn) -> Span:
    """The idea that is built on, and whose it is."""
    entry = await store.wall_entry(request.tx, action.idea)
    if entry is None:
        raise Stale
    author = author_of(entry.idea, entry.author, reader=request.participant.id)
    return _("You build on «{idea}» ({author}).", idea=glimpse(entry.idea.text, _QUOTED), author=author)


@routes.action(BuildOn, form=BuildForm, before=_may_build, about=_built_on)
async def build_on(request: Request, action: BuildOn, form: BuildForm) -> Reply:
    """An idea that keeps the link to the one it builds on; it is kept without, should that be gone meanwhile."""
    before = await _buildable(request, action.idea)
    into = await _open_or_last(request) or await _into(request, 0)
    given = await _give(request, form.idea, into, parent=before)
    if given.idea.state != "live":
        return answer(request, given)
    said = (
        _("Noted. It builds on «{idea}».", idea=glimpse(before.text))
        if before
        else _("Noted. The idea before it was taken off the wall meanwhile: yours stands by itself.")
    )
    mine = Button(_("My ideas"), MyIdeas(into.run.id))
    return reply(said, buttons=(withdrawing(given.idea), mine), fresh=True)


async def _buildable(request: Request, idea_id: int) -> Idea | None:
    """An idea the person may build on; None for one they do not read, or that is taken back or hidden."""
    idea = await store.find_idea(request.tx, idea_id)
    if (
        idea is None
        or idea.state != "live"
        or idea.hidden
        or not await service.may_read(request.tx, request.participant, idea)
    ):
        return None
    return idea


# --- a message that is changed


@routes.edited()
async def change_words(request: Request, words: str) -> Reply | None:
    """Editing the message edits the idea, as long as its phase is open; before and after others read it."""
    account = request.account
    idea = await store.by_message(request.tx, account.platform, account.chat, request.message)
    if idea is None:
        return await _take_shortened(request, words)
    if request.person is None or idea.author_id != request.person.id or words in ("", idea.text):
        return None
    phase = await find_phase(request.tx, idea.phase)
    run = await run_of_group(request.tx, idea.group_id, idea.phase) if idea.group_id else None
    if phase is None:
        return None
    if idea.state == "withdrawn":
        back = Button(_("Bring it back"), BringBack(idea.id))
        return reply(_("You withdrew this idea, so it stays as it was."), buttons=(back,), fresh=True)
    if not service.may_change(idea, run):
        return reply(_("This phase is finished: your idea stays as it was."), fresh=True)
    if len(words) > MOST:
        said = _n(
            "{count} character too many (at most {most}): your idea stays as it was.",
            "{count} characters too many (at most {most}): your idea stays as it was.",
            len(words) - MOST,
            most=MOST,
        )
        return reply(said, fresh=True)
    await service.reword_idea(request.tx, idea, IdeaWording(words, request.locale), phase.collects, request.now)
    return reply(_("Changed."), mark=True, fresh=True)


async def _take_shortened(request: Request, words: str) -> Reply | None:
    """A message that was too long for an idea, and is not any more."""
    platform, chat = request.account.platform, request.account.chat
    kept = await dialogue_store.current(request.tx, platform, chat, request.now)
    if kept is None or not request.message or kept.draft.get(MESSAGE) != request.message or not await _taken(request):
        return None
    await dialogue_store.end(request.tx, platform, chat)
    return await take_words(request, words)


@routes.deleted()
async def withdraw_deleted(request: Request) -> Reply | None:
    """Deleting the message withdraws the idea, at any time, as its button does; it can be brought back.

    A photo or file whose words came in another message goes alone.
    """
    account = request.account
    if request.person is None:
        return None
    idea = await store.by_message(request.tx, account.platform, account.chat, request.message)
    if idea is None:
        return await _take_off(request, request.person.id)
    if idea.author_id != request.person.id or idea.state == "withdrawn":
        return None
    await service.withdraw_idea(request.tx, idea)
    said = _("You deleted your message: the idea «{idea}» is withdrawn.", idea=glimpse(idea.text))
    return reply(said, buttons=(Button(_("Bring it back"), BringBack(idea.id)),), fresh=True)


async def _take_off(request: Request, person_id: int) -> Reply | None:
    """What is said once the files of a message are gone from their idea; None where no idea had files of it."""
    account = request.account
    idea_id = await store.take_files_off(request.tx, person_id, account.platform, account.chat, request.message)
    idea = await store.find_idea(request.tx, idea_id) if idea_id is not None else None
    if idea is None:
        return None
    await service.refresh_panels(request.tx, idea)
    said = _("You deleted your message: what hung on it is off the idea «{idea}».", idea=glimpse(idea.text))
    return reply(said, buttons=(withdrawing(idea),), fresh=True)


# --- what was written for nobody


@routes.action(KeepAsIdea)
async def keep_as_idea(request: Request, _action: KeepAsIdea) -> Reply:
    """Words written long after the end were an idea: it came late."""
    words = await stray_words.kept(request)
    into = await _open_or_last(request)
    if into is None or not words:
        raise Stale
    await stray_words.drop(request)
    if len(words) > MOST:
        return await keep_too_long(request, into, words)
    return answer(request, await _give(request, words, into))


async def _open_or_last(request: Request) -> Opening | None:
    """Where the person's words go, though they come long after the end."""
    now_open = await service.opening(request.tx, request.person, request.now)
    return now_open or await service.last_opening(request.tx, request.participant)


# --- Photos and documents given as ideas: a paper sheet is kept, and its line of text asked for, once.


@routes.sent(when=_taken, reads=has_room)
async def take_files(request: Request, sent: Sent) -> Reply | None:
    """Keep what came; what is below it is its line. Of what nobody can use, it is told once a burst.

    What is refused takes nothing along: the photos beside it are kept, and the words below it.
    """
    into = await service.opening(request.tx, request.person, request.now)
    if into is None:
        raise Stale
    words = clean_lines(sent.caption)
    if not sent.uploads:
        return await _unusable(request, words)
    whole, unfit = service.sorted_out(sent.uploads, room=await has_room(request))
    fits, refused = await service.fitting(request.tx, request.settings, request.participant, whole)
    if unfit and not (fits or refused):
        if not words:
            raise UserError(unfit[0])
        return with_lines_last(await take_words(request, words), *unfit)
    answered = await _take(request, sent, list(fits), refused, into)
    return answered and with_lines_last(answered, *unfit, *remarks(fits))


async def _take(request: Request, sent: Sent, left: list[Upload], refused: Text | None, into: Opening) -> Reply | None:
    before = await store.standing_of_author(request.tx, request.participant.id, into.run.phase, request.now)
    fits = tuple(left)
    line = clean_lines(sent.caption)
    over = len(line) - MOST
    if over > 0:
        line = ""
    if refused and not left and not line:
        if over > 0:  # words that are too long for an idea wait in the form
            return with_refusal(await keep_too_long(request, into, clean_lines(sent.caption)), refused)
        raise UserError(refused)
    if idea := await _before(request, sent, before, line):
        left = [each for each in left if not await _attach(request, idea, each)]
        if not left:
            return with_refusal(await _one_more(request, into, before, idea, line, fits), refused)
    # What the idea before has no room for makes one of its own.
    given = await service.give_idea(
        request.tx, request.participant, wording(request, line), into, request.now, album=sent.album, before=before
    )
    for upload in left:
        await _attach(request, given.idea, upload)
    if line:
        return with_refusal(answer(request, given), refused)
    if over <= 0 and _in_burst(request, before):
        return with_refusal(_kept(fits), refused)
    return with_refusal(ask_line(given, over, photo=any(upload.picture for upload in fits)), refused)


async def _attach(request: Request, idea: Idea, upload: Upload) -> bool:
    return await service.attach_file(request.tx, request.files, idea, upload, request.message)


async def _unusable(request: Request, words: str) -> Reply | None:
    """What is said of a sticker, a voice or a film; the words below it are taken like any others."""
    account = request.account
    noted = await take_words(request, words) if words else None
    if await store.note_hinted(request.tx, account.platform, account.chat, request.now):
        return noted
    said = _(
        "I cannot keep this. I take words, photos and documents, at most {most} MB each.", most=MAX_BYTES // 1_000_000
    )
    return with_lines_last(noted, said) if noted else reply(said, fresh=True)


async def _before(request: Request, sent: Sent, before: GivenIdeas, line: str) -> Idea | None:
    """The idea these files belong to as well: that of their album, else the one of the burst that awaits its line."""
    if sent.album:
        idea = await store.idea_of_album(request.tx, request.participant.id, sent.album)
        if idea is not None and not (line and idea.text):
            return idea
    if line or not _in_burst(request, before):
        return None
    return await store.find_idea(request.tx, before.awaiting[-1])


def _in_burst(request: Request, before: GivenIdeas) -> bool:
    return before.touched is not None and request.now - before.touched < BURST


async def _one_more(
    request: Request, into: Opening, before: GivenIdeas, idea: Idea, line: str, uploads: Sequence[Upload]
) -> Reply:
    """A photo more hangs on an idea; the line may be below this one."""
    if line:
        idea = await service.reword_idea(request.tx, idea, wording(request, line), into.collects, request.now)
        return answer(request, Given(idea, before.given == 1, into.run if into.mine else None, into.collects))
    if not idea.text:
        await store.note_file(request.tx, idea.id, request.now)
    await service.refresh_panels(request.tx, idea)
    return _kept(uploads)


def _kept(uploads: Sequence[Upload]) -> Reply:
    photo = any(upload.picture for upload in uploads)
    return reply(_("Photo kept.") if photo else _("File kept."), mark=True, fresh=True)
