"""A snapshot of the store, understood: what was read row by row, as those who make files think of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.clock import from_micros
from bot.content.names import collation, display_name
from handlers.results.model import (
    Attachment,
    Card,
    Gathering,
    Group,
    Lived,
    Person,
    Phase,
    Version,
    Voice,
)
from handlers.results.store import Slices, unpack
from handlers.syntheses.model import CARD_FIELDS


def understand(found: Mapping[str, Slices]) -> Gathering:
    """The gathering in a snapshot."""
    groups = {
        row["id"]: Group(
            row["id"],
            row["round"],
            date.fromisoformat(row["day"]),
            row["theme"],
            row["number"],
            row["name"],
            row["room"],
        )
        for row in unpack(found, "groups")
    }
    for row in _theirs(found, "members", groups):
        groups[row["group_id"]].members.append(Person(row["id"], _name(row), row["territory"]))
    for group in groups.values():
        group.members.sort(key=lambda each: (collation(each.name), each.id))
    for row in _theirs(found, "runs", groups):
        groups[row["group_id"]].lived.append(
            Lived(row["phase"], from_micros(row["started_at"]), _instant(row["ended_at"]))
        )
    strays, aside = _add_ideas(found, groups)
    _add_versions(found, groups)
    for row in _theirs(found, "cards", groups):
        said = (row[name] for name in CARD_FIELDS)
        groups[row["group_id"]].cards.append(Card(_name(row), row["territory"], *said))
    for row in _theirs(found, "confirmations", groups):
        groups[row["group_id"]].confirmed = row["digest"]
    phases = [Phase(row["key"], row["title"], row["collects"]) for row in unpack(found, "phases")]
    themes = {row["key"]: row["title"] for row in unpack(found, "themes")}
    return Gathering(themes, phases, list(groups.values()), strays, aside)


def _add_ideas(found: Mapping[str, Slices], groups: Mapping[int, Group]) -> tuple[list[Voice], list[Voice]]:
    """Give groups their ideas and files; the ideas that no group has, and those that were put aside."""
    voices = {}
    into: dict[int, int | None] = {}
    for row in unpack(found, "ideas"):
        voices[row["id"]] = Voice(
            row["id"],
            row["group_id"],
            row["theme"] or "",
            row["phase"],
            _name(row),
            bool(row["anonymous"]),
            row["territory"] or "",
            row["category"],
            row["text"],
            from_micros(row["created_at"]),
            row["parent_id"],
            row["state"],
        )
        into[row["id"]] = row["merged_into"]
    voters: dict[int, set[int]] = defaultdict(set)
    for row in unpack(found, "votes"):
        voters[_last(row["idea_id"], into)].add(row["participant_id"])  # a voter counts once, wherever they voted
    strays, aside = [], []
    for voice in voices.values():
        voice.votes = len(voters[voice.id])
        last = _last(voice.id, into)
        if voice.state != "live":
            aside.append(voice)
        elif last != voice.id:
            voices[last].merged.append(voice)
        elif (group := groups.get(voice.group_id or 0)) is not None:
            group.ideas.append(voice)
        else:
            strays.append(voice)
    for group in groups.values():
        group.ideas.sort(key=lambda each: (-each.votes, each.at, each.id))
    for row in unpack(found, "files"):
        kept = Attachment(
            row["idea_id"],
            row["phase"],
            row["digest"],
            row["name"],
            row["media_type"],
            bool(row["picture"]),
            row["size"],
        )
        said = voices.get(row["idea_id"])
        if said:
            said.files.append(kept)
        if row["group_id"] in groups and (said is None or said.state == "live"):  # decks are read without ideas
            groups[row["group_id"]].files.append(kept)
    return strays, aside


def _last(idea: int, into: Mapping[int, int | None]) -> int:
    """Where an idea went in the end, of those that are there; itself if nowhere."""
    seen = {idea}
    while (target := into.get(idea)) in into and target not in seen and target is not None:
        seen.add(target)
        idea = target
    return idea


def _add_versions(found: Mapping[str, Slices], groups: Mapping[int, Group]) -> None:
    opinions: dict[int, list[tuple[str, bool, str]]] = defaultdict(list)
    for row in unpack(found, "opinions"):
        opinions[row["synthesis_id"]].append((_name(row), bool(row["approves"]), row["comment"]))
    for row in _theirs(found, "syntheses", groups):
        groups[row["group_id"]].versions.append(
            Version(
                row["id"],
                row["phase"],
                _name(row),
                row["content"],
                row["state"] == "rival",
                from_micros(row["created_at"]),
                opinions[row["id"]],
            )
        )


def _theirs(found: Mapping[str, Slices], table: str, groups: Mapping[int, Group]) -> list[dict[str, Any]]:
    """The rows of these groups; those of rounds nobody was told of are read along with their neighbours."""
    return [row for row in unpack(found, table) if row["group_id"] in groups]


def _name(row: Mapping[str, Any]) -> str:
    return display_name(row["given_name"] or "", row["family_name"] or "")


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
