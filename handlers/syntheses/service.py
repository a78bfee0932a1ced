"""Writing down what a phase makes: who may, what others are told, what is there and what is missing."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.config.settings import Settings
from bot.content.errors import Stale, UserError
from bot.content.forms import Incomplete
from bot.content.texts import Name, Span, Strong, Text, _, _n
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.delivery import notices, outbox
from bot.people import facilitator_store, participant_store
from bot.people.participants import Participant
from handlers.groups.model import Group
from handlers.groups.store import find_group, group_of, members_of
from handlers.ideas.store import most_voted_of_group
from handlers.syntheses import store
from handlers.syntheses.messages import TITLES, content_lines, filled_squares, leaders, runners_up, too_many_versions
from handlers.syntheses.model import (
    CANVAS,
    FIELDS,
    RUNNERS_UP,
    Content,
    Opinion,
    Synthesis,
    TerritoryGrid,
    is_incomplete,
    lay_out,
)
from handlers.syntheses.store import Saved
from handlers.workshops.actions import OpenCanvas, OpenSynthesis
from handlers.workshops.messages import phase_title
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.service.phases import set_writer
from handlers.workshops.store import all_phases, find_phase, find_run, run_of_group

_SHOWN = 160
"""Characters of a synthesis in a summary."""


@dataclass(frozen=True, slots=True)
class OpenedPhase:
    """A phase as one group lives it, for someone who may look and write. `member`: they are in the group."""

    run: PhaseRun
    phase: Phase
    group: Group
    member: bool

    @property
    def button(self) -> Button:
        """What opens what the group writes down."""
        return open_button(self.phase, self.run.id)


def open_button(phase: Phase, run_id: int) -> Button:
    """What opens what a group writes down in a phase."""
    action = OpenCanvas(run_id) if phase.collects == "solution" else OpenSynthesis(run_id)
    return Button(TITLES[phase.collects], action)


def heading(phase: Phase) -> Span:
    """What a group writes down, and in which phase."""
    return Strong(_("{what} · {phase}", what=TITLES[phase.collects], phase=phase_title(phase)))


async def opened(tx: Transaction, person: Participant, run_id: int) -> OpenedPhase:
    """The phase of a group, for its members and for who runs its workshops.

    Raises Stale for one that is gone, UserError for everyone else.
    """
    run = await find_run(tx, run_id)
    phase = await find_phase(tx, run.phase) if run else None
    group = await find_group(tx, run.group_id) if run else None
    if run is None or phase is None or group is None:
        raise Stale
    member, may_look = await access(tx, person, group)
    if not may_look:
        raise UserError(_("This is for the members of another group."))
    return OpenedPhase(run, phase, group, member)


async def of_version(tx: Transaction, person: Participant, version_id: int) -> tuple[Synthesis, OpenedPhase]:
    """A version, and the phase it is of. Raises Stale for one that is gone, else as `opened`."""
    version = await store.find_version(tx, version_id)
    if version is None or version.group_id is None:
        raise Stale
    run = await run_of_group(tx, version.group_id, version.phase)
    if run is None:
        raise Stale
    return version, await opened(tx, person, run.id)


async def access(tx: Transaction, person: Participant, group: Group) -> tuple[bool, bool]:
    """Whether someone is in a group, and whether they may look at what it makes."""
    mine = await group_of(tx, person.id, group.round)
    member = mine is not None and mine.id == group.id
    may_look = member or person.organises or await facilitator_store.runs_group(tx, person.id, group.id)
    return member, may_look


async def versions(tx: Transaction, at: OpenedPhase) -> Sequence[Synthesis]:
    """The current version, then those to choose from besides; empty before anything is written."""
    present = await store.current_version(tx, at.group.id, at.phase.key)
    return [present, *await store.rival_versions(tx, at.group.id, at.phase.key)] if present else []


async def save(
    tx: Transaction,
    settings: Settings,
    author: Participant,
    at: OpenedPhase,
    base: int,
    written: Content,
    now: datetime,
) -> Saved:
    """Keep what someone wrote into some fields of the version `base` (0: of none).

    Members are told when it is the first version, and when there begin to be several to choose from, as often an hour
    as they may be told of what one person does. Raises Stale for fields that the phase does not have, Incomplete where
    the group has too many versions to choose from.
    """
    if not written.keys() <= set(FIELDS[at.phase.collects]):
        raise Stale
    group_id, key = at.group.id, at.phase.key
    before = await store.find_version(tx, base)
    known = before.content if before and (before.group_id, before.phase) == (group_id, key) else {}
    content = {**known, **written}
    if at.phase.collects == "challenge":
        content[RUNNERS_UP] = runners_up(await most_voted_of_group(tx, group_id, key), content["sentence"])
    elif at.phase.collects == "solution" and not content.get("idea"):
        present = await store.current_version(tx, group_id, key)
        if not (present and present.content.get("idea")):
            content["idea"] = await favourite(tx, at)
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
    if saved.how == "full":  # the form stays open with what was typed
        raise Incomplete(next(iter(written)), too_many_versions(settings.limits.versions))
    if saved.how == "same":
        return saved
    await set_writer(tx, at.run, author.id)
    if saved.how == "first":
        said = _("{name} wrote it down. Read it, then approve or comment.", name=Name(author.name))
        await _tell(tx, settings, author, at, said, now)
    elif saved.how == "rival" and not contested:
        said = _("Two versions were written at the same time. Choose one together.")
        await _tell(tx, settings, author, at, said, now)
    await facilitator_store.touch_panels(tx, [group_id])
    await post(tx, at, now)
    return saved


async def favourite(tx: Transaction, at: OpenedPhase) -> str:
    """The idea with most votes, in its words; '' at a tie, and before anyone voted or may read it."""
    if not at.run.revealed:
        return ""
    first = leaders(await most_voted_of_group(tx, at.group.id, at.phase.key))
    return first[0].text if len(first) == 1 else ""


async def _tell(
    tx: Transaction, settings: Settings, author: Participant, at: OpenedPhase, said: Span, now: datetime
) -> None:
    if not await notices.may_tell(tx, settings, author, now):
        return
    view = View((heading(at.phase), said), (at.button,))
    await outbox.notify_groups(tx, [at.group.id], view, now, but=author.id, about=author.id)


# --- what members think of it


@dataclass(frozen=True, slots=True)
class VersionApproval:
    """How a group stands to a version: who of its members approve, out of how many, and what the others say."""

    approve: int
    members: int
    opinions: Sequence[Opinion]

    @property
    def carried(self) -> bool:
        """Whether more than half of the members approve."""
        return self.approve * 2 > self.members


async def standing(tx: Transaction, at: OpenedPhase, version: Synthesis) -> VersionApproval:
    """What the members who came in think of a version."""
    here = {member.id for member in await members_of(tx, at.group) if member.joined}
    said = [opinion for opinion in await store.opinions_of(tx, version.id) if opinion.participant_id in here]
    return VersionApproval(sum(each.approves for each in said), len(here), [each for each in said if not each.approves])


async def post(tx: Transaction, at: OpenedPhase, now: datetime) -> int:
    """Show what a group wrote down in its places, once more than half of it approves; in how many.

    A version is shown once, and not while there are others to choose from.
    """
    written = await versions(tx, at)
    if len(written) != 1:
        return 0
    version, how = written[0], await standing(tx, at, written[0])
    if not how.carried or not await store.mark_posted(tx, version, now):
        return 0
    lines = (
        heading(at.phase),
        *content_lines(at.phase.collects, version.content),
        approval(how),
    )
    return await outbox.notify_channels(tx, [at.group.id], View(lines), now)


def approval(how: VersionApproval) -> Span:
    """How many approve, in words."""
    return _("approved by {approve} of {members}", approve=how.approve, members=how.members)


async def name_of(tx: Transaction, participant_id: int | None) -> Span:
    """The name others read of who wrote something."""
    person = await participant_store.find(tx, participant_id) if participant_id is not None else None
    return Name(person.name) if person else _("someone who left")


# --- what a phase leaves behind


async def is_unwritten(tx: Transaction, group_id: int, phase: Phase) -> bool:
    """Whether a group has not written all of what a phase makes.

    A synthesis; for a solution also the idea and its six fields; for territories every square of the grid instead.
    """
    if phase.collects == "territories":
        return not (await grid(tx, group_id)).complete
    written = await store.current_version(tx, group_id, phase.key)
    return is_incomplete(phase.collects, written.content if written else None)


async def what_is_written(tx: Transaction, group_id: int, phase: Phase) -> Sequence[Span]:
    """What a group has of a phase, in a line or two; a line that says so where there is nothing."""
    written = await store.current_version(tx, group_id, phase.key)
    content = written.content if written else {}
    lines: list[Span] = []
    match phase.collects:
        case "challenge" if content:
            lines = [_("Challenge: {challenge}", challenge=Name(content.get("sentence", "")))]
        case "solution" if content:
            said = sum(1 for name in CANVAS if content.get(name))
            lines = [
                _("Solution: {idea}", idea=Name(content["idea"]))
                if content.get("idea")
                else _("Solution: no idea chosen"),
                _("Canvas: {done} of {all} fields", done=said, all=len(CANVAS)),
            ]
        case "territories":
            lines = [*([_text(content)] if content else []), filled_squares(await grid(tx, group_id))]
        case _ if content:
            lines = [_text(content)]
    rivals = await store.rival_versions(tx, group_id, phase.key)
    if rivals:
        lines.append(_n("{count} version to choose from", "{count} versions to choose from", len(rivals) + 1))
    return lines or [_("Nothing is written down yet.")]


async def starting_point(tx: Transaction, group_id: int, phase: Phase) -> Span | None:
    """The text that a phase starts from: the group's challenge in a solution phase, its solution in a territory phase.

    None in other phases, and for a group that has not written it.
    """
    earlier_phases = [other for other in await all_phases(tx) if other.position < phase.position]
    for earlier in reversed(earlier_phases):
        if (phase.collects, earlier.collects) not in (("solution", "challenge"), ("territories", "solution")):
            continue
        written = await store.current_version(tx, group_id, earlier.key)
        words = written.content.get("sentence" if earlier.collects == "challenge" else "idea") if written else None
        if words:
            shown = Name(textwrap.shorten(words, _SHOWN, placeholder="…"))
            return (
                _("Challenge: {challenge}", challenge=shown)
                if earlier.collects == "challenge"
                else _("Solution: {idea}", idea=shown)
            )
    return None


async def grid(tx: Transaction, group_id: int) -> TerritoryGrid:
    """The grid of a group: the territories of its members, those of its cards, and what is said of each."""
    return lay_out(await store.territories_of_group(tx, group_id), await store.cards_of_group(tx, group_id))


def _text(content: Content) -> Text:
    return _(
        "Synthesis: {synthesis}", synthesis=Name(textwrap.shorten(content.get("text", ""), _SHOWN, placeholder="…"))
    )
