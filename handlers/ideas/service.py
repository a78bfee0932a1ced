"""Taking ideas: what is given in a phase, what its author changes of it, and what may come along to another group."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.content import names
from bot.content.answers import check_upload, no_photo
from bot.content.errors import Stale, UserError
from bot.content.forms import Upload
from bot.content.names import clean, fold
from bot.content.texts import Text, _
from bot.content.views import Button
from bot.conversation.routes import Request
from bot.database.engine import Transaction
from bot.people import facilitator_store
from handlers.groups import store as groups
from handlers.groups.model import Group
from handlers.groups.service import round_of_the_day
from handlers.ideas import allowance, file_store, likeness, opening_store, store
from handlers.ideas.opening_store import Opening, Standing
from handlers.workshops import store as phases
from handlers.workshops.actions import TakeAlong
from handlers.workshops.model import Category, Collects, Idea, IdeaState, PhaseRun

MOST = 1000
"""Characters of an idea."""
_NAME = 100
"""Characters of a file's name that are kept: its end says what it is."""
_SAID: Mapping[str, Category] = {
    **dict.fromkeys(("fait", "faits", "constat", "fact", "facts", "tatsache", "fakt", "fakten"), "fact"),
    **dict.fromkeys(("besoin", "besoins", "need", "needs", "bedarf", "bedurfnis", "bedurfnisse"), "need"),
    **dict.fromkeys(("dispositif", "dispositifs", "scheme", "schemes", "angebot", "angebote"), "scheme"),
}
"""What a word before a colon makes of the rest, folded."""
_HOW = frozenset(("comment", "how", "wie"))
"""What a challenge begins with, folded."""
_WORDS_OF_A_CHALLENGE = 5
"""Words of a challenge, at least: «Comment ça marche ?» is a question."""
_QUESTION = re.compile(r"\?\W*\Z")
_TOO_SHORT = 2
_BEFORE_COLON = re.compile(r"\s*(\w+)\s*[:\uff1a]\s*")


@dataclass(frozen=True, slots=True)
class Given:
    """An idea that was taken. `first` is its author's first in the phase; `run` is None for who has no group.

    `refused` says that files of it were not kept, and why; None where all were.
    """

    idea: Idea
    first: bool
    run: PhaseRun | None
    collects: Collects
    refused: Text | None = None


def categorise(text: str) -> tuple[Category, str]:
    """What an idea says it is («Besoin : un local» is a need), and the rest; '' and all of it where it does not say."""
    said = _BEFORE_COLON.match(text)
    category = _SAID.get(fold(said[1])) if said else None
    if said is None or category is None or not text[said.end() :]:
        return "", text
    return category, text[said.end() :]


def doubtful(text: str, collects: Collects) -> bool:
    """Whether words may well be no idea: they end as a question does, or have two letters at most («ok»).

    Where a phase asks for a challenge, «How could … ?» is what was asked for.
    """
    if sum(map(str.isalnum, text)) <= _TOO_SHORT:
        return True
    if not _QUESTION.search(text):
        return False
    said = names.words(fold(text))
    return collects != "challenge" or said[0] not in _HOW or len(said) < _WORDS_OF_A_CHALLENGE


async def opening(request: Request) -> Opening | None:
    """Where the words of the person go now; None for who does not take part, and between phases."""
    person = request.person
    if person is None or not (person.attends and person.joined):
        return None
    return await opening_store.opening(request.tx, person.id, request.now)


async def last_opening(request: Request) -> Opening | None:
    """Where words that come late go, however late: the phase of the person's groups that ended last, else none."""
    run = await phases.latest_of_person(request.tx, request.participant.id)
    phase = await phases.find(request.tx, run.phase) if run else None
    return Opening(run, phase.collects, True) if run and phase else None


async def give(
    request: Request,
    text: str,
    *,
    category: Category | None = None,
    anonymous: bool = False,
    asked: bool = False,
    parent: Idea | None = None,
    uploads: Sequence[Upload] = (),
    album: str = "",
    into: Opening | None = None,
    before: Standing | None = None,
) -> Given:
    """Keep an idea (`text` ≤ MOST characters, '' for a photo whose line is awaited) in the phase of this moment.

    Late and homeless ones are kept too, see its state. Without a `category`, its own words may give one. `into` is
    what `opening` found, `before` what the author gave until then. With `asked` the author has first to say that it is
    an idea (`accept`). Files over the author's limit are left out. Raises
    Stale where no phase takes it, UserError where nothing would be left of it, OSError for a disk that refuses.
    """
    into = into or await opening(request)
    if into is None:
        raise Stale
    run, person = into.run, request.participant
    fits, refused = await fitting(request, uploads)
    if refused and not (text or fits):
        raise UserError(refused)
    before = before or await opening_store.standing(request.tx, person.id, run.phase, request.now)
    said, words = categorise(text) if into.collects == "facts" and category is None else (category or "", text)
    account = request.account
    idea = await store.add(
        request.tx,
        person.id,
        run.group_id if into.mine else None,
        run.phase,
        words,
        request.now,
        stems=likeness.stems(words, request.locale),
        state="asked" if asked else into.state,
        category=_fitting(into.collects, said),
        anonymous=anonymous,
        parent_id=parent.id if parent else None,
        message=(account.platform, account.chat, request.message),
        album=album,
    )
    for upload in fits:
        await attach(request, idea, upload)
    await touch(request.tx, idea)
    return Given(idea, before.given == 0, run if into.mine else None, into.collects, refused)


async def has_room(request: Request) -> bool:
    """Whether another file of the person's ideas would be kept, so that it is worth while to fetch one."""
    return request.person is None or (await allowance.room_for_files(request.tx, request.settings, request.person)).any


def sorted_out(uploads: Sequence[Upload], *, room: bool) -> tuple[list[Upload], list[Text]]:
    """The files that can be kept with an idea, as far as they show, and why the others cannot.

    Without `room` no file is fetched: that one did not arrive is no news then, it is over the limit like any other.
    """
    whole: list[Upload] = []
    unfit: list[Text] = []
    for each in uploads:
        if each.lost and not room:
            whole.append(each)
            continue
        try:
            if why := no_photo(each):
                raise UserError(why)
            check_upload(each)
        except UserError as refusal:
            unfit.append(refusal.text)
        else:
            whole.append(each)
    return whole, unfit


async def fitting(request: Request, uploads: Sequence[Upload]) -> tuple[Sequence[Upload], Text | None]:
    """Those of some files that may hang on ideas of the person, and why the others may not (None where all may)."""
    if not uploads:
        return (), None
    person = request.participant
    fits, refused = (await allowance.room_for_files(request.tx, request.settings, person)).fitting(uploads)
    return fits, allowance.files_refused(request.settings, person, refused) if refused else None


def _fitting(collects: Collects, said: Category) -> Category:
    return (said or "fact") if collects == "facts" else ""


async def attach(request: Request, idea: Idea, upload: Upload) -> bool:
    """Keep a file that `fitting` let pass. False where the idea has as many as it may; raises OSError from the disk."""
    kept = await file_store.add(
        request.tx,
        idea.id,
        digest=request.files.keep(upload.content),
        name=clean(upload.name)[-_NAME:] or "file",
        media_type=upload.media_type,
        picture=upload.picture,
        size=len(upload.content),
        native_id=request.message,
    )
    return kept is not None


async def reword(request: Request, idea: Idea, text: str, collects: Collects, *, message: bool = False) -> Idea:
    """Change the words of an idea: votes and links stay. `message`: what this came as is the idea's message now."""
    said, words = categorise(text) if collects == "facts" else ("", text)
    account = request.account
    await store.edit(
        request.tx,
        idea.id,
        words,
        request.now,
        stems=likeness.stems(words, request.locale),
        category=said or None,
        message=(account.platform, account.chat, request.message) if message and request.message else None,
    )
    return await _changed(request.tx, idea)


def may_change(idea: Idea, run: PhaseRun | None) -> bool:
    """Whether its author may change the words: not once its phase is over, but a photo's line may come later."""
    return idea.state != "live" or run is None or run.open or not idea.text


async def withdraw(request: Request, idea: Idea) -> Idea:
    """Take an idea back; what was merged into it stands by itself again."""
    await store.set_state(request.tx, idea.id, "withdrawn")
    await store.part(request.tx, idea.id)
    return await _changed(request.tx, idea)


async def bring_back(request: Request, idea: Idea) -> Idea:
    """Undo `withdraw`, or take for an idea what was doubtful: it is what it was given as."""
    state: IdeaState = "live"
    if idea.group_id is None:
        state = "homeless"
    else:
        run = await phases.run_of(request.tx, idea.group_id, idea.phase)
        if run and run.ended_at is not None and idea.created_at >= run.ended_at:
            state = "late"
    await store.set_state(request.tx, idea.id, state)
    return await _changed(request.tx, idea)


async def accept(request: Request, idea_id: int) -> Given:
    """Its author says that what was doubtful is an idea. Raises Stale for what is not their own, or not doubtful."""
    idea = await _asked(request, idea_id)
    before = await opening_store.standing(request.tx, request.participant.id, idea.phase, request.now)
    phase = await phases.find(request.tx, idea.phase)
    run = await phases.run_of(request.tx, idea.group_id, idea.phase) if idea.group_id else None
    if phase is None:
        raise Stale
    return Given(await bring_back(request, idea), before.given == 0, run, phase.collects)


async def drop_asked(request: Request, idea_id: int) -> str:
    """Its author says that what was doubtful is no idea. Returns their words. Raises Stale as `accept` does."""
    idea = await _asked(request, idea_id)
    await store.drop_asked(request.tx, idea.id)
    return idea.text


async def _asked(request: Request, idea_id: int) -> Idea:
    """Words of the person that may be no idea. Raises Stale for any others."""
    idea = await store.find(request.tx, idea_id)
    if idea is None or idea.author_id != request.participant.id or idea.state != "asked":
        raise Stale
    return idea


async def _changed(tx: Transaction, idea: Idea) -> Idea:
    await touch(tx, idea)
    now = await store.find(tx, idea.id)
    assert now is not None
    return now


async def touch(tx: Transaction, idea: Idea) -> None:
    """An idea came or changed: the panels of who facilitates its group show it soon."""
    if idea.group_id is not None:
        await facilitator_store.touch_panels(tx, (idea.group_id,))


# --- along to another group


async def along(tx: Transaction, participant_id: int, left: Group | None) -> tuple[Button, ...]:
    """For who has just been given another group: taking their ideas along, if there are any."""
    group_id = left.id if left else None
    if not await opening_store.left_behind(tx, participant_id, group_id):
        return ()
    return (Button(_("Take my ideas along"), TakeAlong(group_id or 0)),)


async def may_take_along(request: Request, group_id: int) -> bool:
    """Whether the person left ideas in a group (0: in none) while they are in another."""
    target = await _group_instead(request, group_id)
    return target not in (None, group_id) and bool(
        await opening_store.left_behind(request.tx, request.participant.id, group_id or None)
    )


async def take_along(request: Request, group_id: int) -> int:
    """Take the person's ideas from a group (0: those without any) to the one they are in instead; how many.

    Raises Stale where they are in no other.
    """
    target = await _group_instead(request, group_id)
    if target is None:
        raise Stale
    if target == group_id:
        return 0
    moved = await opening_store.follow(request.tx, request.participant.id, group_id or None, target)
    await facilitator_store.touch_panels(request.tx, {target, group_id} - {0})
    return moved


async def _group_instead(request: Request, group_id: int) -> int | None:
    person = request.participant
    if group_id:
        left = await groups.find(request.tx, group_id)
        now_in = await groups.group_of(request.tx, person.id, left.round) if left else None
        return now_in.id if now_in else None
    now_open = await opening(request)
    if now_open and now_open.mine:
        return now_open.run.group_id
    round_ = await round_of_the_day(request.tx, request.today)
    today = await groups.group_of(request.tx, person.id, round_.number) if round_ else None
    return today.id if today else None
