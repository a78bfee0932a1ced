"""The rules of registration: how a list of selected people is understood, and what an invitation contains."""
