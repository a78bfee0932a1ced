"""The organisers' screen with the gathering's colour, its logo and its partners' logos, and buttons to change them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

from bot.config import appearance_store
from bot.content.answers import Upload
from bot.content.branding import Branding, Logo
from bot.content.errors import existing
from bot.content.forms import Form, Incomplete, text, upload
from bot.content.texts import Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, FormAnswers, LookAgain, Request, Routes, StoredVersion
from bot.conversation.undo import Values, changed_since, record_change
from bot.files.logo import address_of
from bot.files.pictures import MEDIA_TYPES, cut
from handlers.appearance.actions import APPEARANCE, ShowAppearance
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses

routes = Routes()

_SUBJECT = "appearance"
_COLOUR = re.compile("#?[0-9a-fA-F]{6}")
_MOST_BYTES = 300_000
"""The most bytes of a logo that is sent: each print has it, and each page loads it."""
_SMALLEST, _LARGEST, _MOST_OBLONG = 32, 2000, 20
"""The fewest and the most pixels of a side of a logo, and how many times longer one side may be than the other."""
_MOST_PARTNERS = 6
_ENDINGS = (".png", ".jpg", ".jpeg")
_HINT = _("PNG or JPEG, 300 KB at most. Sent as a file, it stays sharp and clear around.")


class ColourForm(Form):
    """The form for the colour in which the gathering's pages and pictures are drawn."""

    title: ClassVar[Text] = _("Colour")
    colour: str = text(
        _("Which colour?"), max_length=7, hint=_("Six signs after a #: #0f6b62. Whoever made your logo can tell you.")
    )


class LogoForm(Form):
    """The form for the gathering's logo."""

    title: ClassVar[Text] = _("Logo")
    file: Upload = upload(_("The logo"), endings=_ENDINGS, max_bytes=_MOST_BYTES, hint=_HINT)


class PartnerForm(Form):
    """The form for the name and the logo of a partner."""

    # L10N: the title of a form for the name and the logo of an organisation that supports the gathering
    title: ClassVar[Text] = _("A partner’s logo")
    name: str = text(_("Who is it?"), max_length=60, hint=_("Read aloud in place of the logo."))
    file: Upload = upload(_("The logo"), endings=_ENDINGS, max_bytes=_MOST_BYTES, hint=_HINT)


async def _look(request: Request) -> Branding:
    return await appearance_store.present(request.tx, request.settings.gathering.branding)


async def _colour_now(request: Request) -> StoredVersion:
    colour = (await _look(request)).colour
    return StoredVersion((colour,), FormAnswers(_SUBJECT, {"colour": colour}))


async def _version_now(request: Request, *_which: str) -> StoredVersion:
    return StoredVersion((await appearance_store.version(request.tx),), LookAgain(show_appearance.to(), _SUBJECT))


@routes.press(ShowAppearance, who=ORGANISER)
async def show_appearance(request: Request) -> Reply:
    """Show the colour, whether there is a logo, and the partners, with buttons to change each of these."""
    look, version = await _look(request), await appearance_store.version(request.tx)
    partners = [name for name, _logo in look.partners]
    lines: list[Span] = [
        _("Colour: {colour}", colour=look.colour),
        _("There is a logo.") if look.logo else _("There is no logo."),
        _n("{count} partner’s logo", "{count} partners’ logos", len(partners)),
        _(
            "Pages, screens on the wall, pictures and prints show them; partners stand at the door, on the wall, in the"
            " booklet and on the sheet of practical information."
        ),
    ]
    buttons = [
        Button(_("Colour"), set_colour.seeing(look.colour).to()),
        Button(_("Logo"), set_logo.seeing(version).to()),
    ]
    if look.logo:
        buttons.append(Button(_("Without a logo"), remove_logo.seeing(version).to()))
    if len(partners) < _MOST_PARTNERS:
        buttons.append(Button(_("Add a partner’s logo"), add_partner.to()))
    options = tuple(Option(str(place), Name(name)) for place, name in enumerate(partners))
    choice = Choice(remove_partner.seeing(version).to(), options, placeholder=_("Remove a partner’s logo"))
    return reply(*lines, choice=choice if options else None, buttons=(*buttons, BACK))


@routes.form("apc", ColourForm, who=ORGANISER, unless_changed=_colour_now)
async def set_colour(request: Request, form: ColourForm) -> Reply:
    """Store the gathering's colour. If white text is unreadable on it, the reply names the darker one used."""
    if not _COLOUR.fullmatch(form.colour):
        raise Incomplete("colour", _("This is no colour. Write # and six signs from 0 to 9 and A to F: #0f6b62."))
    look = await _look(request)
    after = replace(look, colour=f"#{form.colour.removeprefix('#').lower()}")
    darkened: tuple[Span, ...] = ()
    if after.palette.accent != after.colour:
        darkened = (
            _(
                "It is too light for white letters: {darker} is used instead, the same colour darkened.",
                darker=after.palette.accent,
            ),
        )
    return await _save(request, look, after, _("Colour: {colour}", colour=after.colour), *darkened)


@routes.form("apl", LogoForm, who=ORGANISER, unless_changed=_version_now)
async def set_logo(request: Request, form: LogoForm) -> Reply:
    """Store the gathering's logo."""
    look = await _look(request)
    return await _save(request, look, replace(look, logo=_usable(form.file)), _("The logo was changed"))


@routes.press("apw", who=ORGANISER, unless_changed=_version_now)
async def remove_logo(request: Request) -> Reply:
    """Remove the gathering's logo."""
    look = await _look(request)
    return await _save(request, look, replace(look, logo=""), _("The logo was removed"))


@routes.form("app", PartnerForm, who=ORGANISER)
async def add_partner(request: Request, form: PartnerForm) -> Reply:
    """Store the name and logo of a partner, in place of an earlier logo with the same name."""
    look = await _look(request)
    partners = {**dict(look.partners), form.name: _usable(form.file)}
    if len(partners) > _MOST_PARTNERS:
        raise Incomplete("name", _("There are {most} already. Remove one first.", most=_MOST_PARTNERS))
    after = replace(look, partners=[*partners.items()])
    return await _save(request, look, after, _("Partner: {name}", name=Name(form.name)))


@routes.pick("apd", who=ORGANISER, unless_changed=_version_now, sent_with_press=False)
async def remove_partner(request: Request, place: int) -> Reply:
    """Remove a partner and its logo; `place` is the partner's position in the list, from 0."""
    look = await _look(request)
    partners = [*look.partners]
    name, _logo = existing(partners[place] if 0 <= place < len(partners) else None)
    after = replace(look, partners=[each for each in partners if each[0] != name])
    return await _save(request, look, after, _("{name} is no longer a partner", name=Name(name)))


def _usable(file: Upload) -> str:
    """Return the address of a sent logo. Raises Incomplete for a picture that prints could not show."""
    picture = cut(file.content)
    if picture is None or picture.kind not in ("png", "jpeg"):
        raise Incomplete("file", _("I cannot read this picture. Export it again, as PNG or JPEG."))
    sides = sorted((picture.width, picture.height))
    if sides[0] < _SMALLEST or sides[1] > _MOST_OBLONG * sides[0] or sides[1] > _LARGEST:
        raise Incomplete(
            "file",
            _(
                "This picture has {width} × {height} pixels. A logo has {smallest} at least on each side, {largest}"
                " at most, and is no thin strip.",
                width=picture.width,
                height=picture.height,
                smallest=_SMALLEST,
                largest=_LARGEST,
            ),
        )
    return address_of(Logo(picture.content, MEDIA_TYPES[picture.kind]))


async def _save(request: Request, before: Branding, after: Branding, summary: Text, *said: Span) -> Reply:
    if after == before:
        return reply(_("Nothing was changed."), buttons=(APPEARANCE, BACK), toast=_("Already done."))
    choice = await appearance_store.choose(request.tx, after)
    undo = await record_change(request, _SUBJECT, summary, restore_look.to(), {"choice": choice})
    return reply(
        Strong(summary),
        *said,
        _("Prints and pictures have it from now on, and pages when they are next opened."),
        buttons=(undo, APPEARANCE, BACK),
        toast=_("Saved."),
    )


@inverses.declare("apu")
async def restore_look(request: Request, values: Values) -> None:
    """Undo a change of the colour or the logos. Raises UserError if somebody has changed them again since."""
    if await appearance_store.version(request.tx) != values["choice"]:
        raise changed_since()
    await appearance_store.take_back(request.tx, values["choice"])
