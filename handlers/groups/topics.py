"""Answers to people's typed questions about their group: who is in it, and where it meets."""

from __future__ import annotations

from bot.content.texts import Listing, Strong, _
from bot.content.views import Reply, reply
from bot.conversation.routes import Go, Request
from bot.conversation.topics import Topic
from bot.people.naming import called
from handlers.groups.messages.cards import MY_GROUP, room_line, title
from handlers.groups.model import Group
from handlers.groups.participant import my_group
from handlers.groups.service.membership import group_of_the_day
from handlers.groups.store.members import members_of
from handlers.themes.model import Theme
from handlers.themes.store import find_theme


async def tell_group(request: Request, _text: str) -> Reply:
    """Show the person's group and its members, whatever the question (`_text`) says exactly."""
    group, theme = await _present_group(request)
    if group is None or theme is None:
        return await _without_group(request)
    person = request.participant
    others = tuple(called(each, "given") for each in await members_of(request.tx, group) if each.id != person.id)
    if not others:
        return reply(_("You are in {group}.", group=Strong(title(group, theme))), buttons=(MY_GROUP,))
    name, people = Strong(title(group, theme)), Listing(others)
    return reply(_("You are in {group}, with {people}.", group=name, people=people), buttons=(MY_GROUP,))


async def tell_room(request: Request, _text: str) -> Reply:
    """Show the room in which the person's group meets, whatever the question (`_text`) says exactly."""
    group, theme = await _present_group(request)
    if group is None or theme is None:
        return await _without_group(request)
    where = room_line(group.room) if group.room else _("The room is not known yet.")
    return reply(Strong(title(group, theme)), where, buttons=(MY_GROUP,))


async def _present_group(request: Request) -> tuple[Group | None, Theme | None]:
    person = request.participant
    group = await group_of_the_day(request.tx, person.id, request.today) if person.takes_part else None
    return group, await find_theme(request.tx, group.theme) if group else None


async def _without_group(request: Request) -> Reply:
    """Show why the person has no group; people who lead groups are led to these."""
    person = request.participant
    if not person.attends and (person.organises or person.facilitates):
        return reply(then=Go("groupes" if person.organises else "animer"))
    return await my_group(request)


GROUP = Topic(
    "group",
    # L10N: long
    _(
        "group, my group, which group, what group, who is in my group, who group, team, my team, which team, what"
        " team, who is in, who am I with, who with, with who/whom, who else, teammates, team mates, group mates,"
        " members, group members, people group/team/table, my people, names group/team, their names, how many"
        " group/team, group number, team number, my table, which table, facilitator name, who is our facilitator, who"
        " facilitator, find group/team, same group, who are, in my group, with me"
    ),
    MY_GROUP.label,
    tell_group,
)

ROOM = Topic(
    "room",
    # L10N: long
    _(
        "my room, what room, what room supposed, room for this afternoon, the room, which room, room number, room for"
        " workshop/group/session/phase, our room, where is my room, where room, find room, floor, which floor, where"
        " is my group, where group/team, where are the others, where is everyone, where are you, where are we, which"
        " building, building, where plenary, auditorium, what hall, which hall, room workshop, room again, room phase,"
        " am i in the right room, right room, classroom, workshop room"
    ),
    _("Our room"),
    tell_room,
)
