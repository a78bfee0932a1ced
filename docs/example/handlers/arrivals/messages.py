"""What is read of an arrival."""

from __future__ import annotations

from bot.content.texts import Moment, Name, Strong, Text, _
from handlers.arrivals.model import Arrival


def own_line(arrival: Arrival) -> Text:
    """What a participant reads of their own arrival."""
    return _("You arrive {time}: {place}", time=Strong(Moment(arrival.at)), place=Name(arrival.place))


def organiser_line(arrival: Arrival) -> Text:
    """What organisers read of someone's arrival."""
    return _(
        "{time}: {name}, {place}",
        time=Strong(Moment(arrival.at)),
        name=Name(arrival.name),
        place=Name(arrival.place),
    )
