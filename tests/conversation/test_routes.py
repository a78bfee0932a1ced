"""What a module declares is looked at as it is declared: what cannot be called does not wait for a press."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.forms import Form, text
from bot.content.texts import Text, _
from bot.content.views import Button, Reply, View
from bot.conversation.displays import Display
from bot.conversation.questions import Asks
from bot.conversation.questions import Question as Sure
from bot.conversation.router import Router
from bot.conversation.routes import ANYONE, ORGANISER, PARTICIPANT, Routes
from bot.conversation.screens import picked
from bot.conversation.undo import Inverses

routes: Any = Routes()  # what a type checker would refuse is the matter here
inverses: Any = Inverses()


class Ask(Action, code="zz"):
    pass


class Question(Form):
    title: ClassVar[Text] = _("Register")
    said: str = text(_("Your first name"))


async def takes_nothing() -> Any: ...


async def takes_one(_first: Any) -> Any: ...


async def takes_nothing_but_request(_request: Any) -> Any: ...


async def takes_two(_first: Any, _second: Any) -> Any: ...


async def takes_three(_first: Any, _second: Any, _third: Any) -> Any: ...


async def takes_a_keyword(_first: Any, *, second: int) -> Any: ...


async def takes_form_and_key(_request: Any, _form: Any, key: str) -> Any: ...


async def takes_request_and_key(_request: Any, _key: str) -> Any: ...


async def takes_a_key(_request: Any, key: str) -> Any: ...


async def takes_numbers(_request: Any, _values: tuple[int, ...]) -> Any: ...


async def takes_a_list(_request: Any, _values: list[int]) -> Any: ...


async def carries_a_list(_request: Any, keys: list[str]) -> Any: ...


async def keeps_codes(_request: Any, _text: str, *, answering: bool) -> Any: ...


def work_of_two(_first: Any, _second: Any) -> Any: ...


def work_of_one(_first: Any) -> Any: ...


_REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a command's handler": (
        lambda: routes.command("w", _("Register"))(takes_two),
        "takes_two is called with (request)",
    ),
    "a command's handler with a form": (
        lambda: routes.command("w", _("Register"), form=Question)(takes_one),
        "takes_one is called with (request, form)",
    ),
    "a command's check": (
        lambda: routes.command("w", _("Register"), form=Question, check=takes_two)(takes_two),
        "takes_two is called with (request)",
    ),
    "a button's handler": (lambda: routes.press("zz")(takes_nothing), "takes_nothing is called with (request)"),
    "the handler of a form": (
        lambda: routes.form("zz", Question)(takes_one),
        "takes_one is called with (request, form)",
    ),
    "what prefills a form": (
        lambda: routes.form("zz", Question, prefill=takes_one)(takes_form_and_key),
        "takes_one is called with (request, key)",
    ),
    "what a button cannot give by name": (
        lambda: routes.press("zz")(takes_a_keyword),
        "takes_a_keyword is called with (request)",
    ),
    "what asks before a button": (
        lambda: Routes().press("zz", first=Asks("zy", takes_nothing))(takes_nothing_but_request),
        "takes_nothing is called with (request)",
    ),
    "a choice": (lambda: routes.pick("zz")(takes_one), "takes_one is called with (request, values)"),
    "what is sent": (lambda: routes.sent()(takes_three), "takes_three is called with (request, sent)"),
    "when it is taken": (lambda: routes.sent(when=takes_two)(takes_two), "takes_two is called with (request)"),
    "an edit": (lambda: routes.edited(takes_one)(takes_one), "takes_one is called with (request, text)"),
    "whether an edit is known": (lambda: routes.edited(takes_two)(takes_two), "takes_two is called with (request)"),
    "a guard": (lambda: routes.guard()(takes_two), "takes_two is called with (request, text, answering=)"),
    "the screen": (lambda: routes.screen()(takes_two), "takes_two is called with (request)"),
    "a job's work": (lambda: routes.job("j", work=work_of_two)(takes_three), "work_of_two is called with (payload)"),
    "what a job reads": (
        lambda: routes.job("j", work=work_of_one, read=takes_one)(takes_three),
        "takes_one is called with (tx, payload, declared)",
    ),
    "a job's end": (
        lambda: routes.job("j", work=work_of_one)(takes_two),
        "takes_two is called with (tx, person, result)",
    ),
    "a live screen": (
        lambda: routes.live_screen("s", who=ORGANISER)(takes_two),
        "takes_two is called with (tx, subject, now)",
    ),
    "an inverse": (lambda: inverses.declare("zz")(takes_one), "takes_one is called with (request, values)"),
}  # fmt: skip


@pytest.mark.parametrize(("declare", "why"), _REFUSED.values(), ids=_REFUSED)
def test_a_function_that_cannot_take_what_it_will_be_given_is_refused(declare: Callable[[], Any], why: str) -> None:
    with pytest.raises(ValueError) as refused:
        declare()
    assert str(refused.value).startswith(f"{__name__}.{why}, which it cannot take:")


def test_what_can_be_called_is_taken() -> None:
    taken = Routes()
    taken.command("w", _("Register"), form=Question, prefill=takes_one)(takes_two)
    asked = taken.form("zz", Question, check=takes_request_and_key)(takes_form_and_key)
    taken.job("j", work=work_of_one, read=takes_three)(takes_three)
    taken.guard()(keeps_codes)
    assert (len(taken.commands), list(taken.actions), list(taken.jobs)) == (1, [asked.action], ["j"])
    assert taken.guards == [keeps_codes]


def test_a_button_carries_only_numbers_words_and_yes_or_no() -> None:
    with pytest.raises(ValueError, match="carries_a_list has parameters that no button carries"):
        routes.press("zz")(carries_a_list)
    with pytest.raises(ValueError, match=r"takes_form_and_key takes .*, and Ask carries something else"):
        routes.form(Ask, Question)(takes_form_and_key)


def test_an_action_may_leave_out_what_has_a_default() -> None:
    async def paged(_request: Any, key: str, page: int = 1) -> Any: ...

    class Open(Action, code="zo"):
        key: str

    module = Routes()
    assert module.press("zy")(paged).to("boat").encode() == "zy-boat-1"
    module.press(Open)(paged)
    assert module.actions[Open].carried(Open("boat")) == ("boat",)
    with pytest.raises(ValueError, match=r"paged takes .*, and Ask carries something else"):
        module.press(Ask)(paged)


def test_no_button_carries_what_is_given_by_name() -> None:
    async def opened(_request: Any, key: str, *_lines: Any, warned: bool = False) -> Any: ...

    screen = Routes().press("zy")(opened)
    assert screen.action.field_names == ("key",)
    assert screen.to("boat").encode() == "zy-boat"


async def test_a_second_button_may_do_nearly_the_same() -> None:
    class Open(Action, code="zo"):
        key: str

    async def opened(_request: Any, key: str, *, warned: bool = False) -> Any:
        return key, warned

    module = Routes()
    screen: Any = module.press("zy")(opened)
    module.press(Open)(screen.having(warned=True))
    assert await screen(None, "boat") == ("boat", False)
    again: Any = module.actions[Open].handler
    assert await again(None, "boat") == ("boat", True)
    assert again.__qualname__ == opened.__qualname__
    with pytest.raises(TypeError, match="warnt"):
        screen.having(warnt=True)


def test_a_question_carries_what_it_asks_about() -> None:
    with pytest.raises(ValueError, match="Ask asks, and carries something else than takes_a_key"):
        Routes().press("zy", first=Asks(Ask, takes_one))(takes_a_key)
    with pytest.raises(TypeError, match="takes_a_key is opened without a question"):
        _ = Routes().press("zy")(takes_a_key).ask


async def test_a_question_is_a_screen_for_the_same_people_whose_button_does_it() -> None:
    async def sure(_request: Any, key: str) -> Sure | Reply:
        return Sure(_("Register"), yes=_("Register"), back=(Button(_("Register"), Ask()),)) if key else told

    told, module = Reply(View(())), Routes()
    done: Any = module.press("zy", who=PARTICIPANT, first=Asks("zx", sure))(takes_a_key)
    confirmed = SimpleNamespace(require_confirmed=lambda: None, require_may_change=lambda *_: None)
    asked = await done.ask(confirmed, "boat")
    assert [button.action for button in asked.view.buttons] == [done.to("boat"), Ask()]
    assert await done.ask(confirmed, "") is told
    route = module.actions[done.ask.action]
    assert (route.who, done.ask.to("boat").encode()) == (PARTICIPANT, "zx-boat")


def test_a_choice_gives_one_value_or_a_set() -> None:
    with pytest.raises(ValueError, match=r"takes_a_list takes _values: .*, which no choice gives"):
        routes.pick("zz")(takes_a_list)


@pytest.mark.parametrize(
    ("kind", "values", "taken"),
    [(int, ["12"], 12), (str, ["CA_QC"], "CA_QC"), (tuple[int, ...], ["1", "2"], (1, 2)), (tuple[str, ...], [], ())],
)
def test_what_is_chosen_comes_typed(kind: Any, values: list[str], taken: object) -> None:
    assert picked(kind, values) == taken


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (int, ["a"]),
        (int, []),
        (int, ["1", "2"]),
        (int, [str(2**53 + 1)]),
        (int, ["٣"]),
        (int, ["-1"]),
        (str, ["a b"]),
        (tuple[int, ...], ["1", "x"]),
        (tuple[str, ...], ["x" * 61]),
    ],
)
def test_rubbish_for_a_choice_is_stale(kind: Any, values: list[str]) -> None:
    with pytest.raises(Stale):
        picked(kind, values)


_WITHOUT_EFFECT: dict[str, tuple[Callable[[], Any], str]] = {
    "files that nobody hears": (
        lambda: Routes().press("zz", hears_files=True)(takes_one),
        f"{__name__}.takes_one has `hears_files`, but no `hears` that gets the files",
    ),
    "files of a form that asks for none": (
        lambda: Routes().form("zz", Question, reads=takes_one)(takes_two),
        f"{__name__}.takes_two has `reads`, but its form asks for no file",
    ),
    "the answers of no form": (
        lambda: Routes().command("w", _("Register"), prefill=takes_one),
        "/w has a `prefill`, but no form",
    ),
    "the refusal of no form": (
        lambda: Routes().command("w", _("Register"), check=takes_one),
        "/w has a `check`, but no form",
    ),
    "a command of the list without words": (
        lambda: Routes().command("w", Text(""), listed=1),
        "/w has no description to be listed with",
    ),
    "a list for a role without a place in it": (
        lambda: Routes().command("w", _("Register"), listed_for=ORGANISER),
        "/w is listed for a role, but has no position in the list",
    ),
    "what others are led to where there are none": (
        lambda: Routes().command("w", _("Register"), who=ANYONE, for_others="moi"),
        "/w is for anyone, so it never leads others to /moi",
    ),
    "a form on a wall that nothing takes": (
        lambda: Display(kind="wall", draw=takes_three, reopened=_("Register"), form=Question),
        "the display 'wall' has one of `form` and `take`, and needs both or none",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("declare", "why"), _WITHOUT_EFFECT.values(), ids=_WITHOUT_EFFECT)
def test_what_would_have_no_effect_is_refused(declare: Callable[[], Any], why: str) -> None:
    with pytest.raises(ValueError) as refused:
        declare()
    assert str(refused.value) == why


def test_only_a_command_that_is_declared_can_be_read_without_network() -> None:
    module = Routes()
    module.screen()(takes_one)
    module.command("boat", _("Register"))(takes_one)
    assert Router(module, offline=["boat"]).offline == ["boat"]
    with pytest.raises(ValueError, match="/ferry can be read without network, but nothing declares it"):
        Router(module, offline=["boat", "ferry"])


_ONCE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a button": (lambda module: module.press(Ask)(takes_one), "the action Ask is declared twice"),
    "a choice": (lambda module: module.pick(Ask)(takes_numbers), "the action Ask is declared twice"),
    "the screen": (lambda module: module.screen()(takes_one), f"the home screen is declared twice in {__name__}"),
    "a job": (lambda module: module.job("j", work=work_of_one)(takes_three), "the job 'j' is declared twice"),
    "a live screen": (
        lambda module: module.live_screen("s", who=ORGANISER)(takes_three),
        "the live screen 's' is declared twice",
    ),
}


@pytest.mark.parametrize(("declare", "why"), _ONCE.values(), ids=_ONCE)
def test_what_is_declared_a_second_time_in_a_module_is_refused(declare: Callable[[Any], Any], why: str) -> None:
    module = Routes()
    declare(module)
    with pytest.raises(ValueError) as refused:
        declare(module)
    assert str(refused.value) == why


@pytest.mark.parametrize("taken", ["ds", "dx", "dxy", "la", "le"])
def test_no_action_has_a_code_by_which_forms_are_answered(taken: str) -> None:
    class Dance(Action, code=taken):
        pass

    module = Routes()
    module.screen()(takes_one)
    module.press(Dance)(takes_one)
    with pytest.raises(ValueError, match=f"Dance has the code '{taken}', which is the engine's own"):
        Router(module)


@pytest.mark.parametrize("code", ["zz", "go"])
def test_two_actions_with_one_code_are_both_named(code: str) -> None:
    class Zigzag(Action, code="zz"):
        pass

    class Leave(Action, code="go"):
        pass

    module = Routes()
    module.screen()(takes_one)
    module.press(Ask)(takes_one)
    taken, second = ("Ask", Zigzag) if code == "zz" else ("Go", Leave)
    module.press(second)(takes_one)
    with pytest.raises(ValueError, match=rf"\.{taken} and \S+\.{second.__name__} have the code '{code}'"):
        Router(module)


def test_two_commands_with_one_word_are_both_named() -> None:
    home, other = Routes(), Routes()
    home.screen()(takes_one)
    home.command("boat", _("Register"))(takes_one)
    other.command("fähre", _("Register"), aliases=("Boat",))(takes_nothing_but_request)
    with pytest.raises(ValueError, match=r"\.takes_one and \S+\.takes_nothing_but_request answer to /"):
        Router(home, other)


def test_one_route_takes_the_files_that_no_other_does() -> None:
    home, other = Routes(), Routes()
    home.screen()(takes_one)
    for module in (home, other):
        module.sent()(takes_two)
    with pytest.raises(ValueError, match="two routes take all files that no other does"):
        Router(home, other)


@pytest.mark.parametrize("what", ["jobs", "live screens"])
def test_a_kind_is_declared_once(what: str) -> None:
    home, other = Routes(), Routes()
    home.screen()(takes_one)
    for module in (home, other):
        if what == "jobs":
            module.job("cards", work=work_of_one)(takes_three)
        else:
            module.live_screen("cards", who=ORGANISER)(takes_three)
    with pytest.raises(ValueError, match=f"two {what} are of the kind 'cards'"):
        Router(home, other)
