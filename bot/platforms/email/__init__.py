"""Sends letters by e-mail: to people who have no other account, and to addresses of the list of participants."""
