"""Writes the e-mail that shows a view: its headers, its text, and the same as simple HTML with buttons as links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from markupsafe import Markup

from bot.config.installation import one_mailbox
from bot.config.settings import Settings
from bot.content.branding import Palette
from bot.content.button_rows import pressable
from bot.content.errors import Unreachable
from bot.content.markup import markup
from bot.content.reasons import Reason
from bot.content.texts import ISOLATES, Reader, Span, _, file_name, one_line, plain, render
from bot.content.views import Button, View, listed
from bot.conversation.displays import LINK
from bot.platforms.email.identity import LetterIdentity

_LONGEST_SUBJECT = 100
_PAGE = Markup(
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title><style>'
    ":root{{color-scheme:light dark}}body{{margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;"
    "color:#1d2b2a;background:#fff}}main{{max-width:36em;margin:auto}}p{{margin:0 0 12px}}"
    "a{{color:{accent}}}.b{{display:inline-block;padding:10px 18px;border-radius:8px;background:{accent};"
    "color:#fff;text-decoration:none}}footer{{margin-top:24px;font-size:14px;opacity:.75}}"
    ".quote{{display:block;padding-left:12px;border-left:3px solid {accent}}}"
    "@media(prefers-color-scheme:dark){{body{{color:#eee;background:#1f272b}}a{{color:{night}}}"
    ".b{{background:{night};color:{night_ink}}}}}</style></head><body><main>{body}</main></body></html>"
)


def deliverable(address: str) -> str:
    """Return an e-mail address in the form that a mail server accepts, with its domain in ASCII.

    Raises Unreachable for anything but one address, because a letter to it would fail, or go to somebody else.
    """
    try:
        local, _at, domain = one_mailbox(address).rpartition("@")
        return f"{local}@{domain.encode('idna').decode()}" if local else _refuse()
    except (ValueError, UnicodeError):
        return _refuse()


def _refuse() -> str:
    raise Unreachable("the address cannot be used", why=Reason.ADDRESS_UNUSABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one letter (an e-mail of the program) is made of: its view, its recipient, and its identity.

    `unsubscribe` is the address of the page on which the reader ends such letters, '' for none. `bulk` is True if many
    people get the letter. `again` is different for each correction of a letter, and '' for the letter itself.
    """

    to: str
    view: View
    reader: Reader
    identity: LetterIdentity
    written: datetime
    unsubscribe: str = ""
    bulk: bool = False
    again: str = ""


def compose(letter: Letter, settings: Settings, palette: Palette) -> EmailMessage:
    """Return the e-mail message for a letter, ready to be sent."""
    email, reader = settings.email, letter.reader
    ascii_only = f"{letter.to}{email.sender}{email.reply_to}".isascii()
    message = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
    message["From"] = _mailbox(email.sender, one_line(settings.gathering.name))
    message["To"] = _mailbox(letter.to)
    if email.reply_to:
        message["Reply-To"] = _mailbox(email.reply_to)
    subject = _subject(letter, settings)
    message["Subject"] = subject
    message["Date"] = format_datetime(letter.written)
    message["Message-ID"] = letter.identity.message_id(email.domain, letter.again)
    if letter.again:
        first = letter.identity.message_id(email.domain)
        message["In-Reply-To"] = message["References"] = first
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    view = letter.view.with_map_button
    links = _links(view, reader, settings)
    message.set_content(_as_text(view, reader, links, letter.unsubscribe), cte="quoted-printable")
    body = _as_html(view, reader, links, letter.unsubscribe)
    html = _PAGE.format(
        lang=reader.locale,
        title=subject,
        accent=palette.accent,
        night=palette.night_accent,
        night_ink=palette.night_ink,
        body=body,
    )
    message.add_alternative(str(html), subtype="html", cte="quoted-printable")
    for attachment in view.attachments:
        main, _slash, kind = attachment.media_type.partition("/")
        name = file_name(attachment.name, reader)
        message.add_attachment(attachment.content, maintype=main, subtype=kind, filename=name)
    message["Content-Language"] = reader.locale  # last: the library moves such heads into the first part
    return message


def _mailbox(address: str, name: str = "") -> HeaderAddress:
    local, _at, domain = address.rpartition("@")
    return HeaderAddress(name, local, domain)


def _subject(letter: Letter, settings: Settings) -> str:
    """Return the subject of a letter: the first line of its view, or for a confidential one the gathering's name.

    Lists of letters and lock screens show subjects to whoever looks. What many get begins with whom it is from, which
    the letter says anyway: there it is the second line.
    """
    if letter.view.confidential or letter.view.drawn:
        return one_line(settings.gathering.name)
    lines = [line for span in letter.view.lines if (line := one_line(plain(span, letter.reader)))]
    words = next(iter(lines[1:] if letter.bulk and len(lines) > 1 else lines), "").rstrip(" :\xa0\u202f")
    return words if len(words) <= _LONGEST_SUBJECT else f"{words[: _LONGEST_SUBJECT - 1].rstrip()}…"


def _links(view: View, reader: Reader, settings: Settings) -> Sequence[tuple[str, str]]:
    """Return the label and the address of each button that a letter can have.

    What a button would do here is done on the reader's page, which the link opens; without pages there is no link.
    """
    pages = settings.web.public_url.rstrip("/")
    buttons: Sequence[Button] = pressable(view.buttons)
    if view.choice:
        # L10N: a button in an e-mail: the answer is given on one's personal page
        buttons = (Button(_("Choose on my page"), url=pages or None), *buttons)
    made = []
    for button in buttons:
        address = button.url or (f"{pages}{LINK}{button.action.encode()}" if pages and button.action else "")
        if address:
            made.append((plain(button.label, reader).translate(ISOLATES), address))
    return made


# L10N: the last line of an e-mail: a link with which one no longer gets announcements by e-mail
_UNSUBSCRIBE = _("No more announcements by e-mail")


def _as_text(view: View, reader: Reader, links: Sequence[tuple[str, str]], unsubscribe: str) -> str:
    lines = [_in_words(span, reader) for span in (*view.lines, *listed(view.choice))]
    lines += ["", *(_link(label, address, reader) for label, address in links)] if links else []
    lines += ["", "-- ", _link(plain(_UNSUBSCRIBE, reader), unsubscribe, reader)] if unsubscribe else []
    return "\n".join(lines).translate(ISOLATES) + "\n"


def _link(label: str, address: str, reader: Reader) -> str:
    # L10N: in an e-mail without buttons: what a link is for, and its address
    return plain(_("{label}: {address}", label=label, address=address), reader)


def _in_words(span: Span, reader: Reader) -> str:
    """Return a line as words, each link followed by its address where they differ."""
    return "".join(
        f"{run.text} ({run.url})" if run.url and run.url.removeprefix("tel:") != run.text else run.text
        for run in render(span, reader)
    )


def _as_html(view: View, reader: Reader, links: Sequence[tuple[str, str]], unsubscribe: str) -> Markup:
    lines = Markup("").join(
        Markup("<p>{}</p>").format(_line(span, reader))
        for span in (*view.lines, *listed(view.choice))
        if plain(span, reader).strip()
    )
    buttons = Markup("").join(
        Markup('<p><a class="b" href="{}">{}</a></p>').format(address, label) for label, address in links
    )
    if not unsubscribe:
        return lines + buttons
    end = Markup('<footer><a href="{}">{}</a></footer>').format(unsubscribe, plain(_UNSUBSCRIBE, reader))
    return lines + buttons + end


def _line(span: Span, reader: Reader) -> Markup:
    """Return a line as on a page; mail programs need to be told where it breaks."""
    return markup(span, reader).replace("\n", Markup("<br>"))
