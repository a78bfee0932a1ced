"""The participant's screens about their group: its card, a picture of it, and why it is composed as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bot.content.errors import Stale, UserError, existing
from bot.content.stored_texts import decode, encode, people_in
from bot.content.texts import Joined, Listing, Reader, Span, Strong, Territory, Text, _, plain
from bot.content.views import Button, JobRequest, Picture, Reply, View, reply, reply_with_job
from bot.conversation.routes import Go, Request, Routes, Transaction
from bot.people.declared import Declared
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.groups.jobs import draw_card
from handlers.groups.messages import cards
from handlers.groups.messages.cards import MY_GROUP, DrawGroup, ExplainGroup, card_lines, day
from handlers.groups.model import Group, Round
from handlers.groups.service import membership
from handlers.groups.service.membership import group_of_the_day, round_of_the_day
from handlers.groups.store import rounds
from handlers.groups.store.members import group_of, members_of
from handlers.navigation.actions import ASK, HOME
from handlers.navigation.assembling import assemble
from handlers.navigation.layout import if_over
from handlers.themes.model import Theme
from handlers.themes.store import find_theme

routes = Routes()

_MOST_NAMED = 8
"""The most other members of a group whom one line names."""


@routes.command(
    "groupe",
    _("Your group"),
    names={"en": "group", "de": "gruppe"},
    # L10N: long
    plain_words=_(
        "group, my group, which group, which group am I in, who is in my group, where is my group, my team mates"
    ),
    listed=30,
)
async def my_group(request: Request) -> Reply:
    """Show the participant's group of today; without one, their group of the next published day, or else of the last.

    Buttons open a picture, an explanation, and the groups of other days.
    """
    if request.participant.status == "withdrawn":
        return reply(
            _("You told us that you are not coming, so you have no group."),
            buttons=(Button(_("I am coming after all"), Go("revenir")), HOME),
        )
    round_ = await round_of_the_day(request.tx, request.today)
    if round_ is None:
        return reply(_("The groups are not known yet. You will find yours here."), buttons=(HOME,))
    return await show_group(request, round_.number)


@routes.press("gq")
async def show_group(request: Request, round_id: int) -> Reply:
    """Show the participant's group in the chosen round (day), with buttons to its picture and an explanation."""
    round_ = await _published(request, round_id)
    others = tuple(
        Button(day(other), show_group.to(other.number))
        for other in await rounds.all_rounds(request.tx)
        if other.published and other.number != round_.number
    )
    person, over = request.participant, request.gathering_is_over
    view = await membership.card_of(request.tx, person.id, round_, request.now, over=over)
    if view is None:
        return reply(
            _none_on(round_),
            buttons=(*others, ASK, HOME),
        )
    added = await assemble(request, request.shared.group)
    title, *rest = view.lines
    lines = (*if_over(request), title, *added.lines, *rest)
    buttons = (*added.buttons, *view.buttons, *others, HOME)
    return Reply(View(lines, buttons, lasting=True, again=show_group.to(round_.number)))


async def name_group(request: Request) -> View:
    """Return the home screen's line about the participant's present group: its title, room and other members.

    The view is empty if the participant has no group.
    """
    group = await _of_the_day(request)
    if group is None:
        return View(())
    name: Span = Strong(cards.short_title(group, await _theme(request, group)))
    if group.room and not request.gathering_is_over:
        name = Joined((name, " · ", cards.room_name(group.room)))
    members = await members_of(request.tx, group)
    given = Counter(member.given_name for member in members)
    others = tuple(
        called(member, "given" if given[member.given_name] == 1 else "short")
        for member in members
        if member.id != request.participant.id
    )
    if not 0 < len(others) <= _MOST_NAMED:
        return View((_("Group: {group}", group=name),))
    return View((_("Group: {group}, with {people}", group=name, people=Listing(others)),))


async def offer_group(request: Request) -> View:
    """Return the home screen's button to the participant's group; an empty View if the participant has no group."""
    return View((), (MY_GROUP,) if await has_group(request) else ())


async def has_group(request: Request) -> bool:
    """Return whether the participant has a group today, on the next day with groups, or on the last.

    The menu offers the group only then.
    """
    return await _of_the_day(request) is not None


async def _of_the_day(request: Request) -> Group | None:
    person = request.participant
    return await group_of_the_day(request.tx, person.id, request.today) if person.takes_part else None


def _none_on(round_: Round) -> Text:
    return _("You have no group for {date}. A question about it? Ask the team.", date=day(round_))


@routes.press(ExplainGroup)
async def explain(request: Request, round_id: int) -> Reply:
    """Show why the participant is in their group, in two sentences, with a way back to the group's card."""
    group = await _mine(request, await _published(request, round_id))
    theme = await _theme(request, group)
    mixed, minded = await cards.explain(request.tx, group, theme, request.settings.gathering.starts.year)
    return reply(mixed, minded, buttons=(_back(round_id), HOME), fresh=True)


@routes.press(DrawGroup)
async def draw(request: Request, round_id: int) -> Reply:
    """Request a picture of the card of the participant's group, which a job draws because drawing takes long."""
    round_ = await _published(request, round_id)
    await _mine(request, round_)
    payload = {
        "person": request.participant.id,
        "round": round_.number,
        "reader": [request.reader.locale, request.reader.zone],
        **request.settings.gathering.look(request.locale),
    }
    return reply_with_job(
        _("I am drawing your group. The picture will be here in a moment."),
        buttons=(_back(round_.number),),
        job=JobRequest("group", payload),
    )


async def read_card(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Complete the payload of a job with the words of the person's card, read when the job starts.

    Raises UserError if the person has no group any more. Only other jobs use `_declared`.
    """
    if "person" not in payload:  # asked for by a version that stored the words
        return payload
    round_ = await rounds.find_round(tx, payload["round"])
    group = await group_of(tx, payload["person"], payload["round"])
    theme = await find_theme(tx, group.theme) if group else None
    assert round_ is not None  # days with published groups are never removed
    if group is None or theme is None:
        raise UserError(_none_on(round_), buttons=(ASK, HOME))
    members, reader = await members_of(tx, group), Reader(*payload["reader"])
    lines = card_lines(group, theme, round_, members)
    heading, when, where = (plain(line, reader) for line in lines[:3])
    return {
        **payload,
        "title": heading,
        "where": where if group.room else "",
        "when": when,
        "members": [[member.name, plain(Territory(member.territory), reader)] for member in members],
        "alt": encode(Joined(tuple(span for line in lines for span in ("\n", line))[1:])),
    }


@routes.job("group", work=draw_card, read=read_card)
async def group_is_drawn(_tx: Transaction, _person: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the picture that a job drew; its alternative text holds the words of the card.

    Only other jobs use `_tx` and `_person`.
    """
    words = decode(result["alt"])
    picture = Picture(result["content"], words, _("group.png"), people_in(words))
    return View((_("Your group as a picture."),), (_back(result["round"]), HOME), attachments=(picture,))


async def _published(request: Request, number: int) -> Round:
    """Return the round with this number. Raises Stale if it is not published."""
    round_ = await rounds.find_round(request.tx, number)
    if round_ is None or not round_.published:
        raise Stale
    return round_


async def _mine(request: Request, round_: Round) -> Group:
    """Return the participant's group in a round. Raises Stale if they have none."""
    return existing(await group_of(request.tx, request.participant.id, round_.number))


async def _theme(request: Request, group: Group) -> Theme:
    """Return the theme of a group. Raises Stale if it was removed."""
    return existing(await find_theme(request.tx, group.theme))


def _back(number: int) -> Button:
    return Button(_("My group"), show_group.to(number))
