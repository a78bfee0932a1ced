"""The words of the plenary: lengths, clocks, and the lines of the cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.content.texts import Joined, Listing, Localised, Moment, Person, Quote, Span, Strong, Text, _, _n
from bot.content.views import Button, View
from handlers.ideas.model import QuotedFor, quote_key
from handlers.plenary.actions import NamePresenters, ShowOrder
from handlers.plenary.model.gallery import GALLERY, GALLERY_ROUNDS, Table, Visits, gallery_length
from handlers.plenary.model.questions import StageQuestion
from handlers.plenary.model.turns import TICKS_OVERTIME, Lengths, Plenary, PlenaryState, StageTurn, TalkClock
from handlers.plenary.store.echo import AlsoHere
from handlers.programme.messages import heading as session_line
from handlers.programme.model import Plan, Session
from handlers.themes.model import Theme

_A_MINUTE, _FIVE_MINUTES = timedelta(minutes=1), timedelta(minutes=5)
_GLIMPSE = 60
LABEL = 90
"""How many characters of a question are shown as the label of an option of a choice."""
# L10N: above the clock of a phase of the workshops, and of a round of the gallery
TIME_LEFT = _("Time left")
# L10N: above the ideas for which a group voted, on the wall and on a card, where it wrote no text
VOTED_FOR = _("According to your votes")
LONGEST_IDEA = 140
"""How many characters of an idea a screen on the wall shows."""


def length(seconds: int) -> Text:
    """Return a length in words: «3 min», «2 min 30 s», «30 s», «1 h 47»."""
    minutes, rest = divmod(seconds, 60)
    if minutes >= 60:
        hours, over = divmod(minutes, 60)
        # L10N: a length: {minutes} has two figures
        return _("{hours} h {minutes}", hours=hours, minutes=f"{over:02}") if over else _("{hours} h", hours=hours)
    if not rest:
        return _("{minutes} min", minutes=minutes)
    if not minutes:
        return _("{seconds} s", seconds=rest)
    return _("{minutes} min {seconds} s", minutes=minutes, seconds=rest)


def digits(seconds: int) -> str:
    """Return a number of seconds as a clock shows it: «2:41»."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02}"


def time_left(clock: TalkClock, *, gallery: bool = False) -> Span:
    """Return the text of the clock of the group on stage: time left, time over, paused, or about to begin.

    With `gallery`, the clock is for a round of a gallery, before which people walk to their tables.
    """
    if clock.begins_in and gallery:
        line: Text = _("On the way to the tables: the round begins in {time}", time=Strong(digits(clock.begins_in)))
    elif clock.begins_in:
        line = _("Coming on stage: the clock begins in {time}", time=Strong(digits(clock.begins_in)))
    elif clock.left <= -TICKS_OVERTIME.total_seconds():  # from then on the card stands still, and the wall does not
        line = _("More than {minutes} minutes over time", minutes=TICKS_OVERTIME // _A_MINUTE)
    elif clock.left < 0:
        # L10N: the talk on stage is longer than its time
        line = _("Over time: +{time}", time=Strong(digits(-clock.left)))
    else:
        # L10N: the time that the group on stage has left
        line = _("{time} left", time=Strong(digits(clock.left)))
    return _("Paused · {clock}", clock=line) if clock.paused else line


def delay_line(state: PlenaryState, now: datetime) -> Text:
    """Return the line with the predicted end of a running plenary, and by how much it is later than planned."""
    end = Moment(state.predicted_end(now), "time")
    minutes = round(state.delay(now) / _A_MINUTE)
    if minutes > 0:
        return _("{length} late · ends about {end}", length=length(60 * minutes), end=end)
    if minutes < 0:
        return _("{length} early · ends about {end}", length=length(-60 * minutes), end=end)
    return _("On time · ends about {end}", end=end)


def lengths_line(lengths: Lengths, rounds: int = 0) -> Span:
    """Return a line with the lengths of a turn's parts: «3 min + 1 min of questions + 1 min to change».

    With `rounds`, return the line for a gallery: «4 rounds of 10 min + 1 min to change».
    """
    talk = length(lengths.talk)
    parts: list[Span] = [
        _n("{count} round of {length}", "{count} rounds of {length}", rounds, length=talk) if rounds else talk
    ]
    if lengths.questions:
        parts.append(_("{length} of questions", length=length(lengths.questions)))
    if lengths.change:
        parts.append(_("{length} to change", length=length(lengths.change)))
    return Joined(tuple(span for part in parts for span in (" + ", part))[1:])


def room_words(room: int, themes: Sequence[Theme]) -> Text:
    """Return the name of one of a plenary's two rooms, with its groups' themes: «Room 2 · Culture and CivicTech»."""
    return _("Room {number} · {themes}", number=room, themes=Listing(tuple(Localised(theme.title) for theme in themes)))


def heading(state: PlenaryState) -> Span:
    """Return the heading of a plenary: how many groups present or, in a gallery, how many rounds there are."""
    count = len(state.turns)
    if state.plenary.gallery:
        return Strong(_n("Gallery of tables · {count} round", "Gallery of tables · {count} rounds", count))
    return Strong(_n("The plenary · {count} group", "The plenary · {count} groups", count))


def plan_lines(state: PlenaryState, session: Session, now: datetime) -> tuple[Span, ...]:
    """Return lines about a plenary that has not begun: its start, lengths and end, and whether it ends too late."""
    starts = max(session.plan.starts, now)
    end = state.planned_end(starts)
    lines: list[Span] = [
        _(
            "{start} · {lengths} → ends {end}",
            start=Moment(starts),
            lengths=lengths_line(state.plenary.lengths, len(state.turns) if state.plenary.gallery else 0),
            end=Strong(Moment(end, "time")),
        )
    ]
    over = _minute(end) - _minute(session.plan.ends)  # of the times as they are shown
    if session.plan.ends > session.plan.starts and over >= _A_MINUTE:
        until = Moment(session.plan.ends, "time")
        lines.append(
            _n(
                "The programme says until {until}: {count} minute too long.",
                "The programme says until {until}: {count} minutes too long.",
                over // _A_MINUTE,
                until=until,
            )
        )
    return tuple(lines)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def gallery_line(starts: datetime) -> Span:
    """Return the line that says when a gallery of tables would end if it began at `starts`."""
    return _n(
        "A gallery of tables ({count} round of {length}) would end at {end}.",
        "A gallery of tables ({count} rounds of {length}) would end at {end}.",
        GALLERY_ROUNDS,
        length=length(GALLERY.talk),
        end=Moment(starts + gallery_length(GALLERY_ROUNDS, GALLERY), "time"),
    )


def visits_lines(tables: Sequence[Table], plan: Sequence[Visits]) -> Sequence[Span]:
    """Return lines about the visits in a gallery: how full tables are, and how many people see only new themes."""
    most = max((max(Counter(visits.values()).values()) for visits in plan if visits), default=0)
    themes = {table.group_id: table.theme for table in tables}
    people = [(person, table.theme) for table in tables for person in table.members]
    seen = {person: [themes[visits[person]] for visits in plan if person in visits] for person, _theme in people}
    always_new = sum(len({own, *seen[person]}) == len(seen[person]) + 1 for person, own in people)
    return (
        _n(
            "In each round, half of each group hosts and the other half visits: at most {count} visitor per table.",
            "In each round, half of each group hosts and the other half visits: at most {count} visitors per table.",
            most,
        ),
        _n(
            "{count} of {all} people sees a new theme at each table.",
            "{count} of {all} people see a new theme at each table.",
            always_new,
            all=len(people),
        ),
    )


def table_line(number: int, where: Span, until: Span) -> Span:
    """Return the line on a person's card in a gallery: the round, the person's place in it, and its end."""
    return Joined((_("Round {number}: {where}", number=number, where=where), " · ", until))


def question_words(question: StageQuestion, reader: QuotedFor = "") -> Quote:
    """Return the words of a question as a quote, which always shows the present words.

    `reader` says for whom they are quoted: «own» for the author, «led» for organisers, '' for other people.
    """
    return Quote("stagequestion", quote_key(question.id, reader), question.text)


def question_quote(question: StageQuestion, most: int = _GLIMPSE, reader: QuotedFor = "") -> Quote:
    """Return the beginning of a question on one line, as a quote of at most `most` characters.

    `reader` says for whom it is quoted: «own» for the author, «led» for organisers, '' for other people.
    """
    return Quote("stagequestion", quote_key(question.id, reader), " ".join(question.text.split()), most)


def asked_by(question: StageQuestion) -> tuple[Person, ...]:
    """Return the first name of a question's author in a tuple; () if the name is not shown."""
    if question.author_id is None or not question.name:
        return ()
    return (Person(question.author_id, "given", question.name),)


def answer_words(question: StageQuestion, written_at: datetime | None = None) -> Quote:
    """Return a group's written answer to a question, as a quote.

    `written_at` is when the answer was written. With it, a message with a changed answer differs from the earlier
    message and is sent again.
    """
    key = str(question.id) if written_at is None else f"{question.id}.{to_micros(written_at)}"
    return Quote("stageanswer", key, question.answer)


def offer_words(entry: AlsoHere) -> Quote:
    """Return a person's words on how they could help a group's solution where they live, as a quote."""
    return Quote("stageoffer", str(entry.id), entry.offer)


def wanted_words(question: StageQuestion) -> Text:
    """Return a text that says how many readers of a question want it asked, or that nobody has read it yet."""
    if not question.views:
        # L10N: of a question: nobody but its author has seen it
        return _("not read yet")
    return _("wanted by {votes} of {views}", votes=question.votes, views=question.views)


def turn_view(turn: StageTurn, rank: int, at: datetime, plan: Plan | None, now: datetime, *, named: bool) -> View:
    """Return the message to a group about its turn: its rank in the order, the rough time, its session (`plan`).

    `named` says whether the group has named presenters; if not, a button asks for them.
    """
    line = turn_line(rank, at)
    lines = (line, session_line(plan, now)) if plan else (line,)
    return View(lines, () if named else (who_presents(turn.group_id),))


def turn_line(rank: int, at: datetime) -> Text:
    """Return the line that says as which of all groups a group presents, and about when: in steps of five minutes."""
    floor = at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % _FIVE_MINUTES
    time = Strong(Moment(floor, "time"))
    if rank == 1:
        return _("Your group goes first in the plenary, at about {time}.", time=time)
    # L10N: {rank} is a number such as «8th»
    return _("Your group goes {rank} in the plenary, at about {time}.", rank=Strong(ordinal(rank)), time=time)


def call_line(state: PlenaryState, turn: StageTurn) -> Text:
    """Return the line that calls a group to the stage because its turn comes soon."""
    before = [other for other in state.turns if other.on_stage or other.state == "waiting"].index(turn)
    if before <= 1:
        return _("You are next: come to the stage.")
    return _n(
        "{count} group before yours: come to the stage.",
        "{count} groups before yours: come to the stage.",
        before,
    )


def on_stage_line(group: Span) -> Text:
    """Return the line that says which group is on stage."""
    return _("On stage: {group}", group=group)


def who_presents(group_id: int) -> Button:
    """Return the button that lets a member name the presenters of their group."""
    # L10N: a button: name who speaks for the group in the plenary
    return Button(_("Who presents?"), NamePresenters(group_id), style="primary")


NO_ORDER = View((_("The order of the plenary will change. You will be told when your group goes."),))
"""The message that replaces a group's message about its turn if the order is no longer valid."""


def ordinal(number: int) -> Localised:
    """Return a rank, at least 2, as it is written in each language: «8th», «8ᵉ», «8.»."""
    teens = 10 < number % 100 < 14
    english = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return Localised({"en": f"{number}{english}", "fr": f"{number}ᵉ", "de": f"{number}."})


def order_button(plenary: Plenary) -> Button:
    """Return the organisers' button to the order of the groups, or to the tables of a gallery."""
    if plenary.gallery:
        # L10N: a button: the tables of a gallery, each with the group that hosts there
        return Button(_("The tables"), ShowOrder(plenary.id))
    # L10N: a button: in which order the groups present
    return Button(_("The order"), ShowOrder(plenary.id))


def order_lines(state: PlenaryState, titles: Mapping[int, Text]) -> list[Span]:
    """Return a line for each group of a plenary, in the order of their turns, with the outcome of the turn."""
    lines: list[Span] = []
    for number, turn in enumerate(state.turns, start=1):
        values: dict[str, Span] = {"number": number, "group": titles[turn.group_id]}
        match turn.state:
            case "done":
                lines.append(_("{number}. {group} · done", **values))
            case "absent":
                lines.append(_("{number}. {group} · absent", **values))
            case "talk" | "questions":
                lines.append(_("{number}. {group} · on stage", **values))
            case "waiting":
                lines.append(_("{number}. {group}", **values))
    return lines
