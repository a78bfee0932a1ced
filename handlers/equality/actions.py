"""The actions of the buttons of equality (figures of women and men) that more than one module shows."""

from __future__ import annotations

from bot.content.actions import Action


class ShowEquality(Action, code="eq"):
    """The button that shows a page (from 0) of the figures of women and men in ended steps of the gathering.

    A step is something that people take part in, such as choosing a theme.
    """

    page: int
