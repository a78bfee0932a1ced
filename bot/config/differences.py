"""Computes the lines of `rencontres config diff`: a value in the database, and the one in config.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


_Stored = TypeVar("_Stored", bound=_Keyed)
_Configured = TypeVar("_Configured", bound=_Keyed)


def list_differences(
    kind: str,
    stored: Sequence[_Stored],
    configured: Sequence[_Configured],
    compare: Callable[[_Stored, _Configured], Iterable[str]],
) -> Iterator[str]:
    """Yield a line for each difference between a list in the database and the same list in the configuration file.

    There is a difference if only one of the lists has an entry, or if the order differs. Two entries with the same key
    are compared by `compare`, which yields a text for each difference. `kind` is the word for one entry, like
    «session».
    """
    in_store = {thing.key: thing for thing in stored}
    for thing in configured:
        if thing.key in in_store:
            yield from (f"{kind} {thing.key}, {line}" for line in compare(in_store[thing.key], thing))
        else:
            yield f"{kind} {thing.key}: only in the file"
    in_file = [thing.key for thing in configured]
    yield from (f"{kind} {key}: only in the database" for key in in_store if key not in in_file)
    common = [key for key in in_file if key in in_store]
    if common != (now := [key for key in in_store if key in in_file]):
        yield f"order of {kind}s: {', '.join(now)} -> {', '.join(common)}"


def word_differences(what: str, stored: Mapping[str, str], configured: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each language in which a text in the database differs from the configuration file.

    `what` says which text it is, like «name». `stored` and `configured` have the text by locale; a missing locale
    counts as ''.
    """
    for locale in sorted({*stored, *configured}):
        before, after = _quoted(stored.get(locale)), _quoted(configured.get(locale))
        if before != after:
            yield f"{what} in {locale}: {before} -> {after}"


def _quoted(words: str | None) -> str:
    return f"«{words}»" if words else "none"


def local_time(instant: datetime | None, zone: str) -> str:
    """Return an instant as text in a time zone, followed by the zone's name; «none» if the instant is None."""
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}" if instant else "none"
