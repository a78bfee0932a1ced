"""Defines questions that are asked before something is done, so that nobody does it by a slip of the finger.

    async def _sure_to_forget(request: Request, page: int) -> Question:
        note = await find_note(request, page)
        return Question(_("Forget {note}?", note=note.title), yes=_("Forget it"), back=(NOTES,))

    @routes.press("nfy", first=Asks("nf", _sure_to_forget))
    async def forget(request: Request, page: int) -> Reply: ...

    Button(_("Forget"), forget.ask.to(page))        # asks, and its answer does it

The question is a screen of its own, `forget.ask`, for the same people and as confidential as the screen that does it.
The button that says yes carries the arguments of the question (here the page). If what it is about has changed since
the reader saw it, the reader is told, and nothing is done. "nf" and "nfy" begin the payloads of the two buttons.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.content.actions import Action
from bot.content.texts import Span
from bot.content.views import Button, ButtonStyle, Reply, reply


class Question:
    """A question that a person answers before something is done.

    `yes` is the label of the button that does it; `back` are the buttons that lead back.
    """

    def __init__(
        self,
        *lines: Span,
        yes: Span,
        back: Sequence[Button],
        style: ButtonStyle = "danger",
        before: Sequence[Button] = (),
        shown: Callable[..., Reply] = reply,
    ) -> None:
        """`style` is the style of the button that says yes; the buttons `before` are shown above it.

        `shown` gets the lines and `buttons=`, and returns the reply.
        """
        self._lines, self._yes, self._style = lines, yes, style
        self._before, self._back, self._shown = before, back, shown

    def reply_with(self, action: Action) -> Reply:
        """Return the reply that asks the question; its button that says yes does `action`."""
        yes = Button(self._yes, action, style=self._style)
        return self._shown(*self._lines, buttons=(*self._before, yes, *self._back))


@dataclass(frozen=True, slots=True)
class Asks:
    """The declaration that a question is asked before a screen does something.

    `code` begins the encoded action of the button that asks, or is the Action class of this button. The function
    `question` gets the same arguments as the screen: the request and the values in the button. It returns the Question
    to ask, or a Reply that is shown instead if there is nothing to ask.
    """

    code: str | type[Action]
    question: Callable[..., Awaitable[Any]]
