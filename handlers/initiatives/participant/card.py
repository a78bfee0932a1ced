"""A person's own card: its words, what the initiative looks for and brings, and whether other people see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, cast

from bot.content.addresses import leads_somewhere, with_scheme
from bot.content.errors import Stale
from bot.content.forms import Form, Incomplete, territory, text
from bot.content.names import fold
from bot.content.stems import language, stems
from bot.content.territories import territory_name
from bot.content.texts import Span, Strong, Text, _
from bot.content.views import Button, Choice, Option, Reply, reply, with_lines_first
from bot.conversation.routes import Request, Routes
from handlers.initiatives import service
from handlers.initiatives.actions import MY_CARD
from handlers.initiatives.messages import card_lines
from handlers.initiatives.model import MOST_NEEDS, NEEDS, InitiativeCard, Side
from handlers.initiatives.organiser import ask_to_look
from handlers.initiatives.participant.contacts import give
from handlers.initiatives.store import cards
from handlers.navigation.actions import HOME
from handlers.questionnaires.store import all_fields, answers_of

routes = Routes()

_NAMES_OF_FIELDS: Mapping[str, frozenset[str]] = {
    "title": frozenset(("initiative", "projet", "project", "projekt", "structure", "organisation", "organization")),
    "sentence": frozenset(("presentation", "description", "en une phrase", "in one sentence", "in einem satz")),
    "link": frozenset(("site", "site web", "lien", "link", "website", "webseite")),
}
"""The names of private fields of which the card's form is filled in, without accents and capitals."""
_ADDRESS = re.compile(r"\S*(://|www\.)\S*")


class InitiativeForm(Form):
    """The form for the words of a person's card."""

    title: ClassVar[Text] = _("My initiative")
    read_by_others: ClassVar[bool] = True
    name: str = text(_("What is your initiative called?"), max_length=80)
    sentence: str = text(_("What is it, in one sentence?"), max_length=200, required=False)
    where: str = territory(_("In which country or region?"), required=False)
    link: str = text(_("A web page, if there is one"), max_length=200, required=False)


class OwnWordsForm(Form):
    """The form for the author's own words about what the initiative looks for, or brings."""

    title: ClassVar[Text] = _("In your own words")
    read_by_others: ClassVar[bool] = True
    words: str = text(_("What exactly?"), max_length=100, required=False, hint=_("For instance «a room for 20»."))


@routes.press("ini")
@routes.command(
    "initiative",
    _("Your initiative, as others see it"),
    names={"en": "initiative", "de": "initiative"},
    plain_words=_("my initiative, my card, my project"),
)
async def show_own(request: Request) -> Reply:
    """Show a person their own card exactly as others see it, with buttons to change, show or hide it."""
    card = await cards.find_card(request.tx, request.participant.id)
    if card is not None and not card.shown:
        request.require_confirmed()
    if card is None or not card.title:
        return reply(
            _("Say in two minutes what you do, what you look for and what you bring: that is how others find you."),
            buttons=(Button(_("Present my initiative"), write.to(), style="primary"), _GIVE, HOME),
        )
    hide = Button(_("No longer show it"), show.to(False))
    reveal = Button(_("Yes, show it"), show.to(True), style="primary")
    buttons = (hide if card.shown else reveal, _CHANGE, _GIVE, HOME)
    return reply(*card_lines(card), "", _standing(card), buttons=buttons)


def _standing(card: InitiativeCard) -> Span:
    """Return whether others see a card."""
    if card.state == "reported":
        return _("Hidden for now: some people reported it, and the team will look at it.")
    if card.state == "off":
        return _("The team took it off. Change it, and the team looks at it again.")
    if card.shown:
        return _("Everybody here can read it.")
    return _("Nobody sees it yet. Others will see exactly this, on the wall and on paper too. Show it?")


@routes.press("nfc")
async def change(request: Request) -> Reply:
    """Offer the parts of the person's card that can be changed."""
    card = await _own(request)
    return reply(
        *card_lines(card),
        buttons=(
            Button(_("The words"), write.to()),
            # L10N: a button: what my initiative looks for
            Button(_("I look for"), choose.to("seeks")),
            # L10N: a button: what my initiative can give to others
            Button(_("I bring"), choose.to("offers")),
            MY_CARD,
        ),
    )


async def _own(request: Request) -> InitiativeCard:
    """Return the person's own card. Raises Stale if there is none."""
    card = await cards.find_card(request.tx, request.participant.id)
    if card is None or not card.title:
        raise Stale
    return card


async def _before(request: Request) -> Mapping[str, str]:
    """Return the words of one's card or, for a new one, what the team's list already tells."""
    card = await cards.find_card(request.tx, request.participant.id)
    if card is not None and card.title:
        where = territory_name(card.territory, request.locale) if card.territory else ""
        return {"name": card.title, "sentence": card.sentence, "where": where, "link": card.link}
    person = request.participant
    answers = await answers_of(request.tx, person.id, about_health=False)
    found = {
        part: answers[field.id]
        for field in await all_fields(request.tx)
        for part, names in _NAMES_OF_FIELDS.items()
        if field.id in answers and names.intersection(map(fold, field.words.values()))
    }
    named = {"name": found.get("title", "")[:80], "sentence": found.get("sentence", "")[:200]}
    where = territory_name(person.territory, request.locale) if person.territory else ""
    return {**named, "where": where, "link": found.get("link", "")}


@routes.form("nfw", InitiativeForm, prefill=_before)
async def write(request: Request, form: InitiativeForm) -> Reply:
    """Store the words of the person's card. Nobody sees a new card until its author chooses to show it.

    Raises Incomplete for links in place of words, and for an address that cannot be opened.
    """
    for field, words in (("name", form.name), ("sentence", form.sentence)):
        if words and not any(map(str.isalpha, _ADDRESS.sub("", words))):
            raise Incomplete(field, _("Say it in words: the link has its own place below."))
    link = with_scheme(form.link)
    if link and not leads_somewhere(link):
        raise Incomplete("link", _("An address that begins with https://, please."))
    person = request.participant.id
    locale = language(f"{form.name} {form.sentence}", request.locale)
    said = {"title": form.name, "sentence": form.sentence, "link": link, "territory": form.where, "locale": locale}
    await cards.put(request.tx, person, **said)
    card = await _changed(request)
    if card.shown or card.seeks or card.offers:
        return await show_own(request)
    return with_lines_first(await choose(request, "seeks"), _("Saved. Nobody sees your card yet."))


async def _changed(request: Request) -> InitiativeCard:
    """Have one's changed card found by its words, and looked at by the team if it is hidden; return it."""
    card = await _own(request)
    words = " ".join((card.title, card.sentence, card.seeks_words, card.offers_words))
    await cards.put(request.tx, card.id, stems=stems(words, card.locale))
    if card.state:
        await ask_to_look(request.tx, card, request.now)
    return card


@routes.press("nfn")
async def choose(request: Request, side: str) -> Reply:
    """Ask what the person's initiative looks for («seeks») or brings («offers»)."""
    card, asked = await _own(request), _side(side)
    options = tuple(Option(key, words) for key, words in NEEDS.items())
    pick, add = (chosen, add_words) if asked == "seeks" else (chosen_offers, add_offers)
    return reply(
        Strong(_QUESTIONS[asked]),
        _("Choose {most} at most. Then add your own words if you like.", most=MOST_NEEDS),
        choice=Choice(
            pick.to(side), options, selected=card.needs(asked), at_least=0, at_most=MOST_NEEDS, none=_("Nothing")
        ),
        buttons=(Button(_("In my own words"), add.to(side)), MY_CARD),
    )


_QUESTIONS: Mapping[Side, Text] = {"seeks": _("What do you look for?"), "offers": _("What do you bring?")}


def _side(side: str) -> Side:
    if side not in ("seeks", "offers"):
        raise Stale
    return cast("Side", side)


@routes.pick("nfp")
async def chosen(request: Request, needs: tuple[str, ...], side: str) -> Reply:
    """Store what the person's initiative looks for or brings (at most three of `NEEDS`); ask for the other side."""
    card, asked = await _own(request), _side(side)
    if len(needs) > MOST_NEEDS or not {*needs} <= {*NEEDS}:
        raise Stale
    await cards.put(request.tx, card.id, **{asked: " ".join(needs)})
    return await _onward(request, asked)


# Each side has its own codes: a page sends ticks together with a press of «In my own words», and after the ticks the
# engine takes the button with that code on the new screen, which would be the other side's.
chosen_offers = routes.pick("nfq")(chosen.handler)


async def _onward(request: Request, answered: Side) -> Reply:
    """Go on after an answer about one side of the card: with the other side if it is still empty, or with the card."""
    card = await _changed(request)
    if answered == "seeks" and not (card.offers or card.offers_words):
        return await choose(request, "offers")
    return await show_own(request)


async def _own_words(request: Request, side: str) -> Mapping[str, str]:
    return {"words": (await _own(request)).own_words(_side(side))}


async def _asked(_request: Request, side: str) -> Text:
    return _QUESTIONS[_side(side)]


@routes.form("nfo", OwnWordsForm, prefill=_own_words, about=_asked)
async def add_words(request: Request, form: OwnWordsForm, side: str) -> Reply:
    """Store the person's own words about what their initiative looks for, or brings."""
    asked = _side(side)
    await cards.put(request.tx, (await _own(request)).id, **{f"{asked}_words": form.words})
    return await _onward(request, asked)


add_offers = routes.form("nfu", OwnWordsForm, prefill=_own_words, about=_asked)(add_words.handler)


@routes.press("inv")
async def show(request: Request, visible: bool) -> Reply:
    """Show the person's card to everybody or, if `visible` is False, hide it."""
    await service.show(request.tx, (await _own(request)).id, visible=visible)
    return await show_own(request)


_CHANGE = Button(_("Change it"), change.to())
_GIVE = Button(_("My contact details"), give.to())


async def may_write(request: Request) -> bool:
    """Return whether the menu offers the person their card; it does if they have joined."""
    return request.participant.joined
