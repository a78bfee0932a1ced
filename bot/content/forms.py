"""Defines forms: questions that a handler asks, declared as a class for all platforms.

    class Question(Form):
        title: ClassVar[Text] = _("A question to the team")
        question: str = text(_("Your question"), max_length=500, multiline=True)

Discord shows a modal, the page an HTML form, Telegram asks one question at a time and keeps the draft.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, cast, dataclass_transform

from bot.content import markdown, names
from bot.content.answers import FILES as FILES  # what is asked and what is answered are imported from one place
from bot.content.answers import MAX_ATTACHMENTS as MAX_ATTACHMENTS
from bot.content.answers import MAX_BYTES as MAX_BYTES
from bot.content.answers import Composition as Composition
from bot.content.answers import Raw as Raw
from bot.content.answers import Upload as Upload
from bot.content.answers import Written as Written
from bot.content.answers import check_upload, other_document
from bot.content.answers import words_of as words_of
from bot.content.errors import UserError
from bot.content.file_kinds import document_kind
from bot.content.territories import parse_territory, suggest, territory_name
from bot.content.texts import Listing, Name, Reader, Span, Text, _, _n
from bot.content.typed_times import asked_again, read_time, spoken
from bot.content.views import Option

MAX_PARTS = 5
"""The most parts in a form: a question, notice or text above the questions is one part, a message field two.

A Discord modal can hold no more.
"""


EXAMPLE_OF_A_MOMENT = _("For instance «tomorrow 14:00» or «10 June 14:00».")
"""The hint below a question that asks for a day and an hour."""
_WITHIN = timedelta(days=550)
"""How far ahead a typed day may be; a day after next year's gathering is a slip."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form: a label (≤ 45 characters), whether an answer is required, and a hint.

    Each subclass parses one kind of answers.
    """

    label: Text
    required: bool = True
    hint: Text | None = None

    def parse(self, raw: Raw, reader: Reader) -> Any:
        """Return the value of a raw answer. Raises UserError with a text that says what is wrong.

        `reader` is the person who answers: their language, the gathering's time zone, and the present instant.
        """
        raise NotImplementedError

    def options(self) -> Sequence[Option]:
        """Return the options that a person can press instead of typing; empty for most fields."""
        return ()

    @property
    def parts(self) -> int:
        """Return how many parts of its form the field takes; all fields together may take MAX_PARTS.

        A question takes one part; a question for a text and files takes two.
        """
        return 1


@dataclass(frozen=True, slots=True)
class TextField(Field):
    """A question answered in words, which are cleaned of invisible characters. Lengths are in characters.

    `refuses` is a function that returns what is wrong with such words, with a remedy; None if they are an answer.
    """

    min_length: int = 1
    max_length: int = 500
    multiline: bool = False
    refuses: Callable[[str], Text | None] | None = None

    def parse(self, raw: Raw, reader: Reader) -> str:
        """Return the typed words without invisible characters.

        Raises UserError if they are too long or too short, or if `refuses` says that they are no answer.
        """
        words = (names.clean_lines if self.multiline else names.clean)(_typed(raw))
        if (over := len(words) - self.max_length) > 0:
            raise UserError(
                _n(
                    "{count} character too many (at most {most}). Your text is kept: shorten it and send it again.",
                    "{count} characters too many (at most {most}). Your text is kept: shorten it and send it again.",
                    over,
                    most=self.max_length,
                )
            )
        if len(words) < self.min_length:
            raise UserError(_("This answer is empty. Write a few words, please."))
        if self.refuses and (why := self.refuses(words)):
            raise UserError(why)
        return words


@dataclass(frozen=True, slots=True)
class IntegerField(Field):
    """A question answered by a whole number from `minimum` to `maximum`, both included."""

    minimum: int = 0
    maximum: int = 0

    def parse(self, raw: Raw, reader: Reader) -> int:
        """Return the number. Raises UserError if the answer is no number, or is too small or too large."""
        digits = _typed(raw).strip()
        if not (digits.isascii() and digits.isdigit() and self.minimum <= int(digits[:18]) <= self.maximum):
            raise UserError(
                _(
                    "A number between {minimum} and {maximum}, please.",
                    minimum=self.minimum,
                    maximum=self.maximum,
                )
            )
        return int(digits)


@dataclass(frozen=True, slots=True)
class ChoiceField(Field):
    """A question answered by one of a few options; the answer is the value of the option."""

    choices: tuple[Option, ...] = ()

    def parse(self, raw: Raw, reader: Reader) -> str:
        """Return the value of the chosen option. Raises UserError if there is no such option."""
        value = _typed(raw).strip()
        if value not in {option.value for option in self.choices}:
            raise UserError(_("Choose one of the answers, please."))
        return value

    def options(self) -> Sequence[Option]:
        """Return all options of the field, which a person can press instead of typing."""
        return self.choices


@dataclass(frozen=True, slots=True)
class TerritoryField(Field):
    """A question answered by a country or region: its name in any of the languages, or its code."""

    def parse(self, raw: Raw, reader: Reader) -> str:
        """Return the code of the territory that somebody typed.

        Raises UserError for an unknown territory, with the names of similar ones.
        """
        typed = _typed(raw)
        code = parse_territory(typed)
        if code is None:
            near = tuple(territory_name(code, reader.locale) for code in suggest(typed, reader.locale))
            if near:
                raise UserError(_("I do not know this territory. Did you mean {names}?", names=Listing(near)))
            raise UserError(
                _(
                    "I do not know this territory. Write its name, for instance «Québec».",
                )
            )
        return code


@dataclass(frozen=True, slots=True)
class MomentField(Field):
    """A question answered by a future day and hour, in words or figures, at most `within` from now."""

    within: timedelta = timedelta()

    def parse(self, raw: Raw, reader: Reader) -> datetime:
        """Return the instant (aware, UTC) that somebody typed.

        Words like «tomorrow» mean a day in the gathering's time zone. Raises UserError for a time that is unreadable,
        past, or too far ahead. If the words have several meanings, the error lists all of them, and the question is
        asked again.
        """
        assert reader.now is not None
        typed = read_time(_typed(raw), zone=reader.zone, now=reader.now, locale=reader.locale)
        if typed.instant is None:
            raise UserError(asked_again(typed, reader.zone, reader.now))
        last = reader.now + self.within
        if typed.instant > last:
            read = spoken(typed.instant, zone=reader.zone, now=reader.now)
            latest = spoken(last, zone=reader.zone, now=reader.now)
            raise UserError(
                _(
                    "{moment} is too far ahead. Choose {latest} at the latest.",
                    moment=read,
                    latest=latest,
                )
            )
        return typed.instant


@dataclass(frozen=True, slots=True)
class UploadField(Field):
    """A question answered by a file whose name has one of the `endings`, of at most `max_bytes` bytes."""

    endings: tuple[str, ...] = ()
    max_bytes: int = MAX_BYTES

    def parse(self, raw: Raw, reader: Reader) -> Upload:
        """Return the file. Raises UserError if the answer is no file or the file cannot be used."""
        if not isinstance(raw, Upload):
            raise UserError(_("Send a file, please: {endings}.", endings=Listing(self.endings)))
        if raw.lost:
            raise UserError(_("«{name}» did not arrive. Send it again, please.", name=Name(raw.name)))
        kind = document_kind(raw.content)
        if kind:
            raise UserError(other_document(kind, Name(raw.name)))
        if not raw.name.lower().endswith(self.endings):
            raise UserError(
                _(
                    "I cannot read «{name}». Send {endings}.",
                    name=Name(raw.name),
                    endings=Listing(self.endings),
                )
            )
        if raw.too_large or len(raw.content) > self.max_bytes:
            raise UserError(_("This file is too large: {most} MB at most.", most=self.max_bytes // 1_000_000))
        return raw


@dataclass(frozen=True, slots=True)
class MessageField(Field):
    """A question answered by a whole message: text with formatting, pictures, documents.

    If `files_only` is True, platforms that show the whole form at once ask for files without a text.
    """

    files_only: bool = False

    def parse(self, raw: Raw, reader: Reader) -> Composition:
        """Return the message. Raises UserError if it is empty, or if one of its files cannot be used."""
        match raw:
            case Composition():
                made = raw
            case Written(text, attachments):
                made = Composition(markdown.read(text), attachments)
            case Upload():
                made = Composition((), (raw,))
            case str():
                made = Composition(markdown.read(raw))
        for attachment in made.attachments:
            if not attachment.unwanted:  # whatever left it where it was says why
                check_upload(attachment)
        if (count := len(made.attachments)) > MAX_ATTACHMENTS:
            raise UserError(
                _n(
                    "{count} file is too many: {most} at most.",
                    "{count} files are too many: {most} at most.",
                    count,
                    most=MAX_ATTACHMENTS,
                )
            )
        if not (any(line != "" for line in made.body) or made.attachments):
            raise UserError(_("This answer is empty. Write a few words, please."))
        return made

    @property
    def parts(self) -> int:
        """Return how many parts of its form the field takes: 1 for files only, 2 for a text and files."""
        return 1 if self.files_only else 2


def _typed(raw: Raw) -> str:
    if not isinstance(raw, str):
        raise UserError(_("Text only, please. Your other answers are kept."))
    return raw


def text(
    label: Text,
    *,
    min_length: int = 1,
    max_length: int = 500,
    multiline: bool = False,
    required: bool = True,
    hint: Text | None = None,
    refuses: Callable[[str], Text | None] | None = None,
) -> Any:
    """Return a field of a form for words, with a question as its `label` and an explanation, the `hint`, below it.

    Lengths are in characters. Its value is '' if `required` is False and nothing was answered. If `multiline` is True,
    line breaks are kept. `refuses` is a function that returns what is wrong with an answer, None if nothing is: what
    can be told from one answer alone is refused when it is given, not after the last question.
    """
    return _declare(TextField(label, required, hint, min_length, max_length, multiline, refuses), "")


def integer(label: Text, *, minimum: int, maximum: int, required: bool = True, hint: Text | None = None) -> Any:
    """Return a field of a form for a whole number from `minimum` to `maximum`.

    Its value is None if `required` is False and nothing was answered. The form shows `hint` below the label; None for
    no hint.
    """
    return _declare(IntegerField(label, required, hint, minimum, maximum), None)


def choice(label: Text, choices: Sequence[Option], *, required: bool = True, hint: Text | None = None) -> Any:
    """Return a field of a form with which a person chooses one of a few options.

    Its value is the chosen option's value, or '' if `required` is False and nothing was answered. The form shows `hint`
    below the label; None for no hint.
    """
    return _declare(ChoiceField(label, required, hint, tuple(choices)), "")


def territory(label: Text, *, required: bool = True, hint: Text | None = None) -> Any:
    """Return a field of a form for a country or region.

    Its value is the code of the country or region, or '' if `required` is False and nothing was answered. The form
    shows `hint` below the label; None for no hint.
    """
    return _declare(TerritoryField(label, required, hint), "")


def moment(
    label: Text, *, within: timedelta = _WITHIN, required: bool = True, hint: Text | None = EXAMPLE_OF_A_MOMENT
) -> Any:
    """Return a field of a form for a future day and hour, at most `within` from now.

    Its value is the instant (aware, UTC), or None if `required` is False and nothing was answered. The form shows
    `hint` below the label; None for no hint.
    """
    return _declare(MomentField(label, required, hint, within), None)


def upload(label: Text, *, endings: tuple[str, ...], max_bytes: int = MAX_BYTES, hint: Text | None = None) -> Any:
    """Return a field of a form for a file whose name has one of the `endings`, of at most `max_bytes` bytes.

    The form shows `hint` below the label; None for no hint.
    """
    return _declare(UploadField(label, True, hint, endings, max_bytes), None)


def message(label: Text, *, required: bool = True, hint: Text | None = None, files_only: bool = False) -> Any:
    """Return a field of a form for a whole message: formatted text, pictures and documents.

    If `required` is False, the message may be empty. If `files_only` is True, the field takes only files. The form
    shows `hint` below the label; None for no hint. The field must be the last of its form.
    """
    return _declare(MessageField(label, required, hint, files_only), Composition())


def _declare(declared: Field, default: object) -> Any:
    return field(default=default, metadata={"field": declared})


@dataclass_transform(frozen_default=True)
class Form:
    """A form: questions that are asked together, under a title (≤ 45 characters). Each form is a subclass.

    A form has at most MAX_PARTS parts: a question is one part, a question for a text and files is two, and a notice
    shown with the questions is one. Each subclass becomes a frozen dataclass without a decorator.
    """

    title: ClassVar[Text]
    notice: ClassVar[Text | None] = None
    sends: ClassVar[Text] = _("Send")
    """The label of the button that sends the answers, a verb."""
    codes: ClassVar[bool] = False
    """Whether the only answer is a secret code.

    The code may then be typed after the command that opens the form, and is stored nowhere.
    """
    read_by_others: ClassVar[bool] = False
    """Whether others will read the answers."""
    of_somebody: ClassVar[bool] = False
    """Whether the answers are data about somebody else, such as a name to search for.

    If so, they are kept out of the chat's history, where they would remain after that person is erased.
    """
    confidential: ClassVar[bool] = False
    """Whether only the form's handler stores the answers.

    If so, no draft of them is kept, they are not in the chat's history, and after an error they are not stored with the
    update.
    """

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)

    @classmethod
    def read(cls, answers: Mapping[str, Raw], reader: Reader) -> Self:
        """Return the form with the values of a person's answers.

        `answers` has the raw answers by the names of the fields. `reader` is the person who answers: their language,
        the gathering's time zone, and the present instant. Raises Incomplete for the first answer that is wrong.
        """
        values = {}
        for name, asked in form_fields(cls).items():
            raw = answers.get(name, "")
            if raw == "" and not asked.required:
                continue
            with refusals_about(name):
                values[name] = asked.parse(raw, reader)
        return cls(**values)


class Incomplete(UserError):
    """The error that one answer of a form is wrong: the form is shown again, with all answers.

    Handlers raise it; `field` is the name of the field with the wrong answer.
    """

    def __init__(self, name: str, why: Text) -> None:
        super().__init__(why)
        self.field = name


@contextmanager
def refusals_about(name: str) -> Iterator[None]:
    """Turn any UserError raised inside the `with` block into an Incomplete about the form's field `name`."""
    try:
        yield
    except UserError as refusal:
        raise Incomplete(name, refusal.text) from None


def form_fields(form: type[Form]) -> dict[str, Field]:
    """Return the fields of a form by name, in order."""
    return {f.name: cast("Field", f.metadata["field"]) for f in fields(cast("Any", form))}


@dataclass(frozen=True, slots=True)
class FormView:
    """A form to be shown to a reader, with the encoded action that gets the answers.

    `prefill` has answers by field name. `problem` says what was wrong with an earlier answer. `about` is the text that
    the form's answers refer to, shown above the questions.
    """

    form: type[Form]
    action: str
    prefill: Mapping[str, str]
    reader: Reader
    problem: Span | None = None
    about: Span | None = None
