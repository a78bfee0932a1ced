"""Who someone is: participants, accounts, roles, codes, audiences; what is kept about a person, as it is declared."""
