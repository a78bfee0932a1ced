"""What a button remembers of the version that its reader was shown, so that nobody overwrites what they have not seen.

    async def _words_now(request: Request, key: str) -> StoredVersion:
        session = await find_session(request, key)
        return StoredVersion((session.title,), FormAnswers(f"session:{key}", {"title": session.title}))

    @routes.form("ohw", WordsForm, unless_changed=_words_now)
    async def edit_words(request: Request, form: WordsForm, key: str) -> Reply: ...

    Button(_("Words"), edit_words.seeing(session.title).to(session.key))

The button carries a fingerprint of what is given to `seeing`, which are the same values. Where the present version has
another one, `bot.conversation.conflicts` answers in place of the handler. What is read then, the version says:

    LookAgain      that nothing was done; then the present screen, or buttons
    BothInWords    what is stored now and what they wrote, in words
    FormAnswers    the same, as the answers to the form that was filled in; for forms alone
    WaitingForm    the same, of a form whose answers wait to be confirmed by a button
    Instead        what a function of the screen's own returns

Forms are offered again in each case but the last. `subject` is always the journal's key of what was changed: its last
author is named, or nobody where it is ''.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, get_args, get_type_hints

from bot.content.actions import Action
from bot.content.texts import Span
from bot.content.views import Button, Reply

SEEN = "seen"
"""The name of the field in which a button carries what its reader was shown."""


def fingerprint(*values: object) -> str:
    """Return a short digest of values, to notice later whether one of them was changed."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Says that nothing was done, by `said` or by who was faster, and shows the screen or the buttons `ways_on`."""

    ways_on: Action | tuple[Button, ...]
    subject: str = ""
    said: Span | None = None


@dataclass(frozen=True, slots=True)
class BothInWords:
    """Says what is `stored` and what the person has `written`; a press can be repeated by who has read that.

    `written` is None for what a form tells, in which they wrote it. `buttons` lead on.
    """

    subject: str
    stored: Span
    written: Span | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class FormAnswers:
    """Says with which answers the form opens now, by field name, beside those that were typed.

    `stored` says the former in words, where the answers do not. `about` is the id of the participant whom all of it is
    about: the reply goes with them when they are erased.
    """

    subject: str
    filled: Mapping[str, str]
    stored: Span | None = None
    about: int | None = None


@dataclass(frozen=True, slots=True)
class WaitingForm:
    """Says with which answers a form opens now, beside those that wait in it until a button confirms them.

    `form` is the action that opens it. `buttons` lead on.
    """

    subject: str
    filled: Mapping[str, str]
    form: Action
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Instead:
    """Calls a function for the reply: without arguments for a press, with the form that was filled in for a form."""

    answer: Callable[..., Awaitable[Reply]]


Conflict = LookAgain | BothInWords | FormAnswers | WaitingForm | Instead
"""What whoever was shown another version reads in place of what they wanted to do."""


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """The values that a button changes, as they are stored now, and what someone who was shown other values reads.

    The fingerprint of the `values` counts: it must not change as long as they do not, for it stands in people's chats.
    """

    carried: ClassVar[type] = str
    """The type of the fingerprint in the button."""

    values: tuple[Any, ...]
    conflict: Conflict

    @property
    def seen(self) -> Any:
        """Return what the buttons of a reader who is shown this version carry."""
        return self.seen_of(*self.values)

    @staticmethod
    def seen_of(*values: Any) -> Any:
        """Return what the buttons of a reader who is shown these values carry."""
        return fingerprint(*values)


class Revision(StoredVersion):
    """A version that has a number of its own, its only value, which the button carries in place of a fingerprint."""

    carried: ClassVar[type] = int

    @staticmethod
    def seen_of(*values: Any) -> int:
        """Return the number of the version."""
        [number] = values
        return int(number)


def kind_of_version(unless_changed: Callable[..., Any]) -> type[StoredVersion]:
    """Return whether a function with which a route tells the present version returns a StoredVersion or a Revision."""
    returned = get_type_hints(unless_changed)["return"]
    return Revision if Revision in (returned, *get_args(returned)) else StoredVersion
