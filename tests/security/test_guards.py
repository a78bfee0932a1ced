"""Every route is for those whose screens it stands among, and for nobody less; the few that are not are listed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.content.roles import Who
from bot.conversation.routes import Route
from handlers.questionnaires.model import HEALTH
from tests.world import CAPABLE

OTHERWISE = {
    # what a stranger needs to come in, and to know where they are
    "/start": Who.ANYONE,
    "/moi": Who.ANYONE,
    "/aide": Who.ANYONE,
    "/annuler": Who.ANYONE,
    "/confidentialite": Who.ANYONE,
    "words of home": Who.ANYONE,  # «thanks»
    # an invitation, its code, registration where that is open
    "/code": Who.ANYONE,
    "/inscription": Who.ANYONE,
    "j": Who.ANYONE,
    "je": Who.ANYONE,
    "jr": Who.ANYONE,
    # one more account of somebody's
    "/lier": Who.ANYONE,
    "ke": Who.ANYONE,
    "jn": Who.ANYONE,
    "kc": Who.ANYONE,
    # the first organisers, by their link or code
    "/organiser": Who.ANYONE,
    "o": Who.ANYONE,
    "oo": Who.ANYONE,
    # what the team does on screens of participants: calls, walls, reports, results, answers, changes
    "wkt": Who.FACILITATOR,
    "wkc": Who.FACILITATOR,
    "wkb": Who.FACILITATOR,
    "wz": Who.FACILITATOR,
    "wol": Who.ORGANISER,
    "/urgence": Who.ANYONE,
    "qa": Who.ORGANISER,
    "qt": Who.ORGANISER,
    "oc": Who.ORGANISER,
    "ocd": Who.ORGANISER,
    "ocs": Who.ORGANISER,
    "un": Who.FACILITATOR,
    "pnvg": Who.FACILITATOR,
    # facilitators take attendance in the groups that they run
    **dict.fromkeys(("gi", "gih", "gij", "gin"), Who.FACILITATOR),
    # who gives a role need not organise: each of these screens asks the role who gives it
    "og": Who.PARTICIPANT,
    "ogc": Who.PARTICIPANT,
    "ogf": Who.PARTICIPANT,
    "ogn": Who.PARTICIPANT,
    "ogp": Who.PARTICIPANT,
    "ogr": Who.PARTICIPANT,
    "ogs": Who.PARTICIPANT,
    "ogv": Who.PARTICIPANT,
    "ogw": Who.PARTICIPANT,
    "/pointage": Who.FACILITATOR,
    # Those who look after health need not be organisers.
    **dict.fromkeys(("fh", "fha", "fhc", "fht"), HEALTH),
}
"""Whom a command, or what has a code in buttons, is for, where that is not the role its module is named by."""


def routes() -> Iterator[tuple[str, Route]]:
    """Every route that capabilities declare: its command or code; for plain words the command they mean, if any."""
    for capability in CAPABLE:
        for declared in (*capability.routes, *capability.facilitator_routes, *capability.organiser_routes):
            yield from ((f"/{command.name}", command.route) for command in declared.commands)
            yield from ((action.code, route) for action, route in declared.actions.items())
            for said in declared.plain_words:
                yield said.payload.replace("go-", "/") or f"words of {capability_of(said.route)}", said.route


def capability_of(route: Route) -> str:
    """The folder of handlers/ that a route is declared in."""
    return route.handler.__module__.split(".")[1]


def role(route: Route) -> Who:
    """Whom the module of a route has its screens for: participants where it does not say."""
    module = route.handler.__module__.split(".")[2]
    return {"organiser": Who.ORGANISER, "facilitator": Who.FACILITATOR}.get(module, Who.PARTICIPANT)


@pytest.mark.parametrize("who", [Who.PARTICIPANT, Who.FACILITATOR, Who.ORGANISER])
def test_the_screens_of_a_role_are_for_nobody_else(who: Who) -> None:
    own = {(way, route.who) for way, route in routes() if role(route) == who}
    assert own == {(way, OTHERWISE.get(way, who)) for way, _ in own}
    assert len(own) > 20


def test_what_is_for_others_is_there() -> None:
    assert OTHERWISE.keys() <= {way for way, _ in routes()}
