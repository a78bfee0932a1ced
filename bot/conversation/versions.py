"""What a button remembers of the version that its reader was shown, so that nobody overwrites what they have not seen.

    async def _words_now(request: Request, key: str) -> StoredVersion:
        session = await find_session(request, key)
        return StoredVersion((session.title,), f"session:{key}", {"title": session.title})

    @routes.form("ohw", WordsForm, unless_changed=_words_now)
    async def edit_words(request: Request, form: WordsForm, key: str) -> Reply: ...

    Button(_("Words"), edit_words.seeing(session.title).to(session.key))

The button carries a fingerprint of what is given to `seeing`, which are the same values. Where the present version has
another one, `bot.conversation.conflicts` answers in place of the handler.
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
class StoredVersion:
    """The values that a button changes, as they are stored now, and what someone who was shown other values reads.

    The fingerprint of the `values` counts. `subject` is the journal's key of what was changed, whose last author is
    named, unless `said` has a sentence that says better what was not done.

    `stored` and `written` are the present version and the person's own in words; without them they are the answers to a
    form: `filled`, by field name, with which it opens, and what was typed. `buttons` lead on. `instead` answers in
    place of all that.

    A form is offered again, beside the screen that `then` opens. Of a form, all may be `about` a participant, whose id
    that is: the reply goes with them when they are erased. Its `instead` gets the form that was filled in.

    A press that has two versions in words can be repeated all the same; any other goes on in the screen that `then`
    opens. It may store what waits in the form which the action `form` opens.
    """

    carried: ClassVar[type] = str
    """The type of the fingerprint in the button."""

    values: tuple[Any, ...]
    subject: str = ""
    filled: Mapping[str, str] | None = None
    stored: Span | None = None
    written: Span | None = None
    form: Action | None = None
    then: Action | None = None
    buttons: tuple[Button, ...] = ()
    said: Span | None = None
    about: int | None = None
    instead: Callable[..., Awaitable[Reply]] | None = None

    @property
    def seen(self) -> Any:
        """Return what the buttons of a reader who is shown this version carry."""
        return fingerprint(*self.values)


class Revision(StoredVersion):
    """A version that has a number of its own, its only value, which the button carries in place of a fingerprint."""

    carried: ClassVar[type] = int

    @property
    def seen(self) -> int:
        """Return the number of the version."""
        [number] = self.values
        return int(number)


def kind_of_version(unless_changed: Callable[..., Any]) -> type[StoredVersion]:
    """Return whether a function with which a route tells the present version returns a StoredVersion or a Revision."""
    returned = get_type_hints(unless_changed)["return"]
    return Revision if Revision in (returned, *get_args(returned)) else StoredVersion
