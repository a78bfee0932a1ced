"""Screens to write announcements: their words in each language, their audience, and the link button below them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from bot.content import i18n, markdown
from bot.content.actions import Action
from bot.content.addresses import leads_somewhere
from bot.content.errors import Stale
from bot.content.forms import Composition, Form, Incomplete, message, text
from bot.content.i18n import LOCALES
from bot.content.territories import by_name
from bot.content.texts import Moment, Span, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, View, reply, with_lines_first, with_lines_last
from bot.conversation import dialogues, live_screens
from bot.conversation.preloading import Perform
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, Go, Instead, LookAgain, Request, Routes, StoredVersion
from bot.conversation.undo import Values, changed_since, record_change
from bot.files.uploads import remarks
from bot.people import audience_store
from bot.people.audience_store import describe
from bot.people.audiences import Audience, of_option
from handlers.announcements.actions import (
    ANNOUNCEMENTS,
    ChooseAudience,
    OpenAnnouncement,
    back_to,
    check,
    draft_now,
    find,
    find_draft,
    subject,
    title_of,
    values_of,
    words_of,
)
from handlers.announcements.model import Announcement
from handlers.announcements.organiser.campaigns import write_campaign
from handlers.announcements.organiser.corrections import CorrectLink, corrected, find_published, out_now
from handlers.announcements.organiser.preview import AskToDiscard, ChooseLanguage, Rewrite, SetLink, preview
from handlers.announcements.organiser.report import report
from handlers.announcements.progress import screen_of
from handlers.announcements.service import campaigns, changing, drafts
from handlers.announcements.store import acknowledgements, announcements, contents
from handlers.announcements.store.contents import ELSE, LinkButton
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.rounds import all_rounds
from handlers.navigation import people_store
from handlers.navigation.actions import BACK, NotJoined
from handlers.navigation.changes import inverses
from handlers.navigation.layout import paged
from handlers.themes.store import all_themes

routes = Routes()


class Write(Action, code="an"):
    """The button that opens the form for a new announcement."""


class MessageForm(Form):
    """The form for the message to announce."""

    title: ClassVar[Text] = _("An announcement")
    message: Composition = message(
        _("What do you want to tell them?"), hint=_("As it should look: text, pictures, documents.")
    )


async def count_unsent(request: Request) -> View:
    """Return a part of the organisers' home screen: how many announcements are drafts, and how many are scheduled."""
    unsent = await announcements.unsent(request.tx)
    lines: list[Span] = []
    if unsent.next_due:
        lines.append(
            _n(
                "{count} announcement is planned for {moment}.",
                "{count} announcements are planned, the first for {moment}.",
                unsent.waiting,
                moment=Moment(unsent.next_due),
            )
        )
    if unsent.drafts:
        lines.append(_n("{count} draft.", "{count} drafts.", unsent.drafts))
    return View(tuple(lines), (Button(_("Announce"), Go("annoncer"), stays="at first"),))


@routes.press("apg", who=ORGANISER)
@routes.command(
    "annoncer",
    _("Tell many people something"),
    names={"en": "announce", "de": "ankuendigen"},
    who=ORGANISER,
    plain_words=_("announce, announcement, announcements, write an announcement"),
    for_others="moi",
    listed=3,
)
async def list_announcements(request: Request, page_number: int = 0) -> Reply:
    """Show a page of announcements, with buttons to open them and to write a new one.

    First come announcements that are scheduled or being sent, then sent ones, then drafts. If there are none yet, the
    next message that the organiser types becomes the first announcement.
    """
    count = await announcements.count_announcements(request.tx)
    ranks, pages = paged(range(count), page_number, list_announcements.to)
    page = await announcements.list_announcements(request.tx, len(ranks), ranks[0]) if ranks else ()
    if not page:
        await dialogues.expect(request, Write().encode())
    said: Span = (
        _("What was announced lately, and what is being written:")
        if page
        else _("Nothing was announced yet. Write the first announcement here; you see who gets it before it leaves.")
    )
    listed = [Button(await _label(request, announcement), OpenAnnouncement(announcement.id)) for announcement in page]
    return reply(
        said,
        buttons=(
            Button(_("Write an announcement"), Write(), style="primary"),
            Button(_("A campaign"), write_campaign.to()),
            *listed,
            *pages,
            BACK,
        ),
    )


async def _label(request: Request, announcement: Announcement) -> Span:
    title = await title_of(request, announcement)
    match announcement.state:
        case "draft":
            return _("Draft: {title}", title=title)
        case "waiting":
            assert announcement.due is not None
            return _("{moment}: {title}", moment=Moment(announcement.due), title=title)
        case "sending":
            return _("On its way: {title}", title=title)
        case "sent" if announcement.asks_seen:
            seen = await acknowledgements.count_seen(request.tx, announcement.id)
            return _("Sent, {seen} seen: {title}", seen=seen, title=title)
        case "sent":
            return _("Sent: {title}", title=title)
        case "cancelled":
            return _("Cancelled: {title}", title=title)
        case "withdrawn":
            return _("Withdrawn: {title}", title=title)


@routes.press(OpenAnnouncement, who=ORGANISER)
async def open_announcement(request: Request, announcement_id: int) -> Reply:
    """Show a draft with buttons to change and send it, or the report on any other announcement."""
    announcement = await find(request, announcement_id)
    return await (preview if announcement.is_open else report)(request, announcement)


@routes.form(Write, MessageForm, who=ORGANISER)
async def write(request: Request, form: MessageForm) -> Reply:
    """Store the typed message as a draft, and ask whom it is for."""
    check(request, form.message)
    await _counted(request, await _usual(request))  # before the draft is stored, which is undone where this takes long
    draft = await drafts.draft_announcement(
        request.tx, request.settings, request.participant.id, form.message, request.now
    )
    chosen = await choose_audience(request, draft.id)
    return with_lines_first(chosen, _("Your text is kept as a draft."), *remarks(form.message.attachments))


async def _written(request: Request, announcement: int) -> Mapping[str, str]:
    content = await words_of(request, await find_draft(request, announcement))
    return {"message": markdown.write(content.lines(ELSE))}


async def _to_rewrite(request: Request, announcement: int) -> StoredVersion:
    """Return the present version of a draft; the words typed for another one become a draft of their own."""
    draft = await find(request, announcement)

    async def keep_as_its_own(form: MessageForm) -> Reply:
        check(request, form.message)
        made = await drafts.draft_announcement(
            request.tx, request.settings, request.participant.id, form.message, request.now
        )
        await announcements.set_audience(request.tx, made.id, draft.audience)
        if not form.message.attachments and (other := await contents.find_content(request.tx, draft.id)):
            await contents.put_files(request.tx, made.id, other.attachments)
        return reply(
            _("This announcement was changed meanwhile. What you wrote is kept as a draft of its own."),
            *remarks(form.message.attachments),
            buttons=(
                # L10N: a button: see one's own version of a draft that somebody else changed meanwhile
                Button(_("See mine"), OpenAnnouncement(made.id), style="primary"),
                Button(_("See the other"), OpenAnnouncement(draft.id)),
                ANNOUNCEMENTS,
            ),
            fresh=True,
        )

    values = await values_of(request, draft) if draft.is_open else ()
    return StoredVersion(values, Instead(keep_as_its_own))


@routes.form(Rewrite, MessageForm, who=ORGANISER, prefill=_written, unless_changed=_to_rewrite)
async def rewrite(request: Request, form: MessageForm, announcement: int) -> Reply:
    """Replace the words of a draft for all languages with the typed ones, and its files with new ones, if any."""
    check(request, form.message)
    draft = await find(request, announcement)
    content = await words_of(request, draft)
    await contents.put_words(request.tx, draft.id, {**content.words, ELSE: form.message.body}, content.link)
    if form.message.attachments:
        await contents.put_files(request.tx, draft.id, form.message.view().attachments)
    shown = await preview(request, await find(request, draft.id), copy=True)
    return with_lines_last(shown, *remarks(form.message.attachments))


async def _sure_to_discard(request: Request, announcement: int) -> Question:
    draft = await find_draft(request, announcement)
    return Question(
        _(
            "Throw the draft «{title}» away? Nobody got it, and it cannot be brought back.",
            title=await title_of(request, draft),
        ),
        yes=_("Throw away"),
        back=(Button(_("Keep it"), OpenAnnouncement(draft.id)),),
    )


async def _to_discard(request: Request, announcement: int) -> StoredVersion:
    said = _("This draft was changed meanwhile, so it was kept. This is how it is now.")
    look = LookAgain(OpenAnnouncement(announcement), said=said)
    return replace(await draft_now(request, announcement), conflict=look)


@routes.press("ady", who=ORGANISER, first=Asks(AskToDiscard, _sure_to_discard), unless_changed=_to_discard)
async def discard(request: Request, announcement: int) -> Reply:
    """Delete the draft of an announcement, and show the other announcements."""
    draft = await find_draft(request, announcement)
    await announcements.discard_draft(request.tx, draft.id)
    await campaigns.stop_reminding(request.tx, draft.id)
    return with_lines_first(await list_announcements(request), _("The draft is gone."), "")


# --- Whom an announcement is for.


_NARROW: dict[str, Text] = {"group": _("A group"), "territory": _("A territory"), "platform": _("A platform")}
_MOST_OPTIONS = 100


@routes.press(ChooseAudience, who=ORGANISER)
async def choose_audience(request: Request, announcement: int) -> Reply:
    """Show the audiences that a draft can have, each with the present number of people in it, to choose one."""
    draft = await find_draft(request, announcement)
    narrow = tuple(Button(label, choose_among.to(draft.id, kind)) for kind, label in _NARROW.items())
    return reply(
        _("Who is it for?"),
        choice=await _choice(request, draft, await _usual(request)),
        buttons=(
            *narrow,
            Button(_("Not registered yet: a file"), NotJoined(0)),
            Button(_("See the announcement"), OpenAnnouncement(draft.id)),
            BACK,
        ),
    )


async def _usual(request: Request) -> Sequence[Audience]:
    return [
        Audience(),
        *(Audience("theme", theme.key) for theme in await all_themes(request.tx)),
        Audience("unchosen"),
        Audience("present", request.today.isoformat()),
        Audience("organisers"),
        Audience("me", str(request.participant.id)),
    ]


@routes.press("aan", who=ORGANISER)
async def choose_among(request: Request, announcement: int, kind: str) -> Reply:
    """Show the groups, territories or platforms from which the audience of a draft can be chosen.

    `kind` is «group», «territory» or «platform».
    """
    draft = await find_draft(request, announcement)
    found = await _among(request, kind)
    other = Button(_("Another audience"), ChooseAudience(draft.id))
    choice = await _choice(request, draft, found)
    if not choice.options:
        return reply(_("There are none of these yet. Choose another audience."), buttons=(other, BACK))
    return reply(_("Who is it for?"), choice=choice, buttons=(other, BACK))


async def _among(request: Request, kind: str) -> list[Audience]:
    match kind:
        case "group":
            rounds = [round_ for round_ in await all_rounds(request.tx) if round_.published]
            made = [group for round_ in rounds for group in await groups_of_round(request.tx, round_.number)]
            return [Audience("group", str(audience.id)) for audience in made]
        case "territory":
            codes = [
                code for code, share in (await people_store.by_territory(request.tx)).items() if code and share.joined
            ]
            return [Audience("territory", code) for code in by_name(codes, request.locale)]
        case "platform":
            return [Audience("platform", name) for name in sorted(await people_store.by_platform(request.tx))]
    raise Stale


async def _choice(request: Request, draft: Announcement, found: Iterable[Audience]) -> Choice:
    """Return the choice among these audiences, each with the number of people in it; empty ones are left out.

    The audience of everybody is offered even if it is empty.
    """
    options: list[Option] = []
    for audience, people in await _counted(request, found):
        label: Span = await describe(request.tx, audience)
        counted = _n("{audience}: {count} person", "{audience}: {count} people", people, audience=label)
        # L10N: a button: address an announcement to oneself, to try it
        options.append(Option(audience.option, _("Only me") if audience.kind == "me" else counted))
    action = pick_audience.seeing(*await values_of(request, draft)).to(draft.id)
    return Choice(action, tuple(options), placeholder=_("Choose an audience"))


async def _counted(request: Request, found: Iterable[Audience]) -> Sequence[tuple[Audience, int]]:
    audiences = tuple(found)
    return await request.preload(("audiences", audiences), partial(_count_people, audiences=audiences))


async def _count_people(perform: Perform, *, audiences: Iterable[Audience]) -> Sequence[tuple[Audience, int]]:
    """Return the first of these audiences that are not empty, or for everybody, with the number of people in each."""
    counts: list[tuple[Audience, int]] = []
    for audience in audiences:
        people = await perform(partial(audience_store.count, audience=audience))
        if people or audience.kind == "all":
            counts.append((audience, people))
        if len(counts) == _MOST_OPTIONS:
            break
    return counts


@routes.pick("aap", who=ORGANISER, unless_changed=draft_now)
async def pick_audience(request: Request, audience: str, announcement: int) -> Reply:
    """Set a draft's audience, then show whom the draft would reach, and send the organiser a copy of the message.

    `audience` is the value of an option, such as «all» or «theme_culture». Raises UserError if the draft was sent.
    """
    draft = await find_draft(request, announcement)
    await announcements.set_audience(request.tx, draft.id, of_option(audience))
    return await preview(request, await find(request, draft.id), copy=True)


class VariantForm(Form):
    """The form for a draft's words in another language."""

    title: ClassVar[Text] = _("In another language")
    message: Composition = message(_("The same text in that language"), hint=_("Files go with every language."))


@routes.press(ChooseLanguage, who=ORGANISER)
async def choose_language(request: Request, announcement: int) -> Reply:
    """Show the languages in which a draft has words, with buttons to write, change or remove them."""
    draft = await find_draft(request, announcement)
    content = await words_of(request, draft)
    shown = await values_of(request, draft)
    write_it, drop_it = write_variant.seeing(*shown), drop_variant.seeing(*shown)
    buttons = []
    for locale in LOCALES:
        label = i18n.locale_name(locale, request.locale)
        if locale in content.words:
            rewrite_it = _("Rewrite: {language}", language=label)
            buttons.append(Button(rewrite_it, write_it.to(draft.id, locale)))
            # L10N: a button, a verb: remove the words of a draft in one language
            buttons.append(Button(_("Drop: {language}", language=label), drop_it.to(draft.id, locale)))
        else:
            # L10N: a button, a verb: write the words of a draft in one language
            buttons.append(Button(_("Write: {language}", language=label), write_it.to(draft.id, locale)))
    return reply(
        _("People who read another language can get a text of their own; everybody else gets the one you wrote first."),
        buttons=(*buttons, Button(_("See the announcement"), OpenAnnouncement(draft.id)), BACK),
    )


async def _written_variant(request: Request, announcement: int, locale: str) -> Mapping[str, str]:
    content = await words_of(request, await find_draft(request, announcement))
    return {"message": markdown.write(content.words.get(locale, ()))}


@routes.form("alw", VariantForm, who=ORGANISER, prefill=_written_variant, unless_changed=draft_now)
async def write_variant(request: Request, form: VariantForm, announcement: int, locale: str) -> Reply:
    """Store a draft's words in one language, and show the draft in that language.

    Raises UserError if the draft was sent meanwhile. If files were sent with the words, the form asks again.
    """
    draft = await find_draft(request, announcement)
    if locale not in LOCALES:
        raise Stale
    if form.message.attachments:
        raise Incomplete("message", _("Files go with every language, so only the text is asked here."))
    check(request, form.message)
    content = await words_of(request, draft)
    words = {**content.words, locale: form.message.body}
    await contents.put_words(request.tx, draft.id, words, content.link)
    return await preview(request, draft, copy=True, locale=locale)


@routes.press("alx", who=ORGANISER, unless_changed=draft_now)
async def drop_variant(request: Request, announcement: int, language: str) -> Reply:
    """Remove a draft's words in one language. Readers with that language then get the words for all languages.

    Raises UserError if the draft was sent meanwhile.
    """
    draft = await find_draft(request, announcement)
    content = await words_of(request, draft)
    words = {locale: lines for locale, lines in content.words.items() if locale == ELSE or locale != language}
    await contents.put_words(request.tx, draft.id, words, content.link)
    return await preview(request, draft)


class LinkButtonForm(Form):
    """The form for the label and the address of the link button below an announcement."""

    title: ClassVar[Text] = _("A link button")
    label: str = text(_("What does the button say?"), max_length=40, required=False, hint=_("Empty: no button."))
    url: str = text(_("Where does it lead?"), max_length=500, required=False, hint=_("https://…"))


async def _linked(request: Request, announcement: int) -> Mapping[str, str]:
    return _filled((await words_of(request, await find_draft(request, announcement))).link)


@routes.form(SetLink, LinkButtonForm, who=ORGANISER, prefill=_linked, unless_changed=draft_now)
async def set_link(request: Request, form: LinkButtonForm, announcement: int) -> Reply:
    """Put a link button below a draft; an empty form removes it, except in a campaign, which must have one.

    Raises UserError if the draft was sent meanwhile, and Incomplete if the address is missing or wrong.
    """
    draft = await find_draft(request, announcement)
    link = _typed(draft, form)
    content = await words_of(request, draft)
    await contents.put_words(request.tx, draft.id, content.words, link)
    return await preview(request, draft, copy=True)


def _typed(announcement: Announcement, form: LinkButtonForm) -> LinkButton | None:
    """Return the typed link button, None for none. Raises Incomplete if its words or address are missing or wrong.

    A campaign must have a link button.
    """
    if bool(form.label) != bool(form.url) or (announcement.kind != "announcement" and not form.url):
        raise Incomplete("url" if form.label else "label", _("A button needs both its words and its address."))
    if form.url and not leads_somewhere(form.url):
        raise Incomplete("url", _("This is not a web address: it begins with https://"))
    return LinkButton(form.label, form.url) if form.url else None


async def _linked_out(request: Request, announcement: int) -> Mapping[str, str]:
    return _filled((await words_of(request, await find_published(request, announcement))).link)


def _filled(link: LinkButton | None) -> Mapping[str, str]:
    return {"label": link.label, "url": link.url} if link else {}


@routes.form(CorrectLink, LinkButtonForm, who=ORGANISER, prefill=_linked_out, unless_changed=out_now)
async def correct_link(request: Request, form: LinkButtonForm, announcement_id: int) -> Reply:
    """Change the link button in every message of an announcement that was sent. The change can be undone.

    Raises Incomplete if the label or the address is missing or wrong.
    """
    announcement = await find_published(request, announcement_id)
    link = _typed(announcement, form)
    content = await words_of(request, announcement)
    edited = await changing.set_words(request.tx, announcement, replace(content, link=link), content.words, request.now)
    await live_screens.touch(request.tx, screen_of(announcement.id))
    said = _("Corrected: «{title}»", title=await title_of(request, announcement))
    values = {"before": _kept(content.link), "after": _kept(link)}
    undo = await record_change(request, subject(announcement), said, restore_link.to(announcement.id), values)
    return reply(
        said,
        *await corrected(request, announcement, edited),
        buttons=(undo, *back_to(announcement.id)),
        toast=_("Saved."),
    )


def _kept(link: LinkButton | None) -> list[str]:
    return [link.label, link.url] if link else []


@inverses.declare("iw")
async def restore_link(request: Request, values: Values, announcement_id: int) -> None:
    """Undo a change of the link button in every message that was sent.

    Raises UserError, and changes nothing, if the button was changed since or the announcement was withdrawn.
    """
    announcement = await find(request, announcement_id)
    content = await words_of(request, announcement)
    if not announcement.is_out or _kept(content.link) != values["after"]:
        raise changed_since()
    before = LinkButton(*values["before"]) if values["before"] else None
    await changing.set_words(request.tx, announcement, replace(content, link=before), content.words, request.now)
    await live_screens.touch(request.tx, screen_of(announcement.id))
