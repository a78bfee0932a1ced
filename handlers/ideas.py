"""Giving ideas: what is written while a phase runs, or in a form; building on another; changing a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, cast

from bot import ideas as taking
from bot import walls
from bot.domain.workshops import Category, Collects, Idea
from bot.errors import Stale, UserError
from bot.forms import Form, choice, text
from bot.idea_words import CATEGORIES, glimpse
from bot.ideas import MOST, Given
from bot.routes import Request, Routes
from bot.storage import dialogues, ideas, openings, phases
from bot.storage.openings import Opening, Standing
from bot.texts import Span, Text, _, _n
from bot.views import Button, Option, Reply, reply
from bot.workshop_actions import BuildOn, GiveFact, GiveIdea, KeepAsIdea, MyIdeas
from handlers.idea_actions import BringBack, SendLate, SetAnonymous, Withdraw
from handlers.team import ASKING
from handlers.themes import ASK

routes = Routes()

_NAMED = (Option("named", _("With my first name")), Option("unnamed", _("Without my name")))
_KINDS = tuple(Option(category, label) for category, label in CATEGORIES.items())


@dataclass(frozen=True, slots=True)
class IdeaForm(Form):
    """An idea."""

    title: ClassVar[Text] = _("Your idea")
    idea: str = text(_("Your idea, in a few words"), max_length=MOST, multiline=True)
    name: str = choice(_("How do others read it?"), _NAMED, required=False)


@dataclass(frozen=True, slots=True)
class FactForm(Form):
    """What people see in their territory."""

    title: ClassVar[Text] = _("What do you see?")
    idea: str = text(_("What you see, in a few words"), max_length=MOST, multiline=True)
    kind: str = choice(_("What is it?"), _KINDS, required=False)
    name: str = choice(_("How do others read it?"), _NAMED, required=False)


@dataclass(frozen=True, slots=True)
class BuildForm(Form):
    """An idea that builds on another."""

    title: ClassVar[Text] = _("Build on an idea")
    idea: str = text(_("Your idea, building on it"), max_length=MOST, multiline=True)


# --- what is simply written


async def _taken(request: Request) -> bool:
    return await taking.opening(request) is not None


@routes.text(when=_taken)
async def take_words(request: Request, words: str) -> Reply:
    """An idea; or the line that a photo sent before waits for."""
    into = await _opening(request)
    if not words:
        return reply(_("There is nothing to read in this. Write your idea in a few words, please."), fresh=True)
    if len(words) > MOST:
        return await _too_long(request, into, words)
    before = await openings.standing(request.tx, request.participant.id, into.run.phase, request.now)
    if before.awaiting:
        return await _take_line(request, into, before, words)
    return answer(request, await taking.give(request, words, into=into, before=before))


async def _too_long(request: Request, into: Opening, words: str) -> Reply:
    """Say by how much; the words wait in the form, to be shortened there."""
    action = give_action(into)
    await dialogues.keep(
        request.tx, request.account.platform, request.account.chat, action.encode(), {"idea": words}, request.now
    )
    said = _n(
        "{count} character too many: an idea has {most} at most. Your text is kept: shorten it and send it again.",
        "{count} characters too many: an idea has {most} at most. Your text is kept: shorten it and send it again.",
        len(words) - MOST,
        most=MOST,
    )
    return reply(said, buttons=(Button(_("Shorten it"), action, style="primary"),), fresh=True)


async def _take_line(request: Request, into: Opening, before: Standing, words: str) -> Reply:
    """What a photo shows. Should others wait, they are asked for next."""
    idea = await ideas.find(request.tx, before.awaiting[0])
    if idea is None:
        raise Stale
    idea = await taking.reword(request, idea, words, into.collects, message=True)
    if len(before.awaiting) > 1:
        return reply(_("Noted. And what do the photos after it show? One line, please."), fresh=True)
    only = before.given == 1
    return answer(request, Given(idea, only, into.run if into.mine else None, into.collects))


def answer(request: Request, given: Given) -> Reply:
    """What is said of an idea that was taken: the first in words, later ones by a sign, what is special in words."""
    idea = given.idea
    if idea.state == "late":
        return late(idea)
    mine = Button(_("My ideas"), MyIdeas(given.run.id if given.run else 0))
    if idea.state == "homeless":
        said = _("You have no group yet: your idea is kept until you have one. The team knows which is yours.")
        return reply(said, buttons=(ASK, Button(_("Withdraw"), Withdraw(idea.id)), mine), fresh=True)
    if not given.first:
        return reply(_("Noted."), buttons=() if request.message else _next(given, mine), mark=True, fresh=True)
    lines: list[Span] = [_("Noted. Each message you write now is an idea; change the message, and the idea changes.")]
    if given.collects == "facts":
        lines.append(_kind(idea))
    name = Button(_("Without my name"), SetAnonymous(idea.id, not idea.anonymous))
    if idea.anonymous:
        name = Button(_("With my first name"), SetAnonymous(idea.id, False))
    return reply(*lines, buttons=(Button(_("Withdraw"), Withdraw(idea.id)), name, mine), fresh=True)


def _kind(idea: Idea) -> Text:
    if idea.category == "need":
        return _("Taken for a need. Begin with «Fact:» or «Scheme:» for anything else.")
    if idea.category == "scheme":
        return _("Taken for an existing scheme. Begin with «Fact:» or «Need:» for anything else.")
    return _("Taken for a fact. Begin with «Need:» or «Scheme:» for anything else.")


def _next(given: Given, mine: Button) -> tuple[Button, ...]:
    """Where nothing was written in the chat itself: another one."""
    if given.run is None:
        return (mine,)
    return Button(_("Another idea"), _action(given.run.id, given.collects), style="primary"), mine


def late(idea: Idea) -> Reply:
    """What came after the end."""
    return reply(
        _("This phase is finished. Your text is kept."),
        buttons=(Button(_("Send to the facilitator"), SendLate(idea.id), style="primary"), _withdraw(idea)),
        fresh=True,
    )


def _withdraw(idea: Idea) -> Button:
    return Button(_("Withdraw"), Withdraw(idea.id))


def give_action(into: Opening) -> GiveIdea | GiveFact:
    """The form in which an idea of a phase is given."""
    return _action(into.run.id, into.collects)


def _action(run_id: int, collects: Collects) -> GiveIdea | GiveFact:
    return GiveFact(run_id) if collects == "facts" else GiveIdea(run_id)


async def _opening(request: Request) -> Opening:
    into = await taking.opening(request)
    if into is None:
        raise Stale
    return into


# --- forms


async def _may_give(request: Request, action: GiveIdea | GiveFact) -> None:
    """Raises UserError between phases."""
    await _into(request, action.run)


async def _into(request: Request, run_id: int) -> Opening:
    """Where an idea goes that is given by a button: the phase that is open now, whichever the button was of."""
    into = await taking.opening(request)
    if into is None and (run := await phases.run(request.tx, run_id)) and not run.open:
        into = await taking.last_opening(request)
    if into is None:
        raise UserError(_("No phase is open for you now. You will be told when one begins."))
    return into


@routes.action(GiveIdea, form=IdeaForm, before=_may_give)
async def give_idea(request: Request, action: GiveIdea, form: IdeaForm) -> Reply:
    """An idea from a form."""
    into = await _into(request, action.run)
    return answer(request, await taking.give(request, form.idea, anonymous=form.name == "unnamed", into=into))


@routes.action(GiveFact, form=FactForm, before=_may_give)
async def give_fact(request: Request, action: GiveFact, form: FactForm) -> Reply:
    """A fact, a need or a scheme from a form."""
    into = await _into(request, action.run)
    given = await taking.give(
        request, form.idea, category=cast("Category", form.kind) or None, anonymous=form.name == "unnamed", into=into
    )
    return answer(request, given)


# --- building on an idea


async def _may_build(request: Request, action: BuildOn) -> None:
    await _readable(request, action.idea)
    await _into(request, 0)


@routes.action(BuildOn, form=BuildForm, before=_may_build)
async def build_on(request: Request, action: BuildOn, form: BuildForm) -> Reply:
    """An idea that keeps the link to the one it builds on."""
    before = await _readable(request, action.idea)
    into = await _into(request, 0)
    given = await taking.give(request, form.idea, parent=before, into=into)
    if given.idea.state != "live":
        return answer(request, given)
    mine = Button(_("My ideas"), MyIdeas(into.run.id))
    said = _("Noted. It builds on «{idea}».", idea=glimpse(before.text))
    return reply(said, buttons=(_withdraw(given.idea), mine), fresh=True)


async def _readable(request: Request, idea_id: int) -> Idea:
    """An idea the person may build on. Raises Stale for one they do not read, or that is taken back or hidden."""
    idea = await ideas.find(request.tx, idea_id)
    if idea is None or idea.state != "live" or idea.hidden or not await walls.may_read(request, idea):
        raise Stale
    return idea


# --- a message that is changed


@routes.edited()
async def change_words(request: Request, words: str) -> Reply | None:
    """Editing the message edits the idea, as long as its phase is open; before and after others read it."""
    account = request.account
    idea = await ideas.by_message(request.tx, account.platform, account.chat, request.message)
    if idea is None or request.person is None or idea.author_id != request.person.id or words in ("", idea.text):
        return None
    phase = await phases.find(request.tx, idea.phase)
    run = await phases.run_of(request.tx, idea.group_id, idea.phase) if idea.group_id else None
    if phase is None:
        return None
    if idea.state == "withdrawn":
        back = Button(_("Bring it back"), BringBack(idea.id))
        return reply(_("You took this idea back, so it stays as it was."), buttons=(back,), fresh=True)
    if idea.state == "live" and run and not run.open:
        return reply(_("This phase is finished: your idea stays as it was."), fresh=True)
    if len(words) > MOST:
        said = _n(
            "{count} character too many (at most {most}): your idea stays as it was.",
            "{count} characters too many (at most {most}): your idea stays as it was.",
            len(words) - MOST,
            most=MOST,
        )
        return reply(said, fresh=True)
    await taking.reword(request, idea, words, phase.collects)
    return reply(_("Changed."), mark=True, fresh=True)


# --- what was written for nobody


@routes.action(KeepAsIdea)
async def keep_as_idea(request: Request, _action: KeepAsIdea) -> Reply:
    """Words written long after the end were an idea: it came late."""
    account = request.account
    kept = await dialogues.current(request.tx, account.platform, account.chat, request.now)
    into = await taking.opening(request) or await taking.last_opening(request)
    words = kept.draft.get("question", "") if kept and kept.action == ASKING else ""
    if into is None or not words:
        raise Stale
    await dialogues.end(request.tx, account.platform, account.chat)
    if len(words) > MOST:
        return await _too_long(request, into, words)
    return answer(request, await taking.give(request, words, into=into))
