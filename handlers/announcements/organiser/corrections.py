"""Screens to correct and to withdraw announcements that were sent: all messages that arrived are edited or deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from bot.content import i18n, markdown
from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.forms import Composition, Form, message, refusals_about
from bot.content.stored_texts import decode, encode
from bot.content.texts import Text, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation import live_screens
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, Request, Routes, StoredVersion
from bot.conversation.undo import Values, changed_since, record_change
from bot.conversation.versions import fingerprint
from bot.files.uploads import remarks
from handlers.announcements.actions import (
    ANNOUNCEMENTS,
    OpenAnnouncement,
    back_to,
    find,
    subject,
    title_of,
    values_of,
    version_of,
    words_of,
)
from handlers.announcements.messages import count_there, count_waiting
from handlers.announcements.model import Announcement
from handlers.announcements.organiser.report import AskToCorrect, AskToWithdraw, report
from handlers.announcements.progress import screen_of
from handlers.announcements.service import changing
from handlers.announcements.store import reports
from handlers.announcements.store.reports import CopyCount
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses

routes = Routes()


class CorrectLink(Action, code="awl"):
    """The button that opens the form to change the link of an announcement that was sent.

    `seen` is the digest of the announcement as it was shown, to notice that another organiser changed it.
    """

    announcement: int
    seen: str


class CorrectionForm(Form):
    """The form for the corrected words of an announcement that was sent."""

    title: ClassVar[Text] = _("Correct the announcement")
    message: Composition = message(
        _("The whole corrected text"),
        hint=_("It replaces the old one for everybody. No need to send the files again."),
    )


async def find_published(request: Request, announcement_id: int) -> Announcement:
    """Return the announcement with this id, which people have got or will get soon. Raises UserError otherwise."""
    found = await find(request, announcement_id)
    if not found.is_out:
        raise UserError(_("There is no message left to change."), buttons=back_to(found.id))
    return found


@routes.press(AskToCorrect, who=ORGANISER)
async def offer_correction(request: Request, announcement_id: int) -> Reply:
    """Show how many messages a correction would edit, with a button to correct the words in each language."""
    announcement = await find_published(request, announcement_id)
    await live_screens.leave(request.tx, screen_of(announcement.id), request.account)
    content = await words_of(request, announcement)
    shown = await values_of(request, announcement)
    tally = await reports.tally_copies(request.tx, announcement.id)
    languages = tuple(
        Button(
            _("Correct: {language}", language=i18n.locale_name(locale, request.locale))
            if locale
            else _("Write the correction"),
            correct.seeing(*shown).to(announcement.id, locale),
            style="plain" if locale else "primary",
        )
        for locale in content.words
    )
    return reply(
        _n(
            "{count} message will be edited; nobody gets a second one.",
            "{count} messages will be edited; nobody gets a second one.",
            count_there(tally),
        ),
        *_to_come(tally),
        buttons=(
            *languages,
            Button(_("Link button"), CorrectLink(announcement.id, fingerprint(*shown))),
            Button(_("See the announcement"), OpenAnnouncement(announcement.id)),
            BACK,
        ),
    )


async def out_now(request: Request, announcement_id: int, _locale: str = "") -> StoredVersion:
    """Return the version of an announcement that people have got or will get soon.

    The version is a digest that shows whether another organiser has changed the announcement in any language, so
    `_locale`, which the button carries, is ignored. Raises UserError for a draft or a scheduled announcement.
    """
    return await version_of(request, await find_published(request, announcement_id))


async def _said(request: Request, announcement: int, locale: str) -> Mapping[str, str]:
    content = await words_of(request, await find_published(request, announcement))
    return {"message": markdown.write(content.lines(locale))}


@routes.form("awf", CorrectionForm, who=ORGANISER, prefill=_said, unless_changed=out_now)
async def correct(request: Request, form: CorrectionForm, announcement_id: int, locale: str) -> Reply:
    """Replace the words of an announcement in one locale, and enqueue edits of the messages that were sent.

    `locale` is '' for the words that are for readers whose language has no words of its own. If the words are the same,
    nothing happens, and the reply says so. The form comes back if the text is too long, or a file is of another kind
    than before.
    """
    announcement = await find_published(request, announcement_id)
    content = await words_of(request, announcement)
    if locale not in content.words:
        raise Stale
    if form.message.body == content.words[locale] and not form.message.attachments:
        return reply(_("Nothing to change: the announcement says this already."), buttons=back_to(announcement.id))
    with refusals_about("message"):
        edited = await changing.correct_announcement(
            request.tx, request.settings, announcement, form.message, request.now, locale=locale
        )
    await live_screens.touch(request.tx, screen_of(announcement.id))
    said = _("Corrected: «{title}»", title=await title_of(request, announcement))
    undo: tuple[Button, ...] = ()
    if not form.message.attachments:
        values = {
            "before": [encode(line) for line in content.words[locale]],
            "after": [encode(line) for line in form.message.body],
        }
        inverse = restore_words.to(announcement.id, locale)
        undo = (await record_change(request, subject(announcement), said, inverse, values),)
    return reply(
        said,
        *await corrected(request, announcement, edited),
        *remarks(form.message.attachments),
        buttons=(*undo, *back_to(announcement.id)),
        toast=_("Saved."),
    )


async def corrected(request: Request, announcement: Announcement, edited: int) -> tuple[Text, ...]:
    """Return lines that say how many messages are being edited (`edited`), and how many have still to be sent."""
    return (
        _n("{count} message is being edited.", "{count} messages are being edited.", edited),
        *_to_come(await reports.tally_copies(request.tx, announcement.id)),
    )


def _to_come(tally: Sequence[CopyCount]) -> tuple[Text, ...]:
    if not (count := count_waiting(tally)):
        return ()
    leave = _n(
        "{count} message will leave with the corrected text.",
        "{count} messages will leave with the corrected text.",
        count,
    )
    return (leave,)


@inverses.declare("iv")
async def restore_words(request: Request, values: Values, announcement_id: int, locale: str) -> None:
    """Undo a correction: restore the earlier words of an announcement in every message.

    Raises UserError, and changes nothing, if the announcement was changed since or withdrawn.
    """
    announcement = await find(request, announcement_id)
    content = await words_of(request, announcement)
    after = tuple(decode(line) for line in values["after"])
    if not announcement.is_out or content.words.get(locale) != after:
        raise changed_since()
    words = {**content.words, locale: tuple(decode(line) for line in values["before"])}
    await changing.set_words(request.tx, announcement, content, words, request.now)
    await live_screens.touch(request.tx, screen_of(announcement.id))


async def _sure_to_withdraw(request: Request, announcement_id: int) -> Question:
    announcement = await find_published(request, announcement_id)
    await live_screens.leave(request.tx, screen_of(announcement.id), request.account)
    reached = count_there(await reports.tally_copies(request.tx, announcement.id))
    return Question(
        _n(
            "Withdraw it from {count} person? What is still waiting will not be sent.",
            "Withdraw it from {count} people and chats? What is still waiting will not be sent.",
            reached,
        ),
        _("Some platforms keep what is older than two days; the report says which. It cannot be undone."),
        yes=_("Yes, withdraw it"),
        back=(Button(_("See the announcement"), OpenAnnouncement(announcement.id)), ANNOUNCEMENTS),
    )


@routes.press("azy", who=ORGANISER, first=Asks(AskToWithdraw, _sure_to_withdraw))
async def withdraw(request: Request, announcement_id: int) -> Reply:
    """Enqueue the deletion of every message of an announcement, and show how many messages will be deleted.

    If the announcement is withdrawn already, or no message was sent, the report is shown instead. The report also says
    which messages a platform refuses to delete.
    """
    announcement = await find(request, announcement_id)
    if not announcement.is_out:
        return await report(request, announcement)
    there = partial(reports.count_there, announcement_id=announcement.id)
    leaving = await request.preload(("there", announcement.id), lambda perform: perform(there))
    await changing.withdraw_announcement(request.tx, announcement, request.now)
    await live_screens.touch(request.tx, screen_of(announcement.id))
    await request.show_below(screen_of(announcement.id))
    return reply(
        _n("Withdrawn: {count} message is being deleted.", "Withdrawn: {count} messages are being deleted.", leaving),
        _("The report comes below and stays up to date."),
        buttons=(ANNOUNCEMENTS, BACK),
    )
