"""Stores and changes the ideas of participants, limits their files, and handles ideas that come late.

A run is one phase in one group. An opening (`Opening`) is the run that takes a person's ideas at a moment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.config.settings import Settings
from bot.content import names
from bot.content.answers import check_upload, no_photo
from bot.content.chat_words import is_bare_reply
from bot.content.errors import UserError, existing
from bot.content.forms import Upload
from bot.content.names import clean, fold
from bot.content.stems import stems
from bot.content.texts import Moment, Span, Strong, Text, _, _n
from bot.content.views import Button, View
from bot.conversation import journal_store
from bot.conversation.listening import Heard, Words
from bot.conversation.routes import FACILITATOR
from bot.database.engine import Transaction
from bot.delivery import message_updates, outbox
from bot.files.stored_files import digest_of
from bot.people import facilitator_store, limits
from bot.people.browser_store import counted_in
from bot.people.participants import Participant
from handlers.groups.messages.cards import numbered, title
from handlers.groups.model import Group
from handlers.groups.service.membership import round_of_the_day
from handlers.groups.store.groups import find_group
from handlers.groups.store.members import group_of
from handlers.ideas.actions import LeaveOut, TakeIn
from handlers.ideas.messages import idea_words
from handlers.ideas.store import endings, giving, ideas, moving, naming, readers, reports
from handlers.ideas.store.files import add_file, count_files_of
from handlers.ideas.store.giving import GivenIdeas, Opening
from handlers.themes.store import find_theme
from handlers.workshops.actions import OpenIdea, TakeAlong
from handlers.workshops.model import Category, Collects, Idea, IdeaState, Phase, PhaseRun
from handlers.workshops.store.phases import find_phase
from handlers.workshops.store.runs import find_run, latest_run_of_person, run_of_group

MOST = 1000
"""The largest number of characters of an idea."""
_NAME = 100
"""How many characters of a file's name are stored, the last ones, because the end says what kind of file it is."""
_CATEGORY_WORDS: Mapping[str, Category] = {
    **dict.fromkeys(("fait", "faits", "constat", "fact", "facts", "tatsache", "fakt", "fakten"), "fact"),
    **dict.fromkeys(("besoin", "besoins", "need", "needs", "bedarf", "bedurfnis", "bedurfnisse"), "need"),
    **dict.fromkeys(("dispositif", "dispositifs", "scheme", "schemes", "angebot", "angebote"), "scheme"),
}
"""The words that name a category when they stand before a colon at the beginning of a text.

They are without accents and capitals.
"""
_HOW = frozenset(("comment", "how", "wie"))
"""The words that a challenge begins with, without accents and capitals."""
_WORDS_OF_A_CHALLENGE = 5
"""How many words a challenge has at least. «Comment ça marche ?», which is shorter, is an ordinary question."""
LIKELY = 0.35
"""The likelihood from which a text is stored as an idea without asking, if nothing else is likelier."""
_TOO_SHORT = 2
"""A text with at most this many letters and digits may be no idea."""
_BEGINNINGS: Mapping[Category, re.Pattern[str]] = {
    "need": re.compile(
        r"(il (nous )?manque|il (nous )?faudrait|on manque|nous manquons|il n'y a (pas|plus|aucun)"
        r"|there (is|are) no|there's no|there isn't|there aren't|we (need|lack)|we are missing"
        r"|(es|uns) fehl(t|en)|es brauchte|wir brauch(t)?en|es gibt kein)"
    ),
    "scheme": re.compile(
        r"(il existe|(ca|cela) existe|there (is|are) already|(it|this) already exists|we already have"
        r"|(das|es) gibt (es )?(schon|bereits))"
    ),
}
"""How texts begin that tell, without accents and capitals, what people lack and what exists already."""
_BEFORE_COLON = re.compile(r"\s*(\w+)\s*[:\uff1a]\s*")


@dataclass(frozen=True, slots=True)
class StoredIdea:
    """An idea that was just stored. `count` is how many ideas its author has given in the phase, this one included.

    `run` is the run that took the idea (the phase in the author's group), None for an author without a group.
    `collects` is the kind of idea that the phase collects.
    """

    idea: Idea
    count: int
    run: PhaseRun | None
    collects: Collects


@dataclass(frozen=True, slots=True)
class IdeaWording:
    """The text of an idea as its author wrote it: at most 1,000 characters, '' for a photo without a line of text.

    `locale` is the author's language. `message` identifies the message that contained the text, by platform, chat and
    id on the platform; all are '' if there is no message that its author could edit. `browser` is the id of the
    unconfirmed browser in which the text was written, '' for any other place.
    """

    text: str
    locale: str
    message: tuple[str, str, str] = ("", "", "")
    browser: str = ""


def categorise(text: str) -> tuple[Category, str]:
    """Split a text such as «Besoin : un local» into its category, here «need», and the rest.

    Returns '' and the whole text if it does not begin with a category.
    """
    prefix = _BEFORE_COLON.match(text)
    category = _CATEGORY_WORDS.get(fold(prefix[1])) if prefix else None
    if prefix is None or category is None or not text[prefix.end() :]:
        return "", text
    return category, text[prefix.end() :]


def is_doubtful(text: str, collects: Collects) -> bool:
    """Return whether a text is perhaps no idea: a question, a bare yes or no, or at most two letters («ok»).

    `collects` is what the phase collects: in a phase that asks for a challenge, a question such as «How could … ?» is
    an idea.
    """
    if sum(map(str.isalnum, text)) <= _TOO_SHORT:
        return True
    words = names.words(fold(text))
    if is_bare_reply(words, agreed=True):
        return True
    last = next((char for char in reversed(text) if char == "?" or char == "_" or char.isalnum()), "")
    if last != "?":
        return False
    return collects != "challenge" or words[0] not in _HOW or len(words) < _WORDS_OF_A_CHALLENGE


def hear_idea(words: Words, collects: Collects, button: Text) -> Heard:
    """Return how surely `words` are an idea, judged by their likelihood and their form.

    `collects` is the kind of idea that the phase collects; `button` is the label that offers to store the words as an
    idea.
    """
    if not words.text:  # it is told that there is nothing to read
        return Heard(True, 1, button, "nothing")
    kinds = words.likelihood
    likely = likely_idea(words)
    others = max((share for label, share in kinds.items() if label != "idea"), default=0.0)
    sure = likely >= LIKELY and likely >= others and not is_doubtful(words.text, collects)
    if collects == "facts" and categorise(words.text)[0]:  # «Besoin : un local» says itself what it is
        sure = True
    return Heard(sure, likely, button, "an open phase")


def likely_idea(words: Words) -> float:
    """Return how likely words are an idea (0 to 1); 1 if no model is installed to judge them."""
    return words.likelihood.get("idea", 1.0)


async def find_opening(tx: Transaction, person: Participant | None, now: datetime) -> Opening | None:
    """Return the run (one phase in one group) that takes a person's ideas now.

    Returns None between phases, for a person who does not take part, and if `person` is None.
    """
    if person is None or not (person.attends and person.joined):
        return None
    return await giving.opening_for(tx, person.id, now)


async def find_last_opening(tx: Transaction, person: Participant) -> Opening | None:
    """Return the run that began last in a person's groups; it takes their ideas even long after its end.

    A run is one phase in one group. Returns None if no phase has begun in the person's groups.
    """
    run = await latest_run_of_person(tx, person.id)
    phase = await find_phase(tx, run.phase) if run else None
    return Opening(run, phase.collects, True) if run and phase else None


async def has_given_too_many(tx: Transaction, settings: Settings, person: Participant, browser: str) -> Text | None:
    """Return the text that refuses another idea, if a person has given the largest number allowed; None otherwise.

    `browser` is the id of the unconfirmed browser in which the idea is given, '' for any other place.
    """
    most = limits.most(settings.limits.ideas, person)
    if all([await giving.count_given(tx, person.id, place) < at_most for place, at_most in counted_in(browser, most)]):
        return None
    return _(
        "Easy: you have given {most} ideas, withdrawn ones included, the most that one person can. All of"
        " them are kept, but this one is not added. You can change one of yours to say it.",
        most=most,
    )


async def give_idea(
    tx: Transaction,
    author: Participant,
    wording: IdeaWording,
    into: Opening,
    now: datetime,
    *,
    category: Category | None = None,
    anonymous: bool = False,
    parent: Idea | None = None,
    album: str = "",
    before: GivenIdeas | None = None,
) -> StoredIdea:
    """Store an idea for the phase `into`, which takes it, and return the stored idea.

    The idea is stored as «late» if the phase has ended, and as «homeless» if the author has no group. If `category` is
    None, the beginning of the text may name a category. The idea is anonymous if `anonymous` is true, or if organisers
    decided that new ideas show no names. `parent` is the idea that this one builds on; `album` identifies photos that
    were sent together. `before` are the author's earlier ideas of the phase; None reads them from the database.
    """
    run = into.run
    before = before or await giving.given_ideas(tx, author.id, run.phase, now)
    named, words = _split_category(wording, into.collects) if category is None else (category, wording.text)
    named = named or _told_by_beginning(words)
    idea = await ideas.add_idea(
        tx,
        author.id,
        run.group_id if into.mine else None,
        run.phase,
        words,
        now,
        stems=stems(words, wording.locale),
        state=into.state,
        category=_category_in_phase(into.collects, named),
        anonymous=anonymous or await naming.unnamed_by_default(tx),
        parent_id=parent.id if parent else None,
        message=wording.message,
        album=album,
        browser=wording.browser,
    )
    await refresh_panels(tx, idea)
    return StoredIdea(idea, before.count + 1, run if into.mine else None, into.collects)


def _split_category(wording: IdeaWording, collects: Collects) -> tuple[Category, str]:
    """Return the category that a text names, and the rest of the text.

    Returns '' and the whole text if it names none, or if the phase has no categories.
    """
    return categorise(wording.text) if collects == "facts" else ("", wording.text)


def _told_by_beginning(words: str) -> Category:
    """Return the category that the beginning of a text tells: «need» for «Il manque un bus»; '' if it tells none."""
    begins = fold(words).replace("’", "'").lstrip("«\"' \xa0")
    return next((category for category, pattern in _BEGINNINGS.items() if pattern.match(begins)), "")


def usable_files(uploads: Sequence[Upload], *, room: bool) -> tuple[list[Upload], list[Text]]:
    """Return the files that can be stored with an idea, and for each other file the reason why it cannot be stored.

    `room` says whether the person may add more files. If not, their files were not downloaded. Such files count as
    usable here, because `fitting_files` refuses them.
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
    tx: Transaction, settings: Settings, person: Participant, uploads: Sequence[Upload], browser: str
) -> tuple[Sequence[Upload], Text | None]:
    """Return the files that are within the person's limits, and one reason why all other files are refused.

    The reason is None if no file is refused. `browser` is the id of the unconfirmed browser in which the person adds
    the files, '' for any other place.
    """
    if not uploads:
        return (), None
    fits, refused = (await room_for_files(tx, settings, person, browser)).split(uploads)
    return fits, _over_limit(settings, person, refused) if refused else None


def _category_in_phase(collects: Collects, named: Category) -> Category:
    """Return the category of an idea in a phase: the one its author named, else «fact»; '' without categories."""
    return (named or "fact") if collects == "facts" else ""


async def attach_file(tx: Transaction, idea: Idea, upload: Upload, native_id: str) -> bool:
    """Attach a file to an idea. Returns False, and attaches nothing, if the idea cannot have more files.

    The content of `upload` must have been stored before, and be within the limits. `native_id` is the id, on the
    platform, of the message that contained the file.
    """
    stored = await add_file(
        tx,
        idea.id,
        digest=digest_of(upload.content),
        name=clean(upload.name)[-_NAME:] or "file",
        media_type=upload.media_type,
        picture=upload.picture,
        size=len(upload.content),
        native_id=native_id,
    )
    return stored is not None


async def reword_idea(tx: Transaction, idea: Idea, wording: IdeaWording, collects: Collects, now: datetime) -> Idea:
    """Change the text of an idea, and return the changed idea. Its votes and links to other ideas stay.

    The message in `wording`, if there is one, becomes the idea's message. `collects` is the kind of idea that the phase
    collects.
    """
    category, words = _split_category(wording, collects)
    _platform, _chat, native_id = wording.message
    await ideas.edit_idea(
        tx,
        idea.id,
        words,
        now,
        stems=stems(words, wording.locale),
        category=category or None,
        message=wording.message if native_id else None,
    )
    return await _changed(tx, idea)


def may_change(idea: Idea, run: PhaseRun | None) -> bool:
    """Return whether the author may change the text of an idea.

    This is so until the phase ends, and later too if the idea came late, was withdrawn or is a photo without text.
    `run` is the phase in the idea's group, None for an idea without a group.
    """
    return idea.state != "live" or run is None or run.open or not idea.text


async def withdraw_idea(tx: Transaction, idea: Idea) -> Idea:
    """Withdraw an idea, separate it from the ideas that were merged into it, and return the changed idea."""
    await ideas.set_idea_state(tx, idea.id, "withdrawn")
    await endings.record(tx, "withdrawn", idea.id)
    await ideas.separate_merged(tx, idea.id)
    return await _changed(tx, idea)


async def remove_idea(tx: Transaction, idea: Idea, now: datetime) -> None:
    """Delete something that is no idea, everywhere at once: on walls, in votes, exports, the journal, and links.

    If organisers or facilitators were asked to decide on it, the message to them says that it was deleted and, if it
    was a late idea, no longer shows its words.
    """
    await refresh_panels(tx, idea)
    gone = _("Its author says it is not an idea.")
    if idea.state == "offered":
        await outbox.follow(
            tx, decision_subject(idea.id), lambda view: replace(view, lines=(view.lines[0], gone), buttons=()), now
        )
    else:
        await message_updates.close_messages(tx, decision_subject(idea.id), gone, now)
    await journal_store.forget_about(tx, (f"idea:{idea.id}", f"print:i{idea.id}"))
    await ideas.delete_idea(tx, idea.id)


async def bring_back_idea(tx: Transaction, idea: Idea) -> Idea:
    """Restore a withdrawn idea, and return the changed idea.

    The idea gets the state that it had when it was given: «live», «late», or «homeless» without a group.
    """
    state: IdeaState = "live"
    if idea.group_id is None:
        state = "homeless"
    else:
        run = await run_of_group(tx, idea.group_id, idea.phase)
        if run and run.ended_at is not None and idea.created_at >= run.ended_at:
            state = "late"
    await ideas.set_idea_state(tx, idea.id, state)
    await endings.record(tx, "withdrawn", idea.id, back=True)
    return await _changed(tx, idea)


async def _changed(tx: Transaction, idea: Idea) -> Idea:
    await refresh_panels(tx, idea)
    changed = await ideas.find_idea(tx, idea.id)
    assert changed is not None
    return changed


async def refresh_panels(tx: Transaction, idea: Idea) -> None:
    """Have the panels of the facilitators of an idea's group updated, because the idea is new or changed.

    A panel is the message that shows a facilitator the progress of their groups.
    """
    if idea.group_id is not None:
        await facilitator_store.touch_panels(tx, (idea.group_id,))


# --- moving ideas to another group


async def offer_to_take_along(tx: Transaction, participant_id: int, left: Group | None) -> tuple[Button, ...]:
    """Return the button with which a participant who changed group moves their ideas; () without ideas to move.

    `left` is the participant's former group, None for no group.
    """
    group_id = left.id if left else None
    if not await moving.ideas_left_behind(tx, participant_id, group_id):
        return ()
    return (Button(_("Take my ideas with me"), TakeAlong(group_id or 0)),)


async def may_take_along(tx: Transaction, person: Participant, group_id: int, now: datetime, today: date) -> bool:
    """Return whether a participant who changed group has ideas that they can move to their present group.

    `group_id` is the earlier group, 0 for ideas without a group. `today` is the date of `now` in the gathering's time
    zone.
    """
    target = await _group_instead(tx, person, group_id, now, today)
    return target not in (None, group_id) and bool(await moving.ideas_left_behind(tx, person.id, group_id or None))


async def take_along(tx: Transaction, person: Participant, group_id: int, now: datetime, today: date) -> int:
    """Move a participant's ideas from an earlier group to their present group. Returns how many were moved.

    `group_id` is the earlier group; 0 stands for ideas without a group. `today` is the date of `now` in the gathering's
    time zone. Returns 0 if the participant is still in that group. Raises Stale if they are in no group now.
    """
    target = existing(await _group_instead(tx, person, group_id, now, today))
    if target == group_id:
        return 0
    moved = await moving.move_ideas(tx, person.id, group_id or None, target)
    await facilitator_store.touch_panels(tx, {target, group_id} - {0})
    return moved


async def _group_instead(tx: Transaction, person: Participant, group_id: int, now: datetime, today: date) -> int | None:
    """Return the id of the group that a participant is in now, in the round of an earlier group; None for none.

    `group_id` is the earlier group. For 0, it is the group whose phase takes the participant's ideas, or else today's
    group.
    """
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
    """How many more files, and how many more bytes (`size`), a participant can add to their ideas; both at least 0."""

    files: int
    size: int

    @property
    def any(self) -> bool:
        """Whether another file can be added, so that it makes sense to download one."""
        return self.files > 0 and self.size > 0

    def split(self, uploads: Sequence[Upload]) -> tuple[list[Upload], list[Upload]]:
        """Return two lists: the files that can be added, and the files that cannot.

        The files are considered in order; each file that can be added leaves less room for the next ones. A file
        without content, because it was not downloaded, can be added while any room is left.
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


async def room_for_files(tx: Transaction, settings: Settings, person: Participant, browser: str = "") -> Room:
    """Return how many files, and how many bytes, a person can still add to their ideas.

    `browser` is the id of the unconfirmed browser in which the person adds files, '' for any other place.
    """
    allowed = settings.limits
    most_files = limits.most(allowed.idea_files, person)
    most_bytes = limits.most(allowed.idea_megabytes, person) * 1_000_000
    files, size = most_files, most_bytes
    for place, times in counted_in(browser, 1):
        held, bytes_held = await count_files_of(tx, person.id, place)
        files, size = min(files, most_files * times - held), min(size, most_bytes * times - bytes_held)
    return Room(max(files, 0), max(size, 0))


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
    """Raise UserError if a person has reported the largest number of ideas allowed within an hour."""
    oldest = await reports.reported_before(tx, person.id, limits.most(settings.limits.notices, person))
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
    """Ask the facilitators of a late idea's group to decide on it; if none can be reached, ask the organisers.

    Nothing happens for an idea without a group.
    """
    if idea.group_id is None:
        return
    heading: Span = _("An idea arrived after the end, in {group}:", group=await whole_title(tx, idea.group_id))
    view = View(
        (Strong(heading), idea_words(idea, "led")),
        (
            Button(_("Add it to the wall"), TakeIn(idea.id), style="primary"),
            Button(_("Leave it out"), LeaveOut(idea.id)),
            Button(_("See the idea"), OpenIdea(idea.id)),
        ),
        who=FACILITATOR,
    )
    notified = [
        await outbox.notify(
            tx, person_id, view, now, outbox.Telling.NEWS, about=idea.author_id, subject=decision_subject(idea.id)
        )
        for person_id in await facilitator_store.of_group(tx, idea.group_id)
    ]
    if not any(notified):
        await outbox.notify_organisers(
            tx, view, now, outbox.Telling.NEWS, about=idea.author_id, subject=decision_subject(idea.id)
        )


def decision_subject(idea_id: int) -> str:
    """Return the subject (key) under which messages that ask for a decision on an idea are stored."""
    return f"idea:{idea_id}"


# --- Who can read which ideas.


async def find_run_and_phase(tx: Transaction, run_id: int) -> tuple[PhaseRun, Phase]:
    """Return the run (one phase in one group) with this id, and its phase. Raises Stale if there is none."""
    run = existing(await find_run(tx, run_id))
    return run, existing(await find_phase(tx, run.phase))


async def runs_group(tx: Transaction, person: Participant, group_id: int | None) -> bool:
    """Return whether a person is an organiser or runs the workshops of a group.

    If the group is None, the result is True only for organisers.
    """
    if person.organises:
        return True
    return person.facilitates and group_id is not None and await facilitator_store.runs_group(tx, person.id, group_id)


def is_shared(idea: Idea) -> bool:
    """Return whether facilitators can read an idea.

    They can if the idea was given in time and not withdrawn, or if it came late and its author sent it to them.
    """
    return idea.state in ("live", "offered")


async def may_read(tx: Transaction, person: Participant, idea: Idea) -> bool:
    """Return whether a person can read an idea.

    - Its author always can.
    - People who run the group's workshops can, but not if the idea is withdrawn, or late and not sent to them.
    - Members of the idea's group, and of other groups of the theme, can if the idea was given in time and is revealed,
      neither withdrawn nor hidden.
    """
    if idea.author_id == person.id or (is_shared(idea) and await runs_group(tx, person, idea.group_id)):
        return True
    if not idea.shown or idea.group_id is None:
        return False
    run = await run_of_group(tx, idea.group_id, idea.phase)
    if run is None or not run.revealed:
        return False
    return await readers.is_in_group_or_theme(tx, person.id, idea.group_id, idea.theme)


async def group_title(tx: Transaction, group_id: int) -> Text:
    """Return the short title of a group: «group 3», with the name it chose, if any. Raises Stale if it was deleted."""
    return numbered(existing(await find_group(tx, group_id)))


async def whole_title(tx: Transaction, group_id: int) -> Text:
    """Return the title of a group with its theme: «Culture 3». Raises Stale if the group was deleted."""
    group = existing(await find_group(tx, group_id))
    return title(group, existing(await find_theme(tx, group.theme)))


async def theme_title(tx: Transaction, key: str) -> dict[str, str]:
    """Return the title of a theme by locale. Raises Stale if there is no theme with this key."""
    theme = existing(await find_theme(tx, key))
    return dict(theme.title)
