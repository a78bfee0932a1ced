"""The screen on which an organiser erases a person who asked for it or who should not have been stored."""

from __future__ import annotations

from bot.content.errors import UserError, existing
from bot.content.texts import Strong, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, Go, Request, Routes
from bot.membership.erasure import erase
from bot.people import participant_store
from bot.people.naming import called_with_ref
from bot.people.participants import Participant
from handlers.navigation.actions import BACK
from handlers.navigation.layout import back_to
from handlers.registration import service

routes = Routes()


def erase_button(person: Participant) -> Button:
    """Return the button that asks the organiser to confirm the erasure of a person."""
    # L10N: a button on somebody's profile: everything that is kept about them
    return Button(_("Erase this person"), erase_person.ask.to(person.id, True), style="danger")


async def _erasable(request: Request, person_id: int) -> Participant:
    """Return the person. Raises UserError for the reader themselves, and for the last organiser."""
    person = existing(await participant_store.find(request.tx, person_id))
    if person.id == request.participant.id:
        raise UserError(_("This is you."), buttons=(Button(_("Privacy"), Go("confidentialite")), *back_to(person.id)))
    if person.organises:
        await service.may_lose_organising(request.tx, request.settings, person, buttons=back_to(person.id))
    return person


async def _sure_to_erase(request: Request, person_id: int, _texts: bool) -> Question:
    """Tell what follows from erasing a person, and ask whether their texts shall go too."""
    person = await _erasable(request, person_id)
    days = request.settings.storage.backup_days
    backups = (_n("In backups: {count} day longer.", "In backups: {count} days longer.", days),) if days else ()
    return Question(
        _("Erase everything about {name}, on all their accounts? Nobody can undo this.", name=called_with_ref(person)),
        _("They can no longer come in, and are not told. Their place goes to someone else, their roles end."),
        _("What they asked the team and their ideas can stay without their name, for others to learn from, or go too."),
        *backups,
        before=(Button(_("Erase, keep their texts"), erase_person.to(person.id, False), style="danger"),),
        yes=_("Erase, with their texts"),
        back=back_to(person.id),
    )


@routes.press("oey", who=ORGANISER, first=Asks("oea", _sure_to_erase))
async def erase_person(request: Request, person_id: int, texts: bool) -> Reply:
    """Erase a person. With `texts`, the person's texts for others are erased too; otherwise these stay, unsigned."""
    person = await _erasable(request, person_id)
    await erase(request.tx, request.declared, person.id, request.now, texts=texts, files=request.files)
    return reply(Strong(_("Everything about this person is erased.")), buttons=(BACK,))
