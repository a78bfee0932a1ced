"""The actions of the buttons and choices about ideas that more than one module shows.

In these classes, `idea` is the id of an idea, and `run` the id of a run (one phase in one group).
"""

from __future__ import annotations

from bot.content.actions import Action


class NotAnIdea(Action, code="wnx"):
    """The button with which an author says that words stored as an idea are no idea. `idea` is the id of the idea."""

    idea: int


class NoteAs(Action, code="wnk"):
    """The choice of the category of an idea that was just given: a fact, a need or a scheme."""

    idea: int


class OpenFrom(Action, code="wof"):
    """The choice that opens one idea of a list.

    `origin` and `at` identify the screen with the list, to return to it (see `OpenIdea`); '' and 0 for none.
    """

    origin: str = ""
    at: int = 0


class VoteFor(Action, code="wvf"):
    """The button that gives an idea one of the person's votes (`gives`), or takes the vote back.

    `origin` and `at` identify the screen to return to (see `OpenIdea`); '' and 0 for none.
    """

    idea: int
    gives: bool
    origin: str = ""
    at: int = 0


class CastVotes(Action, code="wvi"):
    """The choice, on a page of ideas, of the ideas for which a person votes.

    `run` is the id of the phase's run in the group; `first` and `last` are the ids of the first and last idea of the
    page. Votes for ideas on other pages stay.
    """

    run: int
    first: int
    last: int


class SetAside(Action, code="wl"):
    """The button that lists the ideas that are not on a group's wall: late and hidden ones.

    `run` is the id of the phase's run in the group; `at` is the rank of the first idea listed (0 or 1: the first).
    """

    run: int
    at: int = 0


class ShowAgain(Action, code="wqs"):
    """The button with which a facilitator shows a hidden idea again."""

    idea: int


class PartIdeas(Action, code="wjp"):
    """The button that separates an idea from all ideas that were merged into it."""

    idea: int


class TakeIn(Action, code="wli"):
    """The button with which a facilitator adds a late idea to the wall."""

    idea: int


class LeaveOut(Action, code="wlo"):
    """The button with which a facilitator keeps a late idea off the wall, so that only its author sees it."""

    idea: int


class MyFiles(Action, code="prf"):
    """The button that sends a person the files of their ideas, beginning with the file at index `start`."""

    start: int = 0


class OpenOwn(Action, code="wxs"):
    """The button that shows a person one of their ideas.

    With `card`, it shows the short reply that the person got when they gave the idea.
    """

    idea: int
    card: bool = False


class EditIdea(Action, code="wxe"):
    """The button that opens the form for changing the text of the person's idea."""

    idea: int


class WithdrawIdea(Action, code="wxw"):
    """The button with which a person withdraws their idea."""

    idea: int


class SetAnonymous(Action, code="wxn"):
    """The button that hides the person's name beside their idea (`anonymous`), or shows it again."""

    idea: int
    anonymous: bool


class SendLate(Action, code="wxl"):
    """The button with which a person sends their late idea to the facilitator."""

    idea: int
