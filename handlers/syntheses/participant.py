"""What a group keeps of a phase: one person writes, the others approve or comment, nothing written is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bot.content.errors import Stale, UserError
from bot.content.forms import Form, Incomplete, text
from bot.content.names import shortened
from bot.content.texts import Name, Span, Text, _
from bot.content.views import Reply, View, reply
from bot.conversation import dialogue_store
from bot.conversation.routes import Request, Routes
from bot.delivery import notices, outbox
from bot.people import facilitator_store
from handlers.ideas import vote_store
from handlers.navigation.actions import HOME
from handlers.syntheses import store
from handlers.syntheses.actions import Approve, Choose, Comment, TakePen, Write, WriteSentence, WriteText
from handlers.syntheses.messages import leaders, opens_well
from handlers.syntheses.model import FIELDS, Content
from handlers.syntheses.screen import show
from handlers.syntheses.service import heading, of_version, opened, post, save
from handlers.workshops.actions import OpenSynthesis
from handlers.workshops.service import set_writer

routes = Routes()

_SENTENCE = 300


@dataclass(frozen=True, slots=True)
class TextForm(Form):
    """A synthesis in free words."""

    title: ClassVar[Text] = _("What we keep")
    text: str = text(_("What does your group keep?"), max_length=1500, multiline=True)


@dataclass(frozen=True, slots=True)
class SentenceForm(Form):
    """A challenge."""

    title: ClassVar[Text] = _("Our challenge")
    sentence: str = text(_("In one sentence: How…"), max_length=_SENTENCE)


@dataclass(frozen=True, slots=True)
class CommentForm(Form):
    """What to change."""

    title: ClassVar[Text] = _("Your comment")
    comment: str = text(_("What would you change?"), max_length=300, multiline=True)


@routes.action(OpenSynthesis)
async def open_synthesis(request: Request, action: OpenSynthesis) -> Reply:
    """What there is."""
    return await show(request, await opened(request.tx, request.participant, action.run))


@routes.action(TakePen)
async def take_pen(request: Request, action: TakePen) -> Reply:
    """Be the one who writes; the others see it, and may write all the same."""
    at = await opened(request.tx, request.participant, action.run)
    await set_writer(request.tx, at.run, request.participant.id)
    return await show(request, await opened(request.tx, request.participant, action.run), toast=_("You write."))


# --- writing


async def prefilled(request: Request, action: Write, *fields: str) -> Mapping[str, str]:
    """What some fields of the version to change say. Raises UserError once there is another, unless words are kept."""
    at = await opened(request.tx, request.participant, action.run)
    if not set(fields) <= set(FIELDS[at.phase.collects]):
        raise Stale
    present = await store.current(request.tx, at.group.id, at.phase.key)
    others = await store.rivals(request.tx, at.group.id, at.phase.key)
    if action.base in {each.id for each in (present, *others) if each} or (present is None and not action.base):
        base = await store.find(request.tx, action.base)
        return {field: base.content.get(field, "") for field in fields} if base else {}
    kept = await dialogue_store.current(request.tx, request.account.platform, request.account.chat, request.now)
    if kept is not None and kept.action == action.encode():
        return {}
    raise UserError(_("Someone saved another version meanwhile. Read it first."), buttons=(at.button,))


async def _text_of(request: Request, action: WriteText) -> Mapping[str, str]:
    return await prefilled(request, action, "text")


async def _sentence_of(request: Request, action: WriteSentence) -> Mapping[str, str]:
    """The version to change; for the first, the idea with most votes (the oldest of several), if all may read it."""
    known = await prefilled(request, action, "sentence")
    at = await opened(request.tx, request.participant, action.run)
    if known or not at.run.revealed:
        return known
    first = leaders(await vote_store.best(request.tx, at.group.id, at.phase.key))
    return {"sentence": shortened(" ".join(first[0].text.split()), _SENTENCE)} if first else {}


@routes.action(WriteText, form=TextForm, before=_text_of)
async def write_text(request: Request, action: WriteText, form: TextForm) -> Reply:
    """Keep a synthesis in free words."""
    return await keep(request, action.run, action.base, {"text": form.text})


@routes.action(WriteSentence, form=SentenceForm, before=_sentence_of)
async def write_sentence(request: Request, action: WriteSentence, form: SentenceForm) -> Reply:
    """Keep a challenge, however it begins."""
    if opens_well(form.sentence):
        return await keep(request, action.run, action.base, {"sentence": form.sentence})
    hint = _("A challenge opens more ideas when it begins with «How…».")
    return await keep(request, action.run, action.base, {"sentence": form.sentence}, hint)


async def keep(request: Request, run_id: int, base: int, written: Content, *hints: Span) -> Reply:
    """Save, and say what became of it. Who may not any more gets their words back."""
    try:
        at = await opened(request.tx, request.participant, run_id)
    except (Stale, UserError):
        words = "\n".join(word for word in written.values() if word)
        return reply(
            _("You are not in this group any more, so nothing was saved. Your words:"),
            Name(words),
            buttons=(HOME,),
            fresh=True,
        )
    saved = await save(request.tx, request.settings, request.participant, at, base, written, request.now)
    return await show(request, at, *_became(saved.how), *hints, fresh=True)


def _became(how: store.How) -> tuple[Span, ...]:
    match how:
        case "first":
            return (_("Saved. Your group is told."),)
        case "merged":
            return (_("Saved, together with what someone else wrote meanwhile."),)
        case "rival":
            return (_("Saved. Someone saved another version meanwhile: all are here."),)
        case "same":
            return (_("It says so already."),)
    return (_("Saved."),)


# --- what the others think


@routes.action(Approve)
async def approve(request: Request, action: Approve) -> Reply:
    """Approve of the version that is read; once most do, the group's places show it."""
    version, at = await of_version(request.tx, request.participant, action.version)
    if not at.member:
        raise UserError(_("The members of the group approve."), buttons=(at.button,))
    if version.state != "current":
        return await show(request, at, _("This version is not the current one any more. Here is what stands now:"))
    await store.opine(request.tx, version.id, request.participant.id, approves=True, comment="", now=request.now)
    shown = await post(request.tx, at, request.now)
    return await show(request, at, toast=_("Thank you. Your group's place shows it now.") if shown else _("Thank you."))


@routes.action(Comment, form=CommentForm)
async def comment(request: Request, action: Comment, form: CommentForm) -> Reply:
    """Keep a comment, and tell who wrote; on what took its place, should it have changed meanwhile."""
    version, at = await of_version(request.tx, request.participant, action.version)
    if version.state == "past":
        version = await store.current(request.tx, at.group.id, at.phase.key) or version
    me = request.participant
    try:
        await notices.not_too_often(request.tx, request.settings, me, request.now)
    except UserError as refusal:
        raise Incomplete("comment", refusal.text) from None  # what was written is kept in the form
    await store.opine(request.tx, version.id, me.id, approves=False, comment=form.comment, now=request.now)
    if version.author_id is not None and version.author_id != me.id:
        said = _("{name} comments: {comment}", name=Name(me.name), comment=Name(form.comment))
        view = View((heading(at.phase), said), (at.button,))
        await outbox.notify(request.tx, version.author_id, view, request.now, about=me.id)
    return await show(request, at, _("Saved. The person who wrote it reads your comment."), fresh=True)


# --- several versions


@routes.action(Choose)
async def choose(request: Request, action: Choose) -> Reply:
    """Any member chooses; the others are kept and can be taken back."""
    version, at = await of_version(request.tx, request.participant, action.version)
    if await store.choose(request.tx, version):
        await post(request.tx, at, request.now)
        await facilitator_store.touch_panels(request.tx, [at.group.id])
        return await show(request, at, toast=_("This version is yours now. The others are kept."))
    present = await store.current(request.tx, at.group.id, at.phase.key)
    if present is not None and present.id == version.id:
        return await show(request, at, toast=_("This version is chosen already."))
    return await show(request, at, _("Someone chose already. The other versions are kept under «earlier»."))
