"""The replies to people who give ideas: a mark on the message, and one card that tells what was stored.

Late ideas and people without a group get special replies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.content.texts import Span, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply, with_lines_first
from bot.conversation.conflicts import form_again
from bot.conversation.routes import Request
from handlers.ideas.actions import NotAnIdea, NoteAs, OpenOwn, SendLate, SetAnonymous, WithdrawIdea
from handlers.ideas.hooks import boxes
from handlers.ideas.messages import KINDS, change_button, idea_quote
from handlers.ideas.service import MOST, IdeaWording, StoredIdea
from handlers.ideas.store.files import files_of_idea
from handlers.ideas.store.giving import Opening
from handlers.navigation.actions import ASK
from handlers.workshops.actions import IDEAS_CARD, GiveIdea, MyIdeas
from handlers.workshops.model import Category, Collects, Idea

_NOTED_AS: Mapping[Category, Text] = {
    "fact": _("Noted as a fact."),
    "need": _("Noted as a need."),
    "scheme": _("Noted: it already exists."),
}
MESSAGE = "message"
"""The key, in a form's draft, for the id of the message whose text was too long."""


def wording(request: Request, text: str) -> IdeaWording:
    """Return the text of an idea, together with the language and the message in which the person wrote it."""
    account = request.account
    return IdeaWording(text, request.locale, (account.platform, account.chat, request.message), request.here)


def with_refusal(answer: Reply, refusal: Text | None) -> Reply:
    """Put `refusal`, the reason why files were refused, above an answer; None leaves the answer unchanged."""
    return with_lines_first(answer, refusal) if refusal else answer


async def answer(request: Request, stored: StoredIdea, *, typed: bool = False, again: bool = False) -> Reply:
    """Return the reply to the author of an idea that was just stored: a card that tells what happened to the words.

    For a late idea, the reply offers to send it to the facilitator; for a photo without text, it asks for a line of
    text. With `typed`, the author has just typed the words above, so a first idea is not quoted, and the next one is
    typed below, without a button. With `again`, the idea was changed, and the card replaces the earlier one.
    """
    idea = stored.idea
    if not idea.text:
        return ask_line(stored)
    if idea.state == "late":
        send = Button(_("Send to the facilitator"), SendLate(idea.id), style="primary")
        line = _("This phase is finished. Your text is kept.")
        return reply(line, buttons=(send, no_idea_button(idea, stored.collects), withdraw_button(idea)), fresh=True)
    if idea.state == "homeless":
        line = _("You have no group yet: your idea is kept until you do. The team can tell you which group is yours.")
        return reply(
            line,
            buttons=(no_idea_button(idea, stored.collects), ASK, withdraw_button(idea), _mine_button(stored)),
            fresh=True,
        )
    lines: list[Span] = []
    if again or stored.count > 1 or not typed:
        lines.append(
            _n(
                "{count} idea: «{idea}»",
                "{count} ideas, the last: «{idea}»",
                stored.count,
                idea=idea_quote(idea, reader="own"),
            )
        )
    elif stored.collects != "facts":
        lines.append(_("Your challenge is noted.") if stored.collects == "challenge" else _("Your idea is noted."))
    if stored.count == 1 and idea.anonymous:
        lines.append(_("It is shown without your name."))
    choice = None
    if stored.collects == "facts":
        lines.append(_NOTED_AS[idea.category or "fact"])
        others = tuple(Option(kind, label) for kind, label in KINDS.items() if kind != (idea.category or "fact"))
        choice = Choice(NoteAs(idea.id), others, placeholder=_("What is it?"))
    elif stored.collects == "territories" and not await files_of_idea(request.tx, idea.id):
        choice = await boxes(idea)
        lines += [_("Which box does it go in?")] if choice else []
    another = _another_button(stored) if not (typed or request.message or again) else ()
    buttons = (*another, no_idea_button(idea, stored.collects), change_button(idea), _name_button(idea))
    card = OpenOwn(idea.id, card=True)
    shown = reply(*lines, buttons=buttons, choice=choice, mark=not again, fresh=not again, again=card)
    return replace(shown, card=True, screen=IDEAS_CARD)


def no_idea_button(idea: Idea, collects: Collects = "ideas") -> Button:
    """Return the button with which an author says that words stored as an idea, or as a challenge, are none."""
    # L10N: a button
    label = _("This is not a challenge") if collects == "challenge" else _("This is not an idea")
    return Button(label, NotAnIdea(idea.id))


def ask_line(stored: StoredIdea, over: int = 0, *, photo: bool = True) -> Reply:
    """Ask for the line of text that describes a photo or, if `photo` is False, another file.

    `stored` is the idea with the file. `over` is by how many characters its caption was too long, 0 for no such
    caption.
    """
    idea = stored.idea
    lines: list[Span] = []
    if idea.state == "late":
        lines.append(_("This phase is finished."))
    elif idea.state == "homeless":
        lines.append(_("You have no group yet: what you send is kept until you have one."))
    if over > 0 and photo:
        lines.append(
            _n(
                "Photo kept, but its text is {count} character too long: what does it show, in one line?",
                "Photo kept, but its text is {count} characters too long: what does it show, in one line?",
                over,
            )
        )
    elif over > 0:
        lines.append(
            _n(
                "File kept, but its text is {count} character too long: what is it about, in one line?",
                "File kept, but its text is {count} characters too long: what is it about, in one line?",
                over,
            )
        )
    elif photo:
        lines.append(_("Photo kept. What does it show? Write one line."))
    else:
        lines.append(_("File kept. What is it about? Write one line."))
    late = (Button(_("Send to the facilitator"), SendLate(idea.id)),) if idea.state == "late" else ()
    return reply(*lines, buttons=(*late, withdraw_button(idea), _mine_button(stored)), fresh=True)


def too_long(over: int) -> Text:
    """Return the text that refuses an idea because it is `over` characters too long."""
    return _n(
        "{count} character too many: an idea has {most} at most. Your text is kept: shorten it and send it again.",
        "{count} characters too many: an idea has {most} at most. Your text is kept: shorten it and send it again.",
        over,
        most=MOST,
    )


async def keep_too_long(request: Request, into: Opening, words: str) -> Reply:
    """Store a text that is too long as a draft in the form, and reply how many characters must go.

    The author can shorten it in the form or by editing the message. `into` is the phase that takes the idea.
    """
    draft, refusal = {"idea": words, MESSAGE: request.message}, too_long(len(words) - MOST)
    # L10N: a button, a verb: shorten an idea that was too long
    return await form_again(request, GiveIdea(into.run.id), draft, refusal, label=_("Shorten it"))


def withdraw_button(idea: Idea) -> Button:
    """Return the button with which an author withdraws an idea."""
    # L10N: a button, a verb: take back one's idea, so that nobody reads it any more
    return Button(_("Withdraw"), WithdrawIdea(idea.id))


def _another_button(stored: StoredIdea) -> tuple[Button, ...]:
    if stored.run is None:
        return ()
    label = _("Another challenge") if stored.collects == "challenge" else _("Another idea")
    return (Button(label, GiveIdea(stored.run.id), style="primary"),)


def _name_button(idea: Idea) -> Button:
    if idea.anonymous:
        # L10N: a button: others read one's first name beside one's idea again
        return Button(_("With my first name"), SetAnonymous(idea.id, anonymous=False))
    # L10N: a button: others read one's idea without one's name
    return Button(_("Without my name"), SetAnonymous(idea.id, anonymous=True))


def _mine_button(stored: StoredIdea) -> Button:
    return Button(_("My ideas"), MyIdeas(stored.run.id if stored.run else 0))
