"""The actions of equality's buttons that more than one module shows."""

from __future__ import annotations

from bot.content.actions import Action


class ShowEquality(Action, code="eq"):
    """The button that shows the figures of women and men in the steps that have ended. `page` is counted from 0."""

    page: int
