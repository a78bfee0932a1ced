"""What is said of ideas that were taken: the first in words, later ones by a sign, what is special in words."""

from __future__ import annotations

from bot.content.texts import Span, Text, _, _n
from bot.content.views import Button, Reply, reply, with_lines_first
from bot.conversation import dialogue_store
from bot.conversation.routes import Request
from handlers.ideas.actions import AskTheTeam, ItIsAnIdea, ItIsNoIdea, SendLate, SetAnonymous, WithdrawIdea
from handlers.ideas.messages import glimpse
from handlers.ideas.service import MOST, Given, IdeaWording
from handlers.ideas.store import Opening
from handlers.navigation.actions import ASK
from handlers.workshops.actions import GiveFact, GiveIdea, MyIdeas
from handlers.workshops.model import Collects, Idea

MESSAGE = "message"
"""Which message the words came in that were too long: beside them in the draft."""


def wording(request: Request, text: str) -> IdeaWording:
    """Words of an idea that came as the message of a request, if it is one."""
    account = request.account
    return IdeaWording(text, request.locale, (account.platform, account.chat, request.message))


def with_refusal(said: Reply, refused: Text | None) -> Reply:
    """What is said of an idea, and first that files of it were not kept, where that is so."""
    return with_lines_first(said, refused) if refused else said


def answer(request: Request, given: Given) -> Reply:
    """What its author reads of an idea."""
    idea = given.idea
    if not idea.text:
        return ask_line(given)
    if idea.state == "late":
        send = Button(_("Send to the facilitator"), SendLate(idea.id), style="primary")
        return reply(_("This phase is finished. Your text is kept."), buttons=(send, withdrawing(idea)), fresh=True)
    if idea.state == "homeless":
        said = _("You have no group yet: your idea is kept until you have one. The team knows which is yours.")
        return reply(said, buttons=(ASK, withdrawing(idea), _mine(given)), fresh=True)
    if not given.first:
        # Where nothing was written in the chat itself, there is nothing to mark: a word, and what can be done.
        buttons = () if request.message else (*_another(given), _naming(idea), _mine(given))
        return reply(_("Noted."), buttons=buttons, mark=True, fresh=True)
    lines: list[Span] = [_("Noted. Each message you write to me in private now is an idea; you can still change it.")]
    if given.collects == "facts":
        lines.append(_kind(idea))
    return reply(*lines, buttons=(withdrawing(idea), _naming(idea), _mine(given)), fresh=True)


def ask_whether_idea(idea: Idea) -> Reply:
    """Words that may be no idea are kept, and are one once their author says so."""
    said = _("Is this an idea? «{words}» is kept until you tell me.", words=glimpse(idea.text))
    return reply(said, buttons=telling(idea), fresh=True)


def telling(idea: Idea) -> tuple[Button, ...]:
    """What words that may be no idea can be."""
    return (
        Button(_("Yes, it is an idea"), ItIsAnIdea(idea.id), style="primary"),
        Button(_("Ask the team"), AskTheTeam(idea.id)),
        Button(_("Neither"), ItIsNoIdea(idea.id)),
    )


def ask_line(given: Given, over: int = 0, *, photo: bool = True) -> Reply:
    """Ask for the line of text that goes with a photo, or a file; the one it had was `over` characters too long."""
    idea = given.idea
    lines: list[Span] = []
    if idea.state == "late":
        lines.append(_("This phase is finished."))
    elif idea.state == "homeless":
        lines.append(_("You have no group yet: what you send is kept until you have one."))
    if over > 0 and photo:
        lines.append(
            _n(
                "Photo kept. Its text has {count} character too many: what does it show, in one line?",
                "Photo kept. Its text has {count} characters too many: what does it show, in one line?",
                over,
            )
        )
    elif over > 0:
        lines.append(
            _n(
                "File kept. Its text has {count} character too many: what is it about, in one line?",
                "File kept. Its text has {count} characters too many: what is it about, in one line?",
                over,
            )
        )
    elif photo:
        lines.append(_("Photo kept. What does it show? Write one line."))
    else:
        lines.append(_("File kept. What is it about? Write one line."))
    late = (Button(_("Send to the facilitator"), SendLate(idea.id)),) if idea.state == "late" else ()
    return reply(*lines, buttons=(*late, withdrawing(idea), _mine(given)), fresh=True)


def too_long(over: int) -> Text:
    """An idea has so many characters too many."""
    return _n(
        "{count} character too many: an idea has {most} at most. Your text is kept: shorten it and send it again.",
        "{count} characters too many: an idea has {most} at most. Your text is kept: shorten it and send it again.",
        over,
        most=MOST,
    )


async def keep_too_long(request: Request, into: Opening, words: str) -> Reply:
    """Say by how much; the words wait in the form, to be shortened there or in the message itself."""
    action, kept = give_action(into), {"idea": words, MESSAGE: request.message}
    await dialogue_store.keep_draft(
        request.tx, request.account.platform, request.account.chat, action.encode(), kept, request.now
    )
    said = too_long(len(words) - MOST)
    return reply(said, buttons=(Button(_("Shorten it"), action, style="primary"),), fresh=True)


def give_action(into: Opening) -> GiveIdea | GiveFact:
    """The form in which an idea of a phase is given."""
    return _giving(into.run.id, into.collects)


def withdrawing(idea: Idea) -> Button:
    """Taking an idea back."""
    return Button(_("Withdraw"), WithdrawIdea(idea.id))


def _giving(run_id: int, collects: Collects) -> GiveIdea | GiveFact:
    return GiveFact(run_id) if collects == "facts" else GiveIdea(run_id)


def _another(given: Given) -> tuple[Button, ...]:
    if given.run is None:
        return ()
    return (Button(_("Another idea"), _giving(given.run.id, given.collects), style="primary"),)


def _naming(idea: Idea) -> Button:
    named = _("With my first name") if idea.anonymous else _("Without my name")
    return Button(named, SetAnonymous(idea.id, not idea.anonymous))


def _mine(given: Given) -> Button:
    return Button(_("My ideas"), MyIdeas(given.run.id if given.run else 0))


def _kind(idea: Idea) -> Text:
    if idea.category == "need":
        return _("Taken for a need. Begin with «Fact:» or «Scheme:» for anything else.")
    if idea.category == "scheme":
        return _("Taken for an existing scheme. Begin with «Fact:» or «Need:» for anything else.")
    return _("Taken for a fact. Begin with «Need:» or «Scheme:» for anything else.")
