"""Says in words which role a person has, and for what; processes that only draw or write files use it too."""

from __future__ import annotations

from bot.content.roles import Role
from bot.content.texts import Span, _
from bot.database.engine import Transaction


async def title(tx: Transaction, role: Role, scope: str) -> Span:
    """Return a role and its scope in words, as people read them: «Trusted person», «Reader of applications: Québec»."""
    if role.scope is None:
        return role.title
    return _("{role}: {scope}", role=role.title, scope=await scope_words(tx, role, scope))


async def scope_words(tx: Transaction, role: Role, scope: str) -> Span:
    """Return the name of a role's scope (what the role is for) as people read it, even if what it names was deleted."""
    words = await role.scope.words(tx, scope) if role.scope and role.scope.takes(scope) else None
    # L10N: what somebody has a role for, as in «Facilitators: …»: a theme or group that was deleted since
    return words or _("what no longer exists")
