"""The directory: everybody's cards, by territory, theme, need or words; reporting cards, blocking their authors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar

from bot.content.errors import UserError
from bot.content.forms import Form, text
from bot.content.names import collation
from bot.content.stems import stems
from bot.content.texts import Localised, Span, Strong, Territory, Text, _, _n, plain
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import Request, Routes
from bot.people.naming import called
from handlers.initiatives import service
from handlers.initiatives.actions import CONTACTS, DIRECTORY, MY_CARD
from handlers.initiatives.messages import card_label, card_lines
from handlers.initiatives.model import NEEDS, Contact, InitiativeCard
from handlers.initiatives.organiser import report_to_team
from handlers.initiatives.store import cards, contacts
from handlers.navigation.actions import HOME
from handlers.navigation.layout import PER_PAGE, paged
from handlers.themes.store import all_themes

routes = Routes()

_WAYS: Mapping[str, Text] = {
    "need": _("By what they look for"),
    "offer": _("By what they bring"),
    "territory": _("By territory"),
    "theme": _("By theme"),
}


class DirectorySearchForm(Form):
    """The form for words by which cards are searched."""

    title: ClassVar[Text] = _("Search the directory")
    words: str = text(_("What are you looking for?"), max_length=80)


@routes.press("nd")
@routes.command(
    "annuaire",
    _("Who is here, and what they look for and bring"),
    names={"en": "directory", "de": "verzeichnis"},
    plain_words=_("directory, initiatives, who is here"),
)
async def show_directory(request: Request, page: int = 0, by: str = "", value: str = "") -> Reply:
    """Show the cards that the person may see: all, or only those with one value.

    `by` is «territory», «theme», «need» or «offer», '' for all; `value` is the key or code, with «_» in place of «-».
    """
    found = [card for card in await _visible(request) if not by or value in [key for key, _words in _values(card, by)]]
    if not found:
        line = _("Nobody else shows a card yet. Show yours, if you have not!") if not by else _("No card matches.")
        return reply(line, buttons=(MY_CARD, *((DIRECTORY,) if by else ()), HOME))
    shown, pages = paged(found, page, lambda other: show_directory.to(other, by, value))
    return reply(
        Strong(_n("{count} initiative", "{count} initiatives", len(found))),
        choice=_choice(shown),
        buttons=(*pages, *((DIRECTORY,) if by else (_NARROW,)), MY_CARD, HOME),
        again=show_directory.to(page, by, value),
    )


async def _visible(request: Request) -> Sequence[InitiativeCard]:
    """Return the cards that the reader may see, sorted by their authors' names.

    Whom the reader blocked is missing among them, so none is shown in a browser that nobody confirmed.
    """
    request.require_confirmed()
    found = await cards.visible_cards(request.tx, request.participant.id)
    return sorted(found, key=lambda card: (collation(card.full_name), card.id))


def _values(card: InitiativeCard, by: str) -> Sequence[tuple[str, str]]:
    """Return where a card belongs among the territories, themes, needs or offers, as in buttons and as stored."""
    keys = {
        "territory": [card.territory],
        "theme": [card.theme],
        "need": card.needs("seeks"),
        "offer": card.needs("offers"),
    }.get(by, [])
    return [(key.replace("-", "_"), key) for key in keys if key]


def _choice(shown: Sequence[InitiativeCard]) -> Choice:
    options = tuple(Option(str(card.id), card_label(card)) for card in shown)
    # L10N: above a list of people: whose card shall be shown?
    return Choice(open_card.to(), options, placeholder=_("Whose card?"), listed=True)


@routes.press("ndn")
async def narrow(request: Request) -> Reply:
    """Offer the ways to choose cards: by need, offer, territory, theme (if there are themes), or words."""
    themes = await all_themes(request.tx)
    ways = (Button(words, list_values.to(by)) for by, words in _WAYS.items() if themes or by != "theme")
    return reply(_("How do you want to look?"), buttons=(*ways, Button(_("Search by words"), search.to()), DIRECTORY))


_NARROW = Button(_("Find"), narrow.to())


@routes.press("ndv")
async def list_values(request: Request, by: str, page: int = 0) -> Reply:
    """List the territories, themes, needs or offers that cards have, as `by` says; the most frequent come first."""
    found = Counter(value for card in await _visible(request) for value in _values(card, by))
    titles = {theme.key: Localised(theme.title) for theme in await all_themes(request.tx)} if by == "theme" else {}

    def name(key: str) -> Span:
        return Territory(key) if by == "territory" else titles.get(key, key) if by == "theme" else NEEDS.get(key, key)

    values = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    shown, pages = paged(values, page, lambda other: list_values.to(by, other), per_page=PER_PAGE - 2)
    buttons = tuple(
        # L10N: a button: a territory, a theme or a need, and how many cards have it
        Button(_("{name} ({count})", name=name(key), count=count), show_directory.to(0, by, value))
        for (value, key), count in shown
    )
    line = _("Which one?") if shown else _("No card matches.")
    return reply(line, buttons=(*buttons, *pages, DIRECTORY), again=list_values.to(by, page))


@routes.form("nds", DirectorySearchForm)
async def search(request: Request, form: DirectorySearchForm) -> Reply:
    """Show at most ten cards that contain the typed words, in any form; cards with most of the words come first."""
    chips = {need: stems(plain(words, request.reader), request.locale) for need, words in NEEDS.items()}
    scored = []
    for card in await _visible(request):
        words = " ".join((card.stems, *(chips.get(need, "") for need in card.needs("seeks") + card.needs("offers"))))
        # one word alone does not tell its language: it may be the card's, or that in which its need is read
        wanted = {stem for locale in (card.locale, request.locale) for stem in stems(form.words, locale).split()}
        scored.append((len(wanted.intersection(words.split())), card))
    best = sorted((item for item in scored if item[0]), key=lambda item: -item[0])[:PER_PAGE]
    again = (Button(_("Search again"), search.to()), DIRECTORY)
    if not best:
        return reply(_("Nobody has these words on their card. Try others, or fewer."), buttons=again)
    return reply(_("Found:"), choice=_choice([card for _score, card in best]), buttons=again)


# --- one card


@routes.pick("ndo", sent_with_press=False)
async def open_card(request: Request, person: int) -> Reply:
    """Show another person's card. Raises UserError if the reader may not see it (any more)."""
    card = await _seen(request, person)
    keep = (
        Button(_("Stop keeping in touch"), take_back.to(person))
        if (await contacts.answers_of(request.tx, request.participant.id)).get(person)
        # L10N: a button: I would like to have the contact of this person
        else Button(_("Keep in touch"), keep_contact.to(person), style="primary")
    )
    return reply(
        *card_lines(card),
        buttons=(
            keep,
            # L10N: a button, a verb: tell the organisers that a card is out of place
            Button(_("Report"), report.ask.to(person)),
            # L10N: a button, a verb: see nothing of this person any more, and not be seen
            Button(_("Block"), block.ask.to(person)),
            DIRECTORY,
        ),
    )


async def _seen(request: Request, person: int) -> InitiativeCard:
    """Return a card that the reader may see. Raises UserError for any other."""
    card = next((card for card in await _visible(request) if card.id == person), None)
    if card is None:
        raise UserError(_("This card is no longer shown."), buttons=(DIRECTORY, HOME))
    return card


@routes.press("ndk")
async def keep_contact(request: Request, person: int, *, yes: bool = True) -> Reply:
    """Store whether the reader wants to keep in touch with the author of a card, who learns it only if both want to."""
    card = await _seen(request, person)
    reader, now = request.participant.id, request.now
    both = await service.answer(request.tx, reader, person, yes=yes, met="directory", now=now, untold=[reader])
    if both:
        return reply(*await service.in_touch(request.tx, reader, card), buttons=(CONTACTS, DIRECTORY))
    said = _("Saved. {name} learns of it only if they want it too.", name=called(card))
    return reply(said if yes else _("Done. Nobody was told."), buttons=(CONTACTS, DIRECTORY))


take_back = routes.press("ndx")(keep_contact.having(yes=False))


async def _sure_to_report(request: Request, person: int) -> Question:
    card = await _seen(request, person)
    line = _("Report this card to the team? You two will no longer see each other. Its author does not learn who did.")
    return Question(*card_lines(card), "", line, yes=_("Yes, report it"), back=(DIRECTORY,))


@routes.press("ndry", first=Asks("ndr", _sure_to_report))
async def report(request: Request, person: int) -> Reply:
    """Report a card to the organisers as out of place; after three reports it is hidden until they look at it.

    Raises UserError after too many reports within an hour.
    """
    card = await _seen(request, person)
    await service.refuse_too_many_reports(request.tx, request.settings, request.participant, request.now)
    await service.block(request.tx, request.participant.id, person, request.now, reported=True)
    await report_to_team(request.tx, card, request.now)
    return reply(_("Thank you. The organisers will look at it."), buttons=(DIRECTORY, HOME))


async def _sure_to_block(request: Request, person: int) -> Question:
    other = await _seen_or_known(request, person)
    name = called(other)
    line = _("Block {name}? You will no longer see each other here. {name} is not told.", name=name)
    keeps = (_("{name} keeps what you shared.", name=name),) if isinstance(other, Contact) else ()
    return Question(line, *keeps, yes=_("Yes, block"), back=(DIRECTORY, CONTACTS))


@routes.press("ndby", first=Asks("ndb", _sure_to_block))
async def block(request: Request, person: int) -> Reply:
    """Block a contact, or the author of a card: the two no longer see each other's cards, and exchange no contacts."""
    other = await _seen_or_known(request, person)
    await service.block(request.tx, request.participant.id, other.id, request.now)
    return reply(_("Done. You can undo this in your contacts."), buttons=(DIRECTORY, CONTACTS))


async def _seen_or_known(request: Request, person: int) -> InitiativeCard | Contact:
    """Return a contact of the reader, or a card that they may see. Raises UserError for anybody else."""
    return await contacts.contact_of(request.tx, request.participant.id, person) or await _seen(request, person)
