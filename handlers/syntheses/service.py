"""The rules of syntheses: who may read and write them, saving a version, approval, and what is still unwritten.

A synthesis is what a group writes in a phase. Each save makes a version; several versions written at the same time are
rivals, from which the group chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.config.settings import Settings
from bot.content.errors import Stale, UserError, existing
from bot.content.forms import Incomplete
from bot.content.texts import Span, Strong, _, _n
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.delivery import notices, outbox
from bot.people import facilitator_store, participant_store
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.groups.model import Group
from handlers.groups.store.groups import find_group
from handlers.groups.store.members import group_of, members_of
from handlers.ideas.messages import idea_quote
from handlers.ideas.store.votes import most_voted_of_group
from handlers.syntheses import store
from handlers.syntheses.messages import (
    TITLES,
    as_it_stands,
    content_lines,
    filled_squares,
    kept_lines,
    leading_ideas,
    runners_up,
    too_many_versions,
)
from handlers.syntheses.model import (
    CANVAS,
    FIELDS,
    RUNNERS_UP,
    TEXT,
    Content,
    Opinion,
    Synthesis,
    TerritoryGrid,
    is_incomplete,
    lay_out,
)
from handlers.syntheses.store import SavedVersion
from handlers.workshops.actions import OpenCanvas, OpenSynthesis
from handlers.workshops.messages import phase_title
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.service.phases import set_writer, tell_written
from handlers.workshops.store.phases import all_phases, find_phase
from handlers.workshops.store.runs import find_run, run_of_group

_SHOWN = 160
"""How many characters of a synthesis a summary shows."""


@dataclass(frozen=True, slots=True)
class OpenedPhase:
    """A phase as one group lives it (`run`), for a person who may read what the group writes.

    `member` is whether the person is in the group.
    """

    run: PhaseRun
    phase: Phase
    group: Group
    member: bool

    @property
    def button(self) -> Button:
        """The button that opens what the group writes in the phase."""
        return open_button(self.phase, self.run.id)


def open_button(phase: Phase, run_id: int) -> Button:
    """Return the button that opens what a group writes in a phase: a canvas for a phase of solutions, else a synthesis.

    `run_id` is the id of the group's run of the phase.
    """
    action = OpenCanvas(run_id) if phase.collects == "solution" else OpenSynthesis(run_id)
    return Button(TITLES[phase.collects], action)


def heading(phase: Phase) -> Span:
    """Return the heading above what a group writes in a phase: the title of the group's text, and the phase."""
    return Strong(_("{what} · {phase}", what=TITLES[phase.collects], phase=phase_title(phase)))


async def open_phase(tx: Transaction, person: Participant, run_id: int) -> OpenedPhase:
    """Return a run (a phase as one group lives it) with its phase and group, for a person who may read its texts.

    Members of the group and people who run its workshops may. Raises Stale if there is no such run, UserError for other
    people.
    """
    run = existing(await find_run(tx, run_id))
    phase, group = existing(await find_phase(tx, run.phase)), existing(await find_group(tx, run.group_id))
    member, may_look = await access(tx, person, group)
    if not may_look:
        raise UserError(_("This is for the members of another group."))
    return OpenedPhase(run, phase, group, member)


async def open_version(tx: Transaction, person: Participant, version_id: int) -> tuple[Synthesis, OpenedPhase]:
    """Return the version with this id, and its phase in the group, for a person who may read it.

    Raises Stale if there is no such version, UserError for people who may not read it.
    """
    version = await store.find_version(tx, version_id)
    if version is None or version.group_id is None:
        raise Stale
    run = existing(await run_of_group(tx, version.group_id, version.phase))
    return version, await open_phase(tx, person, run.id)


async def access(tx: Transaction, person: Participant, group: Group) -> tuple[bool, bool]:
    """Return two booleans: whether a person is a member of a group, and whether they may read what it writes."""
    mine = await group_of(tx, person.id, group.round)
    member = mine is not None and mine.id == group.id
    runs = person.facilitates and await facilitator_store.runs_group(tx, person.id, group.id)
    may_look = member or person.organises or runs
    return member, may_look


async def versions(tx: Transaction, at: OpenedPhase) -> Sequence[Synthesis]:
    """Return the current version of what a group writes in the phase `at`, then its rivals, which can be chosen too.

    The result is empty if nothing is written yet.
    """
    present = await store.current_version(tx, at.group.id, at.phase.key)
    return [present, *await store.rival_versions(tx, at.group.id, at.phase.key)] if present else []


async def save_fields(
    tx: Transaction,
    settings: Settings,
    author: Participant,
    at: OpenedPhase,
    base: int,
    written: Content,
    now: datetime,
) -> SavedVersion:
    """Save what a participant wrote into some fields of the group's text in the phase `at`, and make them its writer.

    `base` is the id of the version that the participant changed, 0 for none; its other fields are kept. The result
    tells whether this is now the group's text. Members are notified of the first version, and if the group must choose
    between several, unless the author caused many notices lately. Raises Stale for fields that the phase does not have,
    UserError if all fields are empty, and Incomplete if the group has too many versions to choose from.
    """
    if not written.keys() <= set(FIELDS[at.phase.collects]):
        raise Stale
    group_id, key = at.group.id, at.phase.key
    before = await store.find_version(tx, base)
    base_content = before.content if before and (before.group_id, before.phase) == (group_id, key) else {}
    content = {**base_content, **written}
    if at.phase.collects == "challenge":
        content[RUNNERS_UP] = runners_up(await most_voted_of_group(tx, group_id, key), content["sentence"])
    elif at.phase.collects == "solution" and not content.get("idea"):
        present = await store.current_version(tx, group_id, key)
        if not (present and present.content.get("idea")):
            content["idea"] = await favourite_idea(tx, at)
    if not any(content.get(field) for field in FIELDS[at.phase.collects]):
        raise UserError(_("There is nothing to keep yet. Write a few words, please."), buttons=(at.button,))
    contested = bool(await store.rival_versions(tx, group_id, key))
    saved = await store.save_version(
        tx,
        group_id,
        key,
        author.id,
        content,
        base,
        now,
        most_rivals=settings.limits.versions - 1,  # one is the current one
    )
    if saved.outcome == "full":  # the form stays open with what was typed
        raise Incomplete(next(iter(written)), too_many_versions(settings.limits.versions))
    if saved.outcome == "same":
        return saved
    await set_writer(tx, at.run, author.id)
    if saved.outcome == "first":
        line = _("{name} wrote it down. Read it, then approve or comment.", name=called(author))
        await _notify_group(tx, settings, author, at, line, now)
    elif saved.outcome == "rival" and not contested:
        line = _("Two versions were written at the same time. Choose one together.")
        await _notify_group(tx, settings, author, at, line, now)
    await facilitator_store.touch_panels(tx, [group_id])
    await post_version(tx, at, now)
    return saved


async def favourite_idea(tx: Transaction, at: OpenedPhase) -> str:
    """Return the text of the group's idea with the most votes in the phase `at`.

    Returns '' if several ideas have the most votes, if nobody voted, or if ideas are not revealed yet.
    """
    if not at.run.revealed:
        return ""
    leaders = leading_ideas(await most_voted_of_group(tx, at.group.id, at.phase.key))
    return leaders[0].text if len(leaders) == 1 else ""


async def _notify_group(
    tx: Transaction, settings: Settings, author: Participant, at: OpenedPhase, line: Span, now: datetime
) -> None:
    if not await notices.may_tell(tx, settings, author, now):
        return
    await tell_written(tx, at.run, View((heading(at.phase), line), (at.button,)), now, author=author.id)


# --- the members' approval


@dataclass(frozen=True, slots=True)
class VersionApproval:
    """How many members approve a version (`approve`), out of all `members` who joined.

    `comments` are the opinions of members who wrote a comment instead.
    """

    approve: int
    members: int
    comments: Sequence[Opinion]

    @property
    def has_majority(self) -> bool:
        """Whether more than half of the members approve the version."""
        return self.approve * 2 > self.members


async def read_approval(tx: Transaction, at: OpenedPhase, version: Synthesis) -> VersionApproval:
    """Return how many members approve a version of what their group wrote, and the comments of other members.

    Only members who joined are counted. `at` is the phase in the group.
    """
    member_ids = {member.id for member in await members_of(tx, at.group) if member.joined}
    opinions = [opinion for opinion in await store.opinions_of(tx, version.id) if opinion.participant_id in member_ids]
    comments = [opinion for opinion in opinions if not opinion.approves]
    return VersionApproval(len(opinions) - len(comments), len(member_ids), comments)


async def post_version(tx: Transaction, at: OpenedPhase, now: datetime) -> int:
    """Post what a group wrote in the phase `at` in its channels, once a majority approves.

    Returns the number of channels; 0 if the version was posted before, if the group must choose between it and others,
    or if no majority approves yet.
    """
    current = await versions(tx, at)
    if len(current) != 1:
        return 0
    version, approval = current[0], await read_approval(tx, at, current[0])
    if not approval.has_majority or not await store.mark_posted(tx, version, now):
        return 0
    lines = (
        heading(at.phase),
        *content_lines(at.phase.collects, version),
        approval_line(approval),
    )
    return await outbox.notify_channels(tx, [at.group.id], View(lines), now)


def approval_line(approval: VersionApproval) -> Span:
    """Return a line that tells how many members approve: «3 of 6 approve»."""
    # L10N: a part of the line about a version of a text: {approve} of {members} members of the group approve of it
    return _n(
        "{count} of {members} approves", "{count} of {members} approve", approval.approve, members=approval.members
    )


async def author_name(tx: Transaction, participant_id: int | None) -> Span:
    """Return the name of a participant; «someone who left» for None, which stands for an author who was erased."""
    person = await participant_store.find(tx, participant_id) if participant_id is not None else None
    # L10N: instead of a person's name
    return called(person) if person else _("someone who left")


# --- what a group has written


async def is_unwritten(tx: Transaction, group_id: int, phase: Phase) -> bool:
    """Return whether a group has still to write something in a phase.

    In a phase of territories, this is a square of the grid; in a phase of solutions, the idea or a field of the canvas;
    in any other phase, the synthesis.
    """
    if phase.collects == "territories":
        return not (await read_grid(tx, group_id)).complete
    written = await store.current_version(tx, group_id, phase.key)
    return is_incomplete(phase.collects, written.content if written else None)


async def what_is_written(tx: Transaction, group_id: int, phase: Phase, over: bool) -> Sequence[Span]:
    """Return a few lines with what a group has written in a phase; if nothing, one line that says so.

    Once the gathering is `over`, that line says what the group voted for instead; there is none without votes.
    """
    written = await store.current_version(tx, group_id, phase.key)
    content = written.content if written else {}
    lines: list[Span] = []

    def words(field: str) -> Span:
        return as_it_stands(group_id, phase.key, field, content.get(field, ""))

    match phase.collects:
        case "challenge" if content:
            lines = [_("Challenge: {challenge}", challenge=words("sentence"))]
        case "solution" if content:
            filled = sum(1 for name in CANVAS if content.get(name))
            lines = [
                _("Solution: {idea}", idea=words("idea")) if content.get("idea") else _("Solution: no idea chosen"),
                _("Canvas: {done} of {all} boxes", done=filled, all=len(CANVAS)),
            ]
        case "territories":
            kept = kept_lines(group_id, phase.key, content.get(TEXT, ""), _SHOWN) if content else []
            lines = [*kept, filled_squares(await read_grid(tx, group_id))]
        case _ if content:
            lines = [*kept_lines(group_id, phase.key, content.get(TEXT, ""), _SHOWN)]
    rivals = await store.rival_versions(tx, group_id, phase.key)
    if rivals:
        lines.append(_n("{count} version to choose from", "{count} versions to choose from", len(rivals) + 1))
    if lines or not over:
        return lines or [_("Nothing is written down yet.")]
    leaders = leading_ideas(await most_voted_of_group(tx, group_id, phase.key))
    return [_("According to your votes: {idea}", idea=idea_quote(idea, _SHOWN)) for idea in leaders[:1]]


async def starting_point(tx: Transaction, group_id: int, phase: Phase) -> Span | None:
    """Return what the group made in an earlier phase and continues in this phase; None if there is nothing.

    This is the challenge for a phase of solutions, and the idea of the solution for a phase of territories. If the
    group wrote neither, the result is its idea with the most votes, the oldest of several.
    """
    earlier_phases = [other for other in await all_phases(tx) if other.position < phase.position]
    for earlier in reversed(earlier_phases):
        if (phase.collects, earlier.collects) not in (("solution", "challenge"), ("territories", "solution")):
            continue
        written = await store.current_version(tx, group_id, earlier.key)
        field = "sentence" if earlier.collects == "challenge" else "idea"
        words = written.content.get(field) if written else None
        if words:
            shown = as_it_stands(group_id, earlier.key, field, words, _SHOWN)
            return (
                _("Challenge: {challenge}", challenge=shown)
                if earlier.collects == "challenge"
                else _("Solution: {idea}", idea=shown)
            )
        if leaders := leading_ideas(await most_voted_of_group(tx, group_id, earlier.key)):
            voted = idea_quote(leaders[0], _SHOWN)
            return (
                _("Challenge, according to your votes: {challenge}", challenge=voted)
                if earlier.collects == "challenge"
                else _("Solution, according to your votes: {idea}", idea=voted)
            )
    return None


async def read_grid(tx: Transaction, group_id: int) -> TerritoryGrid:
    """Return the grid of a group: its territory cards, with a row for each territory of its members and cards."""
    return lay_out(await store.territories_of_group(tx, group_id), await store.cards_of_group(tx, group_id))
