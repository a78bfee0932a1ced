"""Taking ideas: what is given in a phase, what its author changes of it, and what may come along to another group."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.config.settings import Settings
from bot.content import names
from bot.content.answers import check_upload, no_photo
from bot.content.errors import Stale, UserError
from bot.content.forms import Upload
from bot.content.names import clean, fold
from bot.content.texts import Text, _
from bot.content.views import Button
from bot.database.engine import Transaction
from bot.files.folder import Files
from bot.people import facilitator_store
from bot.people.participants import Participant
from handlers.groups.model import Group
from handlers.groups.service import round_of_the_day
from handlers.groups.store import find, group_of
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
    """An idea that was taken. `first` is its author's first in the phase; `run` is None for who has no group."""

    idea: Idea
    first: bool
    run: PhaseRun | None
    collects: Collects


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of an idea as someone wrote them: at most MOST characters, '' for a photo whose line is awaited.

    `locale` is the language they write in. `message` is what the words came as: platform, chat, native id; '' where
    that cannot be edited.
    """

    text: str
    locale: str
    message: tuple[str, str, str] = ("", "", "")


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


async def opening(tx: Transaction, person: Participant | None, now: datetime) -> Opening | None:
    """Where a person's words go now; None for who does not take part, and between phases."""
    if person is None or not (person.attends and person.joined):
        return None
    return await opening_store.opening(tx, person.id, now)


async def last_opening(tx: Transaction, person: Participant) -> Opening | None:
    """Where words that come late go, however late: the phase of the person's groups that ended last, else none."""
    run = await phases.latest_of_person(tx, person.id)
    phase = await phases.find(tx, run.phase) if run else None
    return Opening(run, phase.collects, True) if run and phase else None


async def give(
    tx: Transaction,
    author: Participant,
    wording: Wording,
    into: Opening,
    now: datetime,
    *,
    category: Category | None = None,
    anonymous: bool = False,
    asked: bool = False,
    parent: Idea | None = None,
    album: str = "",
    before: Standing | None = None,
) -> Given:
    """Keep an idea in the phase that `opening`, or `last_opening`, found.

    Late and homeless ones are kept too, see its state. Without a `category`, its own words may give one. `before` is
    what the author gave until then. With `asked` the author has first to say that it is an idea (`accept`).
    """
    run = into.run
    before = before or await opening_store.standing(tx, author.id, run.phase, now)
    said, words = _categorised(wording, into.collects) if category is None else (category, wording.text)
    idea = await store.add(
        tx,
        author.id,
        run.group_id if into.mine else None,
        run.phase,
        words,
        now,
        stems=likeness.stems(words, wording.locale),
        state="asked" if asked else into.state,
        category=_fitting(into.collects, said),
        anonymous=anonymous,
        parent_id=parent.id if parent else None,
        message=wording.message,
        album=album,
    )
    await touch(tx, idea)
    return Given(idea, before.given == 0, run if into.mine else None, into.collects)


def _categorised(wording: Wording, collects: Collects) -> tuple[Category, str]:
    """What some words say that they are, and the rest of them, in a phase that collects facts; else '' and all."""
    return categorise(wording.text) if collects == "facts" else ("", wording.text)


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


async def fitting(
    tx: Transaction, settings: Settings, person: Participant, uploads: Sequence[Upload]
) -> tuple[Sequence[Upload], Text | None]:
    """Those of some files that may hang on ideas of the person, and why the others may not (None where all may)."""
    if not uploads:
        return (), None
    fits, refused = (await allowance.room_for_files(tx, settings, person)).fitting(uploads)
    return fits, allowance.files_refused(settings, person, refused) if refused else None


def _fitting(collects: Collects, said: Category) -> Category:
    return (said or "fact") if collects == "facts" else ""


async def attach(tx: Transaction, files: Files, idea: Idea, upload: Upload, native_id: str) -> bool:
    """Keep a file that `fitting` let pass, which came with a message of this native id.

    False where the idea has as many as it may; raises OSError from the disk.
    """
    kept = await file_store.add(
        tx,
        idea.id,
        digest=files.keep(upload.content),
        name=clean(upload.name)[-_NAME:] or "file",
        media_type=upload.media_type,
        picture=upload.picture,
        size=len(upload.content),
        native_id=native_id,
    )
    return kept is not None


async def reword(tx: Transaction, idea: Idea, wording: Wording, collects: Collects, now: datetime) -> Idea:
    """Change the words of an idea: votes and links stay. What they came as, if it can be edited, is its message now."""
    said, words = _categorised(wording, collects)
    _platform, _chat, native_id = wording.message
    await store.edit(
        tx,
        idea.id,
        words,
        now,
        stems=likeness.stems(words, wording.locale),
        category=said or None,
        message=wording.message if native_id else None,
    )
    return await _changed(tx, idea)


def may_change(idea: Idea, run: PhaseRun | None) -> bool:
    """Whether its author may change the words: not once its phase is over, but a photo's line may come later."""
    return idea.state != "live" or run is None or run.open or not idea.text


async def withdraw(tx: Transaction, idea: Idea) -> Idea:
    """Take an idea back; what was merged into it stands by itself again."""
    await store.set_state(tx, idea.id, "withdrawn")
    await store.part(tx, idea.id)
    return await _changed(tx, idea)


async def bring_back(tx: Transaction, idea: Idea) -> Idea:
    """Undo `withdraw`, or take for an idea what was doubtful: it is what it was given as."""
    state: IdeaState = "live"
    if idea.group_id is None:
        state = "homeless"
    else:
        run = await phases.run_of(tx, idea.group_id, idea.phase)
        if run and run.ended_at is not None and idea.created_at >= run.ended_at:
            state = "late"
    await store.set_state(tx, idea.id, state)
    return await _changed(tx, idea)


async def accept(tx: Transaction, author: Participant, idea_id: int, now: datetime) -> Given:
    """Its author says that what was doubtful is an idea. Raises Stale for what is not their own, or not doubtful."""
    idea = await _asked(tx, author, idea_id)
    before = await opening_store.standing(tx, author.id, idea.phase, now)
    phase = await phases.find(tx, idea.phase)
    run = await phases.run_of(tx, idea.group_id, idea.phase) if idea.group_id else None
    if phase is None:
        raise Stale
    return Given(await bring_back(tx, idea), before.given == 0, run, phase.collects)


async def drop_asked(tx: Transaction, author: Participant, idea_id: int) -> str:
    """Its author says that what was doubtful is no idea. Returns their words. Raises Stale as `accept` does."""
    idea = await _asked(tx, author, idea_id)
    await store.drop_asked(tx, idea.id)
    return idea.text


async def _asked(tx: Transaction, author: Participant, idea_id: int) -> Idea:
    """Words of the person that may be no idea. Raises Stale for any others."""
    idea = await store.find(tx, idea_id)
    if idea is None or idea.author_id != author.id or idea.state != "asked":
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


async def may_take_along(tx: Transaction, person: Participant, group_id: int, now: datetime, today: date) -> bool:
    """Whether the person left ideas in a group (0: in none) while they are in another.

    `today` is the date of `now` where the gathering is.
    """
    target = await _group_instead(tx, person, group_id, now, today)
    return target not in (None, group_id) and bool(await opening_store.left_behind(tx, person.id, group_id or None))


async def take_along(tx: Transaction, person: Participant, group_id: int, now: datetime, today: date) -> int:
    """Take the person's ideas from a group (0: those without any) to the one they are in instead; how many.

    `today` is the date of `now` where the gathering is. Raises Stale where they are in no other.
    """
    target = await _group_instead(tx, person, group_id, now, today)
    if target is None:
        raise Stale
    if target == group_id:
        return 0
    moved = await opening_store.follow(tx, person.id, group_id or None, target)
    await facilitator_store.touch_panels(tx, {target, group_id} - {0})
    return moved


async def _group_instead(tx: Transaction, person: Participant, group_id: int, now: datetime, today: date) -> int | None:
    if group_id:
        left = await find(tx, group_id)
        now_in = await group_of(tx, person.id, left.round) if left else None
        return now_in.id if now_in else None
    now_open = await opening(tx, person, now)
    if now_open and now_open.mine:
        return now_open.run.group_id
    round_ = await round_of_the_day(tx, today)
    group_today = await group_of(tx, person.id, round_.number) if round_ else None
    return group_today.id if group_today else None
