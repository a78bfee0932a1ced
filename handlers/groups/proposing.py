"""A proposal of groups, put into words: a card for all of it, and a page a theme with every group.

The card keeps to a few lines a theme however many people there are; the groups themselves are on the themes' pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from bot.content.texts import Listing, Span, Strong, Text, _, _n
from bot.content.views import Button, Picture, View
from bot.conversation.routes import Transaction
from handlers.groups import store
from handlers.groups.actions import (
    BACK_TO_GROUPS,
    GROUPS,
    ChangeCount,
    DrawProposal,
    KeepProposal,
    Mend,
    Redo,
    ShowProposal,
    ShowProposed,
    StopWaiting,
)
from handlers.groups.messages import introduce
from handlers.groups.pictures import MOST_GROUPS
from handlers.groups.proposal_store import Stored
from handlers.groups.proposal_words import Known, heading, known, remedy_label, remedy_lines, theme_lines
from handlers.groups.proposals import Formed, Proposal, Proposed
from handlers.groups.solver.model import Person
from handlers.groups.solver_messages import facts

_MOST_TORN = 6
FORMING_SECONDS = 900.0
"""What forming or repairing groups may take: half a minute for each theme and day, where there are rules."""
FEWER_RULES = _("Try with fewer rules, or fewer days at a time.")
MOST_MENDS = 8
_MOST_PAGES = 12
_MOST_IN_FULL = 9  # themes times rounds that the card tells more of than what is wanting
_GROUPS_A_PAGE = 8


async def card(tx: Transaction, stored: Stored, picture: bytes | None = None) -> View:
    """All of a proposal, and what can be done with it."""
    proposal = stored.proposal
    about = await known(tx, proposal)
    lines: list[Span] = [
        _("This is kept already.") if stored.kept else _("A proposal: nothing changes until you keep it.")
    ]
    for proposed in proposal.themes:
        lines += theme_lines(proposed, about, brief=len(proposal.themes) * len(proposal.rounds) > _MOST_IN_FULL)
    if not stored.kept:
        for remedy in proposal.remedies[:MOST_MENDS]:
            lines += remedy_lines(remedy, proposal, about)
    if any(each.rounds for each in proposal.themes) and any(
        each.failed and each.failed.why != "waits" for each in proposal.themes
    ):
        lines.append(_("Themes without new groups stay as they are."))
    if sum(each.count for each in proposal.themes) > MOST_GROUPS:
        lines.append(_("Too many groups for one picture: each theme shows its own."))
    for first, second in proposal.torn[:_MOST_TORN]:
        lines.append(
            _(
                "{first} and {second} have different themes, so they are not together.",
                first=about.person(first),
                second=about.person(second),
            )
        )
    pages = tuple(
        Button(
            _("{theme}: groups and number", theme=about.theme(each.theme)),
            ShowProposed(stored.id, each.theme, 0, 0),
        )
        for each in proposal.themes
        if each.count and each.people
    )
    return View(
        tuple(lines),
        (*_decisions(stored), *mends(stored, about), *pages[:_MOST_PAGES], *BACK_TO_GROUPS),
        attachments=(Picture(picture, _("The groups proposed, with their members"), _("groups.png")),)
        if picture and _all_here(proposal, about)
        else (),
    )


def _all_here(proposal: Proposal, about: Known) -> bool:
    """Whether nobody left while the groups were computed: the picture would name them."""
    everyone = (each for theme in proposal.themes for formed in theme.rounds for each in formed.groups.values())
    return all(person in about.people for members in everyone for person in members)


def _decisions(stored: Stored) -> Iterable[Button]:
    if stored.kept:
        return
    proposal = stored.proposal
    if any(each.rounds or (each.failed and each.failed.why == "waits") for each in proposal.themes):
        yield Button(_("Keep"), KeepProposal(stored.id), style="primary")
    yield Button(_("Redo"), Redo(stored.id))
    if any(each.rounds for each in proposal.themes):
        yield Button(_("As a picture"), DrawProposal(stored.id))


def mends(stored: Stored, about: Known) -> tuple[Button, ...]:
    """One tap each: what lets a theme be split, and back from what was asked for; the first few of them."""
    return () if stored.kept else tuple(islice(_mends(stored, about), MOST_MENDS))


def _mends(stored: Stored, about: Known) -> Iterable[Button]:
    for at, remedy in enumerate(stored.proposal.remedies):
        yield Button(remedy_label(remedy, about), Mend(stored.id, at))
    for proposed in stored.proposal.themes:
        theme = about.theme(proposed.theme)
        if proposed.failed and proposed.failed.why == "waits":
            yield Button(_("{theme}: form groups after all", theme=theme), StopWaiting(stored.id, proposed.theme))
        elif proposed.theme in stored.proposal.wishes.waivers:
            yield Button(_("{theme}: usual sizes again", theme=theme), StopWaiting(stored.id, proposed.theme))
        if proposed.failed and proposed.failed.count is not None:
            yield Button(_("{theme}: as many as suits", theme=theme), ChangeCount(stored.id, proposed.theme, 0))


async def theme_page(tx: Transaction, stored: Stored, theme: str, at: int, page: int) -> View | None:
    """One theme's groups in one round, a page of them, and what another number of groups would cost."""
    proposed = stored.proposal.of(theme)
    if proposed is None or at >= len(proposed.rounds):
        return None
    about = await known(tx, stored.proposal)
    formed = proposed.rounds[at]
    numbers = sorted(formed.groups)
    shown = numbers[page * _GROUPS_A_PAGE : (page + 1) * _GROUPS_A_PAGE]
    lines: list[Span] = [
        Strong(heading(proposed, formed, about.theme(theme))),
        *(_group(number, formed, about) for number in shown),
        *_trade(proposed),
    ]
    if len(proposed.rounds) > 1:
        lines.insert(0, _("Day {number}", number=formed.round))
    buttons: list[Button] = []
    if page:
        buttons.append(Button(_("◀ Previous"), ShowProposed(stored.id, theme, at, page - 1)))
    if (page + 1) * _GROUPS_A_PAGE < len(numbers):
        buttons.append(Button(_("Next ▶"), ShowProposed(stored.id, theme, at, page + 1)))
    buttons += [
        Button(_("Day {number}", number=other.round), ShowProposed(stored.id, theme, place, 0))
        for place, other in enumerate(proposed.rounds)
        if place != at
    ]
    if not stored.kept and stored.proposal.wishes.kind == "form":
        buttons += [
            Button(_n("{count} group instead", "{count} groups instead", count), ChangeCount(stored.id, theme, count))
            for count in sorted(proposed.trade)
            if count != proposed.count
        ]
    return View(tuple(lines), (*buttons, Button(_("The proposal"), ShowProposal(stored.id)), GROUPS))


def _group(number: int, formed: Formed, about: Known) -> Span:
    members = store.by_name(about.people[each] for each in formed.groups[number] if each in about.people)
    counted = facts(Person(str(each.id), each.territory, each.gender) for each in members)
    return _(
        "{group}: {facts}. {names}",
        group=Strong(_group_title(number)),
        facts=Listing(counted),
        names=Listing(tuple(introduce(each) for each in members)),
    )


def _group_title(number: int) -> Text:
    return _("Group {number}", number=number)


def _trade(proposed: Proposed) -> Sequence[Span]:
    """What each number of groups gives: «33 people in 5 groups: 4.8 nationalities each»."""
    if list(proposed.trade) == [proposed.count]:
        limits = proposed.limits
        return [
            _n(
                "Only {count} group fits sizes {smallest} to {largest}.",
                "Only {count} groups fit sizes {smallest} to {largest}.",
                proposed.count,
                smallest=limits.smallest,
                largest=limits.largest,
            )
        ]
    return [
        _n(
            "{people} people in {count} group: {nationalities} nationalities each at best",
            "{people} people in {count} groups: {nationalities} nationalities each at best",
            count,
            people=proposed.people,
            nationalities=_tenths(tenths),
        )
        for count, tenths in sorted(proposed.trade.items())
    ]


def _tenths(tenths: int) -> Span:
    if tenths % 10 == 0:
        return tenths // 10
    return _("{whole}.{tenths}", whole=tenths // 10, tenths=tenths % 10)
