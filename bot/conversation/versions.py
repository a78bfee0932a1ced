"""Defines the versions that buttons remember of what their readers were shown.

So nobody overwrites a change that they have not seen:

    async def _words_now(request: Request, key: str) -> StoredVersion:
        session = await find_session(request, key)
        return StoredVersion((session.title,), FormAnswers(f"session:{key}", {"title": session.title}))

    @routes.form("ohw", WordsForm, unless_changed=_words_now)
    async def edit_words(request: Request, form: WordsForm, key: str) -> Reply: ...

    Button(_("Words"), edit_words.seeing(session.title).to(session.key))

The button carries a fingerprint of the arguments of `seeing`, which are the values of the version. If the present
version has another fingerprint, `bot.conversation.conflicts` answers in place of the handler. The version says how:

    LookAgain      says that nothing was done; then shows the present screen, or buttons
    BothInWords    shows in words what is stored now and what the person wrote
    FormAnswers    shows both as answers to the form that was filled in; for forms only
    WaitingForm    shows both for a form whose answers wait to be confirmed by a button
    Instead        shows what a function of the screen returns

Except by `Instead`, forms are offered again. `subject` is always the journal's key of what was changed: its last author
is named, or nobody if it is ''.
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
"""The name of the action's field by which a button carries the version that its reader was shown."""


def fingerprint(*values: object) -> str:
    """Return a short digest of values, by which a change of any of them is noticed later."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class LookAgain:
    """The answer to a press after somebody else changed the same thing: it says that nothing was done.

    `ways_on` is the action of the screen to show, or buttons. `subject` is the journal's key of what was changed
    («person:12»). `said` is the sentence about the change; without it, the sentence says who made the change.
    """

    ways_on: Action | tuple[Button, ...]
    subject: str = ""
    said: Span | None = None


@dataclass(frozen=True, slots=True)
class BothInWords:
    """The answer to a press after somebody else changed the same thing: it shows the stored words and the person's own.

    The person may then press again. `subject` is the journal's key of what was changed («person:12»). `stored` are the
    stored words. `written` are the words that the person wrote; None if they wrote them in a form, whose answers are
    then shown. `buttons` are further buttons.
    """

    subject: str
    stored: Span
    written: Span | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class FormAnswers:
    """The answer to a form after somebody else changed the same thing: it shows the stored and the typed answers.

    `subject` is the journal's key of what was changed («person:12»). `filled` has the stored answers by field name; if
    the form cannot show them, `stored` has the same in words. `about` is the id of the participant whom all of this is
    about: when they are erased, the reply is erased too.
    """

    subject: str
    filled: Mapping[str, str]
    stored: Span | None = None
    about: int | None = None


@dataclass(frozen=True, slots=True)
class WaitingForm:
    """The answer to a press that would store typed answers after somebody else changed the same thing.

    It shows the stored answers and the typed ones, which the person gave in a form before. `subject` is the journal's
    key of what was changed («person:12»). `filled` has the stored answers by field name. `form` is the action that
    opens the form. `buttons` are further buttons.
    """

    subject: str
    filled: Mapping[str, str]
    form: Action
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Instead:
    """The answer to a press or form after somebody else changed the same thing: what the function `answer` returns.

    The function is called without arguments for a press, and with the submitted form for a form.
    """

    answer: Callable[..., Awaitable[Reply]]


Conflict = LookAgain | BothInWords | FormAnswers | WaitingForm | Instead
"""The answer to a person who was shown another version than the stored one, instead of the change they wanted."""


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """The present values of what a button changes, and the answer to people who were shown other values.

    Only a fingerprint of the `values` is compared, and buttons in people's chats carry it. So equal values must have
    the same fingerprint in every version of the program.
    """

    carried: ClassVar[type] = str
    """The type of the fingerprint in a button."""

    values: tuple[Any, ...]
    conflict: Conflict

    @property
    def seen(self) -> Any:
        """Return a fingerprint of this version, to tell later whether a button's reader was shown another version."""
        return self.seen_of(*self.values)

    @staticmethod
    def seen_of(*values: Any) -> Any:
        """Return a fingerprint of `values`, to tell later whether a button's reader was shown other values."""
        return fingerprint(*values)


class Revision(StoredVersion):
    """A stored version of something that counts its changes, so that only the number of changes is compared.

    Buttons carry this number instead of a fingerprint of the values.
    """

    carried: ClassVar[type] = int

    @staticmethod
    def seen_of(*values: Any) -> int:
        """Return the number of a version, which is its only value, for a button to carry.

        The number tells later whether the button's reader was shown another version.
        """
        [number] = values
        return int(number)


def kind_of_version(unless_changed: Callable[..., Any]) -> type[StoredVersion]:
    """Return the class of the versions that a function returns, StoredVersion or Revision, from its annotation."""
    returned = get_type_hints(unless_changed)["return"]
    return Revision if Revision in (returned, *get_args(returned)) else StoredVersion
