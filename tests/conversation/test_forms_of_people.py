"""Each form that participants can fill in says whether others read its answers."""

from __future__ import annotations

from bot.content.forms import Form, TextField, form_fields
from bot.content.roles import stored
from bot.conversation.routes import PARTICIPANT
from tests.world import CAPABLE

NAMES = {"AddressForm", "DirectorySearchForm", "RegistrationForm", "SearchForm"}
"""Forms for one's name or address, or for a word to look for, which are not asked about."""


def forms_of_participants() -> set[type[Form]]:
    modules = [routes for capability in CAPABLE for routes in capability.routes]
    commands = [command.route for routes in modules for command in routes.commands]
    actions = [route for routes in modules for route in routes.actions.values()]
    return {
        route.form for route in (*commands, *actions) if route.form is not None and stored(route.who)[0] <= PARTICIPANT
    }


def test_words_that_others_will_read_are_asked_about_before_they_are_stored() -> None:
    asked = {
        form
        for form in forms_of_participants()
        if any(isinstance(field, TextField) for field in form_fields(form).values())
    }
    read, kept = ({form.__name__ for form in asked if form.read_by_others is others} for others in (True, False))
    assert {"QuestionForm", "BuildForm", "EditForm", "TextForm", "CardForm", "OfferForm", "StageQuestionForm"} <= read
    assert {form.__name__ for form in asked if form.__name__ in kept and not (form.confidential or form.codes)} == NAMES
