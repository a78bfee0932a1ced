"""Returns the names of platforms, accounts and people for readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

from bot.content.features import features_of
from bot.content.names import display_name, full_name
from bot.content.texts import Name, NameForm, Person, Quote, Span, Text, _, _n
from bot.people.participants import Account


class Known(Protocol):
    """Somebody with an id and a name, such as a participant."""

    @property
    def id(self) -> int: ...  # noqa: D102

    @property
    def given_name(self) -> str: ...  # noqa: D102

    @property
    def family_name(self) -> str: ...  # noqa: D102


def name_forms(given: str, family: str) -> Mapping[NameForm, str]:
    """Return a person's name by form: first name, short name, full name."""
    return {"given": given or family, "short": display_name(given, family), "full": full_name(given, family)}


def called(person: Known, form: Literal["given", "short", "full"] = "short") -> Person:
    """Return the name of a person for a message.

    `form` is the first name («given»), the first name with an initial («short»), or the whole name («full»). The
    message stores only the person's id; the name is read whenever the message is shown.
    """
    return Person(person.id, form, name_forms(person.given_name, person.family_name)[form])


class Listed(Known, Protocol):
    """A person on the team's list, in which `ref` is the person's number."""

    @property
    def ref(self) -> str: ...  # noqa: D102


def called_with_ref(person: Listed) -> Text:
    """Return a person's whole name and number for a message, because two people may have the same name.

    The message stores only the person's id; name and number are read whenever the message is shown.
    """
    return _("{name} ({ref})", name=called(person, "full"), ref=Person(person.id, "ref", person.ref))


def platform_name(platform: str) -> Span:
    """Return the name by which people know a platform."""
    return features_of(platform).title


def on_platform(platform: str, count: int) -> Text:
    """Return how many participants use a platform, in words: «3 on Telegram», «73 on their page»."""
    if in_words := features_of(platform).count:
        return in_words(count)
    return _n("{count} on {platform}", "{count} on {platform}", count, platform=platform_name(platform))


def account_label(account: Account, *, to_others: bool = False) -> Span:
    """Return an account's platform, and the name that its owner has there, if any: «Discord · zoe».

    `to_others` says that somebody else reads the label. The message then stores the account's id instead of the name,
    so that the name can be erased.
    """
    platform = platform_name(account.platform)
    if not account.name:
        return platform
    name = Quote("account", str(account.id), account.name) if to_others else Name(account.name)
    return _("{platform} · {name}", platform=platform, name=name)
