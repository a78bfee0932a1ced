"""What is read of an arrival."""

from __future__ import annotations

from bot.content.names import display_name
from bot.content.texts import Moment, Name, Person, Strong, Text, _
from handlers.arrivals.model import Arrival


def own_line(arrival: Arrival) -> Text:
    """What a participant reads of their own arrival."""
    return _("Your arrival: {time}, {place}", time=Strong(Moment(arrival.at)), place=Name(arrival.place))


def organiser_line(arrival: Arrival) -> Text:
    """What organisers read of someone's arrival: who it is stands in a stored message by reference only."""
    return _(
        "{time}: {name}, {place}",
        time=Strong(Moment(arrival.at)),
        name=Person(arrival.participant_id, "short", display_name(arrival.given_name, arrival.family_name)),
        place=Name(arrival.place),
    )
