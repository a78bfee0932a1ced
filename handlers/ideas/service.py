"""Stores and changes the ideas of participants, limits their files, and handles ideas that come late."""

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
"""The most characters of an idea."""
_NAME = 100
"""The most characters of a file's name. Only the last ones are stored, because the end says what kind of file it is."""
_CATEGORY_WORDS: Mapping[str, Category] = {
    **dict.fromkeys(("fait", "faits", "constat", "fact", "facts", "tatsache", "fakt", "fakten"), "fact"),
    **dict.fromkeys(("besoin", "besoins", "need", "needs", "bedarf", "bedurfnis", "bedurfnisse"), "need"),
    **dict.fromkeys(("dispositif", "dispositifs", "scheme", "schemes", "angebot", "angebote"), "scheme"),
}
"""The category that a word before a colon gives to the text after it. The words are folded."""
_HOW = frozenset(("comment", "how", "wie"))
"""The words that a challenge begins with, folded."""
_WORDS_OF_A_CHALLENGE = 5
"""The fewest words of a challenge. «Comment ça marche ?», which is shorter, is a question."""
_QUESTION = re.compile(r"\?\W*\Z")
_TOO_SHORT = 2
"""A text with at most this many letters and digits may be no idea."""
_BEFORE_COLON = re.compile(r"\s*(\w+)\s*[:\uff1a]\s*")


@dataclass(frozen=True, slots=True)
class StoredIdea:
    """An idea that was stored. `first` says that it is its author's first one in the phase.

    `run` is None for an author without a group.
    """

    idea: Idea
    first: bool
    run: PhaseRun | None
    collects: Collects


@dataclass(frozen=True, slots=True)
class IdeaWording:
    """The text of an idea as its author wrote it: at most MOST characters, '' for a photo without a line of text.

    `locale` is the author's language. `message` is the message that the text came in, as platform, chat and native id,
    all '' where it came in none that can be edited.
    """

    text: str
    locale: str
    message: tuple[str, str, str] = ("", "", "")


def categorise(text: str) -> tuple[Category, str]:
    """Split a text such as «Besoin : un local» into its category, here «need», and the rest.

    Returns '' and the whole text where it does not begin with a category.
    """
    prefix = _BEFORE_COLON.match(text)
    category = _CATEGORY_WORDS.get(fold(prefix[1])) if prefix else None
    if prefix is None or category is None or not text[prefix.end() :]:
        return "", text
    return category, text[prefix.end() :]


def is_doubtful(text: str, collects: Collects) -> bool:
    """Return whether a text may be no idea: it is a question, or has at most two letters («ok»).

    In a phase that asks for a challenge, a question such as «How could … ?» is an idea.
    """
    if sum(map(str.isalnum, text)) <= _TOO_SHORT:
        return True
    if not _QUESTION.search(text):
        return False
    words = names.words(fold(text))
    return collects != "challenge" or words[0] not in _HOW or len(words) < _WORDS_OF_A_CHALLENGE


async def find_opening(tx: Transaction, person: Participant | None, now: datetime) -> Opening | None:
    """Return the run that takes a person's ideas now; None between phases and for people who do not take part."""
    if person is None or not (person.attends and person.joined):
        return None
    return await store.opening_for(tx, person.id, now)


async def find_last_opening(tx: Transaction, person: Participant) -> Opening | None:
    """Return the run that takes a person's late ideas, however late: their groups' latest run; None before any."""
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
) -> StoredIdea:
    """Store an idea for the opening `into`, which also determines its state.

    Without a `category`, the beginning of the text may name one. `before` is what the author gave earlier; None reads
    it from the store. With `asked`, the author must first confirm that the text is an idea (`accept_idea`).
    """
    run = into.run
    before = before or await store.given_ideas(tx, author.id, run.phase, now)
    named, words = _split_category(wording, into.collects) if category is None else (category, wording.text)
    idea = await store.add_idea(
        tx,
        author.id,
        run.group_id if into.mine else None,
        run.phase,
        words,
        now,
        stems=model.stems(words, wording.locale),
        state="asked" if asked else into.state,
        category=_category_in_phase(into.collects, named),
        anonymous=anonymous,
        parent_id=parent.id if parent else None,
        message=wording.message,
        album=album,
    )
    await refresh_panels(tx, idea)
    return StoredIdea(idea, before.count == 0, run if into.mine else None, into.collects)


def _split_category(wording: IdeaWording, collects: Collects) -> tuple[Category, str]:
    """Return the category that a text names and the rest of it; '' and the whole text in phases without categories."""
    return categorise(wording.text) if collects == "facts" else ("", wording.text)


def usable_files(uploads: Sequence[Upload], *, room: bool) -> tuple[list[Upload], list[Text]]:
    """Return the files that can be stored with an idea, and for each other file why it cannot.

    Without `room` files are not downloaded: a file whose content is missing then counts as usable, and is refused later
    because of the limit.
    """
    usable: list[Upload] = []
    refusals: list[Text] = []
    for upload in uploads:
        if upload.lost and not room:
            usable.append(upload)
            continue
        try:
            if why := no_photo(upload):
                raise UserError(why)
            check_upload(upload)
        except UserError as refusal:
            refusals.append(refusal.text)
        else:
            usable.append(upload)
    return usable, refusals


async def fitting_files(
    tx: Transaction, settings: Settings, person: Participant, uploads: Sequence[Upload]
) -> tuple[Sequence[Upload], Text | None]:
    """Return the files that are within the person's limits, and why the others are refused (None where none is)."""
    if not uploads:
        return (), None
    fits, refused = (await room_for_files(tx, settings, person)).split(uploads)
    return fits, _over_limit(settings, person, refused) if refused else None


def _category_in_phase(collects: Collects, named: Category) -> Category:
    """Return the category of an idea in a phase: the one its author named, else «fact»; '' without categories."""
    return (named or "fact") if collects == "facts" else ""


async def attach_file(tx: Transaction, files: Files, idea: Idea, upload: Upload, native_id: str) -> bool:
    """Store a file that `fitting_files` returned. `native_id` is the id of the message it came in.

    Returns False where the idea has as many files as it can have. Raises OSError when the disk fails.
    """
    stored = await store.add_file(
        tx,
        idea.id,
        digest=files.keep(upload.content),
        name=clean(upload.name)[-_NAME:] or "file",
        media_type=upload.media_type,
        picture=upload.picture,
        size=len(upload.content),
        native_id=native_id,
    )
    return stored is not None


async def reword_idea(tx: Transaction, idea: Idea, wording: IdeaWording, collects: Collects, now: datetime) -> Idea:
    """Change the text of an idea. Votes and links stay, and `wording.message` becomes its message, if there is one."""
    category, words = _split_category(wording, collects)
    _platform, _chat, native_id = wording.message
    await store.edit_idea(
        tx,
        idea.id,
        words,
        now,
        stems=model.stems(words, wording.locale),
        category=category or None,
        message=wording.message if native_id else None,
    )
    return await _changed(tx, idea)


def may_change(idea: Idea, run: PhaseRun | None) -> bool:
    """Return whether the author may change the text: until the phase ends, and for a photo without text later too."""
    return idea.state != "live" or run is None or run.open or not idea.text


async def withdraw_idea(tx: Transaction, idea: Idea) -> Idea:
    """Withdraw an idea, and separate the ideas that were merged into it."""
    await store.set_idea_state(tx, idea.id, "withdrawn")
    await store.separate_merged(tx, idea.id)
    return await _changed(tx, idea)


async def bring_back_idea(tx: Transaction, idea: Idea) -> Idea:
    """Restore a withdrawn idea, or accept a doubtful one: it gets the state of the moment when it was given."""
    state: IdeaState = "live"
    if idea.group_id is None:
        state = "homeless"
    else:
        run = await run_of_group(tx, idea.group_id, idea.phase)
        if run and run.ended_at is not None and idea.created_at >= run.ended_at:
            state = "late"
    await store.set_idea_state(tx, idea.id, state)
    return await _changed(tx, idea)


async def accept_idea(tx: Transaction, author: Participant, idea_id: int, now: datetime) -> StoredIdea:
    """Turn a doubtful text into an idea, as its author says it is one.

    Raises Stale where the text is not the author's own, or not doubtful.
    """
    idea = await _doubtful_idea(tx, author, idea_id)
    before = await store.given_ideas(tx, author.id, idea.phase, now)
    phase = await find_phase(tx, idea.phase)
    run = await run_of_group(tx, idea.group_id, idea.phase) if idea.group_id else None
    if phase is None:
        raise Stale
    return StoredIdea(await bring_back_idea(tx, idea), before.count == 0, run, phase.collects)


async def drop_doubtful(tx: Transaction, author: Participant, idea_id: int) -> str:
    """Delete a doubtful text, as its author says it is no idea. Returns it. Raises Stale as `accept_idea` does."""
    idea = await _doubtful_idea(tx, author, idea_id)
    await store.drop_asked_idea(tx, idea.id)
    return idea.text


async def _doubtful_idea(tx: Transaction, author: Participant, idea_id: int) -> Idea:
    """Return a doubtful text of the author. Raises Stale for any other idea."""
    idea = await store.find_idea(tx, idea_id)
    if idea is None or idea.author_id != author.id or idea.state != "asked":
        raise Stale
    return idea


async def _changed(tx: Transaction, idea: Idea) -> Idea:
    await refresh_panels(tx, idea)
    changed = await store.find_idea(tx, idea.id)
    assert changed is not None
    return changed


async def refresh_panels(tx: Transaction, idea: Idea) -> None:
    """Redraw the panels of the facilitators of an idea's group soon, because the idea is new or changed."""
    if idea.group_id is not None:
        await facilitator_store.touch_panels(tx, (idea.group_id,))


# --- moving ideas to another group


async def offer_to_take_along(tx: Transaction, participant_id: int, left: Group | None) -> tuple[Button, ...]:
    """Return the button with which a person who changed group moves their ideas; none where they have none to move.

    `left` is the group they were in, None for no group.
    """
    group_id = left.id if left else None
    if not await store.ideas_left_behind(tx, participant_id, group_id):
        return ()
    return (Button(_("Take my ideas along"), TakeAlong(group_id or 0)),)


async def may_take_along(tx: Transaction, person: Participant, group_id: int, now: datetime, today: date) -> bool:
    """Return whether a person has ideas in a group (0: without a group) while they are now in another one.

    `today` is the date of `now` at the place of the gathering.
    """
    target = await _group_instead(tx, person, group_id, now, today)
    return target not in (None, group_id) and bool(await store.ideas_left_behind(tx, person.id, group_id or None))


async def take_along(tx: Transaction, person: Participant, group_id: int, now: datetime, today: date) -> int:
    """Move a person's ideas from a group (0: without a group) to the group they are in now. Returns how many.

    `today` is the date of `now` at the place of the gathering. Raises Stale where they are in no group now.
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
    """Return the id of the group that a person is in instead of a group (0: of none); None where they are in none."""
    if group_id:
        left = await find_group(tx, group_id)
        present = await group_of(tx, person.id, left.round) if left else None
        return present.id if present else None
    opening = await find_opening(tx, person, now)
    if opening and opening.mine:
        return opening.run.group_id
    round_ = await round_of_the_day(tx, today)
    group_today = await group_of(tx, person.id, round_.number) if round_ else None
    return group_today.id if group_today else None


# --- How many files people can add to their ideas, and how often they can report ideas of others.


@dataclass(frozen=True, slots=True)
class Room:
    """How many files, and how many bytes (`size`), a person can still add to their ideas. Never below 0."""

    files: int
    size: int

    @property
    def any(self) -> bool:
        """Whether there is room left, so that a file is worth downloading."""
        return self.files > 0 and self.size > 0

    def split(self, uploads: Sequence[Upload]) -> tuple[list[Upload], list[Upload]]:
        """Split files, in order, into those that fit into the room and those that do not.

        Every file that fits takes its room from the next ones. A file without content, as it was not downloaded, fits
        while any room is left.
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
    """Return how many files a person can still add to their ideas."""
    allowed = settings.limits
    count, size = await store.count_files_of(tx, person.id)
    return Room(
        max(limits.most(allowed.idea_files, person) - count, 0),
        max(limits.most(allowed.idea_megabytes, person) * 1_000_000 - size, 0),
    )


def _over_limit(settings: Settings, person: Participant, refused: Sequence[Upload]) -> Text:
    """Return the refusal of files that are over the person's limits."""
    return _n(
        "Easy: {count} file was not kept. Your ideas can hold {files} files or {size} MB in all. Your words are"
        " always taken.",
        "Easy: {count} files were not kept. Your ideas can hold {files} files or {size} MB in all. Your words are"
        " always taken.",
        len(refused),
        files=limits.most(settings.limits.idea_files, person),
        size=limits.most(settings.limits.idea_megabytes, person),
    )


async def refuse_too_many_reports(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> None:
    """Raise UserError for a person who has reported as many ideas within an hour as they may."""
    oldest = await store.reported_before(tx, person.id, limits.most(settings.limits.notices, person))
    if (again := limits.an_hour_after(oldest, now)) is not None:
        raise UserError(
            _(
                "Easy: you reported {most} ideas within an hour. This one is not reported: do it again from {time} on.",
                most=limits.most(settings.limits.notices, person),
                time=Moment(limits.full_minute(again), "time"),
            )
        )


# --- Late ideas that their authors sent to the facilitator.


async def offer_late_idea(tx: Transaction, idea: Idea, now: datetime) -> None:
    """Notify the facilitators of an idea's group that it was sent to them; the organisers where there are none."""
    if idea.group_id is None:
        return
    heading: Span = _("An idea came after the end, in {group}:", group=await whole_title(tx, idea.group_id))
    view = View(
        (Strong(heading), words_of(idea.text)),
        (
            Button(_("Add it to the wall"), TakeIn(idea.id), style="primary"),
            Button(_("Leave it out"), LeaveOut(idea.id)),
            Button(_("See the idea"), OpenIdea(idea.id)),
        ),
        who=FACILITATOR,
    )
    notified = [
        await outbox.notify(tx, person_id, view, now, about=idea.author_id, subject=decision_subject(idea.id))
        for person_id in await facilitator_store.of_group(tx, idea.group_id)
    ]
    if not any(notified):
        await outbox.notify_organisers(tx, view, now, about=idea.author_id, subject=decision_subject(idea.id))


def decision_subject(idea_id: int) -> str:
    """Return the subject of messages that ask for a decision on an idea."""
    return f"idea:{idea_id}"


# --- Who can read which ideas.


async def find_run_and_phase(tx: Transaction, run_id: int) -> tuple[PhaseRun, Phase]:
    """Return a run and its phase. Raises Stale where the run does not exist."""
    run = await find_run(tx, run_id)
    phase = await find_phase(tx, run.phase) if run else None
    if run is None or phase is None:
        raise Stale
    return run, phase


async def runs_group(tx: Transaction, person: Participant, group_id: int | None) -> bool:
    """Return whether a person organises, or runs the workshops of a group (None: of no group)."""
    if person.organises:
        return True
    return group_id is not None and await facilitator_store.runs_group(tx, person.id, group_id)


def is_shared(idea: Idea) -> bool:
    """Return whether facilitators can read an idea: it is live, or a late one that was sent to them."""
    return idea.state in ("live", "offered")


async def may_read(tx: Transaction, person: Participant, idea: Idea) -> bool:
    """Return whether a person can read an idea.

    Its author always can, and facilitators of its group can read shared ideas. The members of its group and of other
    groups of the theme can read live ideas that are revealed and not hidden.
    """
    if idea.author_id == person.id or (is_shared(idea) and await runs_group(tx, person, idea.group_id)):
        return True
    if not idea.shown or idea.group_id is None:
        return False
    run = await run_of_group(tx, idea.group_id, idea.phase)
    if run is None or not run.revealed:
        return False
    return await store.is_in_group_or_theme(tx, person.id, idea.group_id, idea.theme)


async def group_title(tx: Transaction, group_id: int) -> Text:
    """Return the short title of a group: «group 3», with the name it chose, if any. Raises Stale where it is gone."""
    group = await find_group(tx, group_id)
    if group is None:
        raise Stale
    if group.name:
        return _("group {number}, «{name}»", number=group.number, name=Name(group.name))
    return _("group {number}", number=group.number)


async def whole_title(tx: Transaction, group_id: int) -> Text:
    """Return the title of a group with its theme: «Culture · group 3». Raises Stale where the group is gone."""
    group = await find_group(tx, group_id)
    theme = await find_theme(tx, group.theme) if group else None
    if group is None or theme is None:
        raise Stale
    return title(group, theme)


async def theme_title(tx: Transaction, key: str) -> dict[str, str]:
    """Return the title of a theme by locale. Raises Stale where the theme is gone."""
    theme = await find_theme(tx, key)
    if theme is None:
        raise Stale
    return dict(theme.title)
