"""Every route is for those whose screens it stands among, and for nobody less; the few that are not are listed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.content.roles import Who
from bot.conversation.routes import Route
from tests.world import CAPABLE

OTHERWISE = {
    "account.participant.linking.claim": Who.ANYONE,
    "account.participant.linking.enter_code": Who.ANYONE,
    "account.participant.linking.link": Who.ANYONE,
    "home.organiser.organise": Who.ANYONE,  # where the first organiser types the code, too
    "home.participant.answer_thanks": Who.ANYONE,
    "home.participant.cancel": Who.ANYONE,
    "home.participant.show_home": Who.ANYONE,
    "home.participant.show_menu": Who.ANYONE,
    "home.participant.start": Who.ANYONE,
    "ideas.participant.card.leave_as_is": Who.ORGANISER,
    "ideas.participant.wall.show_together": Who.FACILITATOR,
    "navigation.changes.recent_changes": Who.ORGANISER,
    "navigation.changes.undo": Who.FACILITATOR,
    "privacy.participant.show_privacy": Who.ANYONE,
    "registration.participant.joining.enter": Who.ANYONE,
    "registration.participant.joining.enter_code": Who.ANYONE,
    "registration.participant.joining.join": Who.ANYONE,
    "registration.participant.joining.register": Who.ANYONE,
    "registration.participant.joining.register_by_button": Who.ANYONE,
    "registration.participant.organiser_link.become_organiser": Who.ANYONE,
    "registration.participant.organiser_link.enter_code": Who.ANYONE,
    "results.participant.summary.show_charts": Who.ORGANISER,
    "results.participant.summary.take_away": Who.ORGANISER,
    "team.participant.answer": Who.ORGANISER,
    "team.participant.answer_too": Who.ORGANISER,
    "workshops.participant.calling.close_call": Who.FACILITATOR,
    "workshops.participant.calling.give_back_call": Who.FACILITATOR,
    "workshops.participant.calling.take_call": Who.FACILITATOR,
}
"""Whom a route is for that is not for the role its module is named by."""


def routes() -> Iterator[Route]:
    """Every command, button, choice and plain word that capabilities declare."""
    for capability in CAPABLE:
        for declared in (*capability.routes, *capability.facilitator_routes, *capability.organiser_routes):
            yield from (command.route for command in declared.commands)
            yield from declared.actions.values()
            yield from (words.route for words in declared.plain_words)


def name(route: Route) -> str:
    """The capability, module and function of a route."""
    return f"{route.handler.__module__.removeprefix('handlers.')}.{route.handler.__name__}"


def role(route: Route) -> Who:
    """Whom the module of a route has its screens for: participants where it does not say."""
    return {"organiser": Who.ORGANISER, "facilitator": Who.FACILITATOR}.get(name(route).split(".")[1], Who.PARTICIPANT)


@pytest.mark.parametrize("who", [Who.PARTICIPANT, Who.FACILITATOR, Who.ORGANISER])
def test_the_screens_of_a_role_are_for_nobody_else(who: Who) -> None:
    own = {(name(route), route.who) for route in routes() if role(route) == who}
    assert own == {(route, OTHERWISE.get(route, who)) for route, _ in own}
    assert len(own) > 20


def test_what_is_for_others_is_there() -> None:
    assert OTHERWISE.keys() <= {name(route) for route in routes()}
