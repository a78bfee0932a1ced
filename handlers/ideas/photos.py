"""Photos and documents given as ideas: a paper sheet is kept, and its line of text asked for, once."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.errors import Stale, UserError
from bot.content.forms import MAX_BYTES, Upload
from bot.content.names import clean_lines
from bot.content.texts import Text, _
from bot.content.views import Reply, reply, with_lines_last
from bot.conversation.incoming import Sent
from bot.conversation.routes import Request, Routes
from bot.files.uploads import remarks
from handlers.ideas import opening_store, service, store
from handlers.ideas.answers import answer, ask_line, keep_too_long, with_refusal, wording
from handlers.ideas.opening_store import BURST, Opening, Standing
from handlers.ideas.participant import has_room, take_words
from handlers.ideas.service import MOST, Given
from handlers.workshops.model import Idea

routes = Routes()


async def _taken(request: Request) -> bool:
    return await service.opening(request.tx, request.person, request.now) is not None


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
    before = await opening_store.standing(request.tx, request.participant.id, into.run.phase, request.now)
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
    given = await service.give(
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
    return await service.attach(request.tx, request.files, idea, upload, request.message)


async def _unusable(request: Request, words: str) -> Reply | None:
    """What is said of a sticker, a voice or a film; the words below it are taken like any others."""
    account = request.account
    noted = await take_words(request, words) if words else None
    if await opening_store.hinted(request.tx, account.platform, account.chat, request.now):
        return noted
    said = _(
        "I cannot keep this. I take words, photos and documents, at most {most} MB each.", most=MAX_BYTES // 1_000_000
    )
    return with_lines_last(noted, said) if noted else reply(said, fresh=True)


async def _before(request: Request, sent: Sent, before: Standing, line: str) -> Idea | None:
    """The idea these files belong to as well: that of their album, else the one of the burst that awaits its line."""
    if sent.album:
        idea = await opening_store.of_album(request.tx, request.participant.id, sent.album)
        if idea is not None and not (line and idea.text):
            return idea
    if line or not _in_burst(request, before):
        return None
    return await store.find(request.tx, before.awaiting[-1])


def _in_burst(request: Request, before: Standing) -> bool:
    return before.touched is not None and request.now - before.touched < BURST


async def _one_more(
    request: Request, into: Opening, before: Standing, idea: Idea, line: str, uploads: Sequence[Upload]
) -> Reply:
    """A photo more hangs on an idea; the line may be below this one."""
    if line:
        idea = await service.reword(request.tx, idea, wording(request, line), into.collects, request.now)
        return answer(request, Given(idea, before.given == 1, into.run if into.mine else None, into.collects))
    if not idea.text:
        await opening_store.note_file(request.tx, idea.id, request.now)
    await service.touch(request.tx, idea)
    return _kept(uploads)


def _kept(uploads: Sequence[Upload]) -> Reply:
    photo = any(upload.picture for upload in uploads)
    return reply(_("Photo kept.") if photo else _("File kept."), mark=True, fresh=True)
