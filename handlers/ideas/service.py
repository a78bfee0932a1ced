"""Taking ideas: what is given in a phase, how much, what its author changes of it, and what comes late."""

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
from bot.content.texts import Moment, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, View
from bot.conversation.routes import FACILITATOR
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.files.folder import Files
from bot.people import facilitator_store, limits
from bot.people.participants import Participant
from handlers.groups.messages.cards import title
from handlers.groups.model import Group
from handlers.groups.service.membership import round_of_the_day
from handlers.groups.store import find_group, group_of
from handlers.ideas import model, store
from handlers.ideas.actions import LeaveOut, TakeIn
from handlers.ideas.messages import words_of
from handlers.ideas.store import GivenIdeas, Opening
from handlers.themes.store import find_theme
from handlers.workshops.actions import OpenIdea, TakeAlong
from handlers.workshops.model import Category, Collects, Idea, IdeaState, Phase, PhaseRun
from handlers.workshops.store import find_phase, find_run, latest_run_of_person, run_of_group

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
class IdeaWording:
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
    return await store.opening_for(tx, person.id, now)


async def last_opening(tx: Transaction, person: Participant) -> Opening | None:
    """Where words that come late go, however late: the phase of the person's groups that ended last, else none."""
    run = await latest_run_of_person(tx, person.id)
    phase = await find_phase(tx, run.phase) if run else None
    return Opening(run, phase.collects, True) if run and phase else None


async def give_idea(
    tx: Transaction,
    author: Participant,
    wording: IdeaWording,
    into: Opening,
    now: datetime,
    *,
    category: Category | None = None,
    anonymous: bool = False,
    asked: bool = False,
    parent: Idea | None = None,
    album: str = "",
    before: GivenIdeas | None = None,
) -> Given:
    """Keep an idea in the phase that `opening`, or `last_opening`, found.

    Late and homeless ones are kept too, see its state. Without a `category`, its own words may give one. `before` is
    what the author gave until then. With `asked` the author has first to say that it is an idea (`accept`).
    """
    run = into.run
    before = before or await store.standing_of_author(tx, author.id, run.phase, now)
    said, words = _categorised(wording, into.collects) if category is None else (category, wording.text)
    idea = await store.add_idea(
        tx,
        author.id,
        run.group_id if into.mine else None,
        run.phase,
        words,
        now,
        stems=model.stems(words, wording.locale),
        state="asked" if asked else into.state,
        category=_fitting(into.collects, said),
        anonymous=anonymous,
        parent_id=parent.id if parent else None,
        message=wording.message,
        album=album,
    )
    await refresh_panels(tx, idea)
    return Given(idea, before.given == 0, run if into.mine else None, into.collects)


def _categorised(wording: IdeaWording, collects: Collects) -> tuple[Category, str]:
    """What some words say that they are, and the rest of them, in a phase that collects facts; else '' and all."""
    return categorise(wording.text) if collects == "facts" else ("", wording.text)


def sorted_out(uploads: Sequence[Upload], *, room: bool) -> tuple[list[Upload], list[Text]]:
    """The files that can be kept with an idea, as far as they show, and why the others cannot.

    Without `room` no file is fetched: that one did not arrive is no news then, it is over the limit like any other.
    """
    whole: list[Upload] = []
    unfit: list[Text] = []
    for upload in uploads:
        if upload.lost and not room:
            whole.append(upload)
            continue
        try:
            if why := no_photo(upload):
                raise UserError(why)
            check_upload(upload)
        except UserError as refusal:
            unfit.append(refusal.text)
        else:
            whole.append(upload)
    return whole, unfit


async def fitting(
    tx: Transaction, settings: Settings, person: Participant, uploads: Sequence[Upload]
) -> tuple[Sequence[Upload], Text | None]:
    """Those of some files that may hang on ideas of the person, and why the others may not (None where all may)."""
    if not uploads:
        return (), None
    fits, refused = (await room_for_files(tx, settings, person)).fitting(uploads)
    return fits, files_refused(settings, person, refused) if refused else None


def _fitting(collects: Collects, said: Category) -> Category:
    return (said or "fact") if collects == "facts" else ""


async def attach_file(tx: Transaction, files: Files, idea: Idea, upload: Upload, native_id: str) -> bool:
    """Keep a file that `fitting` let pass, which came with a message of this native id.

    False where the idea has as many as it may; raises OSError from the disk.
    """
    kept = await store.add_file(
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


async def reword_idea(tx: Transaction, idea: Idea, wording: IdeaWording, collects: Collects, now: datetime) -> Idea:
    """Change the words of an idea: votes and links stay. What they came as, if it can be edited, is its message now."""
    said, words = _categorised(wording, collects)
    _platform, _chat, native_id = wording.message
    await store.edit_idea(
        tx,
        idea.id,
        words,
        now,
        stems=model.stems(words, wording.locale),
        category=said or None,
        message=wording.message if native_id else None,
    )
    return await _changed(tx, idea)


def may_change(idea: Idea, run: PhaseRun | None) -> bool:
    """Whether its author may change the words: not once its phase is over, but a photo's line may come later."""
    return idea.state != "live" or run is None or run.open or not idea.text


async def withdraw_idea(tx: Transaction, idea: Idea) -> Idea:
    """Take an idea back; what was merged into it stands by itself again."""
    await store.set_idea_state(tx, idea.id, "withdrawn")
    await store.part_merged(tx, idea.id)
    return await _changed(tx, idea)


async def bring_back_idea(tx: Transaction, idea: Idea) -> Idea:
    """Undo `withdraw`, or take for an idea what was doubtful: it is what it was given as."""
    state: IdeaState = "live"
    if idea.group_id is None:
        state = "homeless"
    else:
        run = await run_of_group(tx, idea.group_id, idea.phase)
        if run and run.ended_at is not None and idea.created_at >= run.ended_at:
            state = "late"
    await store.set_idea_state(tx, idea.id, state)
    return await _changed(tx, idea)


async def accept_idea(tx: Transaction, author: Participant, idea_id: int, now: datetime) -> Given:
    """Its author says that what was doubtful is an idea. Raises Stale for what is not their own, or not doubtful."""
    idea = await _asked(tx, author, idea_id)
    before = await store.standing_of_author(tx, author.id, idea.phase, now)
    phase = await find_phase(tx, idea.phase)
    run = await run_of_group(tx, idea.group_id, idea.phase) if idea.group_id else None
    if phase is None:
        raise Stale
    return Given(await bring_back_idea(tx, idea), before.given == 0, run, phase.collects)


async def drop_doubtful(tx: Transaction, author: Participant, idea_id: int) -> str:
    """Its author says that what was doubtful is no idea. Returns their words. Raises Stale as `accept` does."""
    idea = await _asked(tx, author, idea_id)
    await store.drop_asked_idea(tx, idea.id)
    return idea.text


async def _asked(tx: Transaction, author: Participant, idea_id: int) -> Idea:
    """Words of the person that may be no idea. Raises Stale for any others."""
    idea = await store.find_idea(tx, idea_id)
    if idea is None or idea.author_id != author.id or idea.state != "asked":
        raise Stale
    return idea


async def _changed(tx: Transaction, idea: Idea) -> Idea:
    await refresh_panels(tx, idea)
    now = await store.find_idea(tx, idea.id)
    assert now is not None
    return now


async def refresh_panels(tx: Transaction, idea: Idea) -> None:
    """An idea came or changed: the panels of who facilitates its group show it soon."""
    if idea.group_id is not None:
        await facilitator_store.touch_panels(tx, (idea.group_id,))


# --- along to another group


async def offer_to_take_along(tx: Transaction, participant_id: int, left: Group | None) -> tuple[Button, ...]:
    """For who has just been given another group: taking their ideas along, if there are any."""
    group_id = left.id if left else None
    if not await store.ideas_left_behind(tx, participant_id, group_id):
        return ()
    return (Button(_("Take my ideas along"), TakeAlong(group_id or 0)),)


async def may_take_along(tx: Transaction, person: Participant, group_id: int, now: datetime, today: date) -> bool:
    """Whether the person left ideas in a group (0: in none) while they are in another.

    `today` is the date of `now` where the gathering is.
    """
    target = await _group_instead(tx, person, group_id, now, today)
    return target not in (None, group_id) and bool(await store.ideas_left_behind(tx, person.id, group_id or None))


async def take_along(tx: Transaction, person: Participant, group_id: int, now: datetime, today: date) -> int:
    """Take the person's ideas from a group (0: those without any) to the one they are in instead; how many.

    `today` is the date of `now` where the gathering is. Raises Stale where they are in no other.
    """
    target = await _group_instead(tx, person, group_id, now, today)
    if target is None:
        raise Stale
    if target == group_id:
        return 0
    moved = await store.move_ideas(tx, person.id, group_id or None, target)
    await facilitator_store.touch_panels(tx, {target, group_id} - {0})
    return moved


async def _group_instead(tx: Transaction, person: Participant, group_id: int, now: datetime, today: date) -> int | None:
    if group_id:
        left = await find_group(tx, group_id)
        now_in = await group_of(tx, person.id, left.round) if left else None
        return now_in.id if now_in else None
    now_open = await opening(tx, person, now)
    if now_open and now_open.mine:
        return now_open.run.group_id
    round_ = await round_of_the_day(tx, today)
    group_today = await group_of(tx, person.id, round_.number) if round_ else None
    return group_today.id if group_today else None


# --- How many files people may hang on their ideas, and how often they may report ideas of others.


@dataclass(frozen=True, slots=True)
class Room:
    """What someone may still hang on their ideas: so many files, and so many bytes. Never below 0."""

    files: int
    size: int

    @property
    def any(self) -> bool:
        """Whether there is any, so that it is worth while to fetch a file."""
        return self.files > 0 and self.size > 0

    def fitting(self, uploads: Sequence[Upload]) -> tuple[list[Upload], list[Upload]]:
        """Those of some files that may be kept, and those that may not; in order, each as if kept before the next.

        One that was not fetched fits while there is any room: why it is not there is another question.
        """
        files, size = self.files, self.size
        fits: list[Upload] = []
        refused: list[Upload] = []
        for upload in uploads:
            if files > 0 and size > 0 and len(upload.content) <= size:
                fits.append(upload)
                files, size = files - 1, size - len(upload.content)
            else:
                refused.append(upload)
        return fits, refused


async def room_for_files(tx: Transaction, settings: Settings, person: Participant) -> Room:
    """What someone may still hang on their ideas."""
    allowed = settings.limits
    count, size = await store.count_files_of(tx, person.id)
    return Room(
        max(limits.most(allowed.idea_files, person) - count, 0),
        max(limits.most(allowed.idea_megabytes, person) * 1_000_000 - size, 0),
    )


def files_refused(settings: Settings, person: Participant, refused: Sequence[Upload]) -> Text:
    """That files of an idea are not kept, and why."""
    return _n(
        "Easy: {count} file was not kept. Your ideas can hold {files} files or {size} MB in all. Your words are"
        " always taken.",
        "Easy: {count} files were not kept. Your ideas can hold {files} files or {size} MB in all. Your words are"
        " always taken.",
        len(refused),
        files=limits.most(settings.limits.idea_files, person),
        size=limits.most(settings.limits.idea_megabytes, person),
    )


async def not_too_many_reports(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> None:
    """Let pass who is about to report an idea to the organisers. Raises UserError for one too many an hour."""
    oldest = await store.reported_before(tx, person.id, limits.most(settings.limits.notices, person))
    if (again := limits.an_hour_after(oldest, now)) is not None:
        raise UserError(
            _(
                "Easy: you reported {most} ideas within an hour. This one is not reported: do it again from {time} on.",
                most=limits.most(settings.limits.notices, person),
                time=Moment(limits.full_minute(again), "time"),
            )
        )


# --- What came after the end of a phase and was sent to the facilitator: who is told, and decides.


async def offer_late_idea(tx: Transaction, idea: Idea, now: datetime) -> None:
    """Tell who runs the group's phases of an idea that was sent to them; the organisers where nobody does."""
    if idea.group_id is None:
        return
    said: Span = _("An idea came after the end, in {group}:", group=await whole_title(tx, idea.group_id))
    view = View(
        (Strong(said), words_of(idea.text)),
        (
            Button(_("Add it to the wall"), TakeIn(idea.id), style="primary"),
            Button(_("Leave it out"), LeaveOut(idea.id)),
            Button(_("See the idea"), OpenIdea(idea.id)),
        ),
        who=FACILITATOR,
    )
    deciding = await facilitator_store.of_group(tx, idea.group_id)
    told = [
        await outbox.notify(tx, each, view, now, about=idea.author_id, subject=late_subject(idea.id))
        for each in deciding
    ]
    if not any(told):
        await outbox.notify_organisers(tx, view, now, about=idea.author_id, subject=late_subject(idea.id))


def late_subject(idea_id: int) -> str:
    """What messages that ask to decide on an idea are known by."""
    return f"idea:{idea_id}"


# --- Who reads which ideas.


async def the_run(tx: Transaction, run_id: int) -> tuple[PhaseRun, Phase]:
    """A run and its phase. Raises Stale for one that is gone."""
    run = await find_run(tx, run_id)
    phase = await find_phase(tx, run.phase) if run else None
    if run is None or phase is None:
        raise Stale
    return run, phase


async def runs(tx: Transaction, person: Participant, group_id: int | None) -> bool:
    """Whether a person runs the phases of a group, or organises."""
    if person.organises:
        return True
    return group_id is not None and await facilitator_store.runs_group(tx, person.id, group_id)


def shared(idea: Idea) -> bool:
    """Whether an idea is more than its author's own: neither taken back nor kept for later."""
    return idea.state in ("live", "offered")


async def may_read(tx: Transaction, person: Participant, idea: Idea) -> bool:
    """Whether a person reads an idea: its author; what is shared, who runs its group, and, once revealed, others.

    These are the members and the other groups of the theme.
    """
    if idea.author_id == person.id or (shared(idea) and await runs(tx, person, idea.group_id)):
        return True
    if idea.state != "live" or idea.hidden or idea.group_id is None:
        return False
    run = await run_of_group(tx, idea.group_id, idea.phase)
    if run is None or not run.revealed:
        return False
    return await store.is_near(tx, person.id, idea.group_id, idea.theme)


async def group_title(tx: Transaction, group_id: int) -> Text:
    """What a group is called, briefly: «group 3», with its own name if it has one. Raises Stale."""
    group = await find_group(tx, group_id)
    if group is None:
        raise Stale
    if group.name:
        return _("group {number}, «{name}»", number=group.number, name=Name(group.name))
    return _("group {number}", number=group.number)


async def whole_title(tx: Transaction, group_id: int) -> Text:
    """What a group is called among those of every theme: «Culture · group 3». Raises Stale."""
    group = await find_group(tx, group_id)
    theme = await find_theme(tx, group.theme) if group else None
    if group is None or theme is None:
        raise Stale
    return title(group, theme)


async def theme_title(tx: Transaction, theme: str) -> dict[str, str]:
    """The title of a theme, by locale. Raises Stale."""
    found = await find_theme(tx, theme)
    if found is None:
        raise Stale
    return dict(found.title)
