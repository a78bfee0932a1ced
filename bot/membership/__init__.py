"""Changes a person's membership with all consequences: invitations, accounts, lost roles, bans, erasure."""
