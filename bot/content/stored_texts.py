"""Converts spans (pieces of text, translated when they are read) to JSON values and back, to be stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.clock import from_micros, to_micros
from bot.content.texts import (
    Countdown,
    Joined,
    Link,
    Listing,
    Localised,
    Moment,
    Name,
    Nearing,
    Person,
    Quote,
    Span,
    Strong,
    Styled,
    Territory,
    Text,
)


def encode(span: Span) -> Any:
    """Return a span (a piece of text that is translated when it is read) as JSON values, to be stored."""
    match span:
        case str() | int():
            return span
        case Text(message, plural, count, values):
            return ["text", message, plural, count, {name: encode(value) for name, value in values.items()}]
        case Strong(inner):
            return ["strong", encode(inner)]
        case Styled(inner, style):
            return ["styled", encode(inner), style]
        case Joined(spans):
            return ["joined", [encode(inner) for inner in spans]]
        case Name(text):
            return ["name", text]
        case Person(person_id, form):
            return ["person", person_id, form]
        case Quote(kind, key, most=most):
            return ["quote", kind, key, most]
        case Moment(instant, style):
            return ["moment", to_micros(instant), style]
        case Countdown(until):
            return ["countdown", to_micros(until)]
        case Nearing(begins, ends):
            return ["nearing", to_micros(begins), to_micros(ends)]
        case Link(label, url):
            return ["link", encode(label), url]
        case Localised(words):
            return ["localised", dict(words)]
        case Territory(code):
            return ["territory", code]
        case Listing(items):
            return ["listing", [encode(item) for item in items]]


def people_in(span: Span) -> frozenset[int]:
    """Return the ids of the participants whom a span (a piece of text) names by reference, as `Person`."""
    return frozenset(_people(encode(span)))


def _people(data: Any) -> Iterator[int]:
    match data:
        case ["person", int(person_id), *_rest]:
            yield person_id
        case list():
            for part in data:
                yield from _people(part)
        case dict():
            for part in data.values():
                yield from _people(part)


def decode(data: Any) -> Span:
    """Return the span (a piece of text that is translated when it is read) for its stored JSON values.

    Raises ValueError for values that are no span.
    """
    match data:
        case str() | int():
            return data
        case ["text", message, plural, count, values]:
            return Text(message, plural, count, {name: decode(value) for name, value in values.items()})
        case ["strong", inner]:
            return Strong(decode(inner))
        case ["styled", inner, style]:
            return Styled(decode(inner), style)
        case ["joined", spans]:
            return Joined(tuple(decode(inner) for inner in spans))
        case ["name", text]:
            return Name(text)
        case ["person", person_id, form, *name]:
            return Person(person_id, form, *name)
        case ["quote", kind, key, most]:
            return Quote(kind, key, most=most)
        case ["quote", kind, key, most, words]:
            return Quote(kind, key, words, most)
        case ["moment", micros, style]:
            return Moment(from_micros(micros), style)
        case ["countdown", micros]:
            return Countdown(from_micros(micros))
        case ["nearing", begins, ends]:
            return Nearing(from_micros(begins), from_micros(ends))
        case ["link", label, url]:
            return Link(decode(label), url)
        case ["localised", words]:
            return Localised(words)
        case ["territory", code]:
            return Territory(code)
        case ["listing", items]:
            return Listing(tuple(decode(item) for item in items))
    raise ValueError(f"not a stored span: {data!r}")
