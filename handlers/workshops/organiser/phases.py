"""The organisers' screens of the phases of workshops: their texts in each language, and how long they last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from bot.content.errors import Stale, existing
from bot.content.forms import Form, integer, text
from bot.content.i18n import locale_name
from bot.content.texts import Localised, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, FormAnswers, Request, Routes, StoredVersion
from bot.conversation.undo import Values, changed_since, record_change
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.workshops.messages import phase_title
from handlers.workshops.model import Phase
from handlers.workshops.store import phases

routes = Routes()

_LONGEST = 600
"""The most minutes of a phase, as in config.toml."""


class PhaseWordsForm(Form):
    """The form for the texts of a phase in one language."""

    title: ClassVar[Text] = _("The texts of a phase")
    name: str = text(_("Title"), max_length=60)
    instruction: str = text(
        _("What does a group do?"), max_length=300, multiline=True, hint=_("One thing, on a small screen.")
    )
    example: str = text(_("An example"), max_length=200, required=False)


class PhaseMinutesForm(Form):
    """The form for the length of a phase in minutes."""

    # L10N: the title of a form for how long a phase lasts, and the button that opens it
    title: ClassVar[Text] = _("Length")
    minutes: int = integer(_("How many minutes?"), minimum=1, maximum=_LONGEST)


@routes.press("wpa", who=ORGANISER)
async def show_phases(request: Request) -> Reply:
    """List the phases with their lengths, to choose one and change it."""
    found = await phases.all_phases(request.tx)
    options = tuple(Option(phase.key, phase_title(phase), minutes(phase)) for phase in found)
    total = sum(phase.minutes for phase in found)
    return reply(
        _n("The phases of the workshops: {count} minute.", "The phases of the workshops: {count} minutes.", total),
        choice=Choice(pick_phase.to(), options, placeholder=_("Change a phase")) if options else None,
        buttons=(BACK,),
    )


PHASES = Button(_("Phases"), show_phases.to())


def minutes(phase: Phase) -> Span:
    """Return the length of a phase in words."""
    return _n("{count} minute", "{count} minutes", phase.minutes)


async def _find(request: Request, key: str) -> Phase:
    return existing(await phases.find_phase(request.tx, key))


@routes.press("wpo", who=ORGANISER)
async def show_phase(request: Request, phase_key: str) -> Reply:
    """Show the texts of a phase in every language, with buttons to change them and its length."""
    phase = await _find(request, phase_key)
    lines: list[Span] = [minutes(phase)]
    buttons: list[Button] = [Button(_("Length"), set_minutes.seeing(phase.minutes).to(phase.key))]
    for locale in request.settings.gathering.locales:
        title, *words = _words(phase, locale)
        language = locale_name(locale, request.locale)
        lines += ["", _("{language}: {title}", language=language, title=Strong(Name(title or "–")))]
        lines += [Name(each) for each in words if each]
        label = _("Text in {language}", language=language)
        buttons.append(Button(label, set_words.seeing(title, *words).to(phase.key, locale)))
    return reply(*lines, buttons=(*buttons, PHASES, BACK))


pick_phase = routes.pick("wpp", who=ORGANISER, sent_with_press=False)(show_phase.handler)
"""The choice of a phase from the list."""


def _words(phase: Phase, locale: str) -> tuple[str, str, str]:
    """Return the title, the instruction and the example in one language, '' for what is missing."""
    return phase.title.get(locale, ""), phase.instruction.get(locale, ""), phase.example.get(locale, "")


async def _words_now(request: Request, phase_key: str, locale: str) -> StoredVersion:
    words = _words(await _find(request, phase_key), locale)
    filled = dict(zip(("name", "instruction", "example"), words, strict=True))
    return StoredVersion(words, FormAnswers(_subject(phase_key), filled))


def _subject(key: str) -> str:
    return f"phase:{key}"


@routes.form("wpw", PhaseWordsForm, who=ORGANISER, unless_changed=_words_now)
async def set_words(request: Request, form: PhaseWordsForm, phase_key: str, locale: str) -> Reply:
    """Store the texts of a phase in one language. Groups read the new texts from now on."""
    phase = await _find(request, phase_key)
    if locale not in request.settings.gathering.locales:
        raise Stale
    after = replace(
        phase,
        title={**phase.title, locale: form.name},
        instruction={**phase.instruction, locale: form.instruction},
        example={key: words for key, words in {**phase.example, locale: form.example}.items() if words},
    )
    return await _save(request, phase, after, _("{phase}: text changed", phase=Localised(after.title)))


async def _minutes_now(request: Request, phase_key: str) -> StoredVersion:
    minutes = (await _find(request, phase_key)).minutes
    return StoredVersion((minutes,), FormAnswers(_subject(phase_key), {"minutes": str(minutes)}))


@routes.form("wpm", PhaseMinutesForm, who=ORGANISER, unless_changed=_minutes_now)
async def set_minutes(request: Request, form: PhaseMinutesForm, phase_key: str) -> Reply:
    """Store the length of a phase, for every later start of the phase."""
    phase = await _find(request, phase_key)
    after = replace(phase, minutes=form.minutes)
    summary = _n("{phase}: {count} minute", "{phase}: {count} minutes", form.minutes, phase=Localised(phase.title))
    return await _save(request, phase, after, summary)


async def _save(request: Request, before: Phase, after: Phase, summary: Text) -> Reply:
    back = (Button(_("See the phase"), show_phase.to(before.key)), PHASES, BACK)
    if after == before:
        return reply(_("Nothing was changed."), buttons=back, toast=_("Already done."))
    await phases.put_phase(request.tx, after)
    values = {"before": _stored(before), "after": _stored(after)}
    undo = await record_change(request, _subject(before.key), summary, restore_phase.to(before.key), values)
    return reply(Strong(summary), buttons=(undo, *back), toast=_("Saved."))


def _stored(phase: Phase) -> Mapping[str, Any]:
    """Return the texts and the length of a phase as JSON."""
    return {
        "title": dict(phase.title),
        "instruction": dict(phase.instruction),
        "example": dict(phase.example),
        "minutes": phase.minutes,
    }


@inverses.declare("wpr")
async def restore_phase(request: Request, values: Values, phase_key: str) -> None:
    """Undo a change of a phase. Raises UserError if the phase was changed again since."""
    phase = await _find(request, phase_key)
    if _stored(phase) != values["after"]:
        raise changed_since()
    await phases.put_phase(request.tx, replace(phase, **values["before"]))
