"""Who someone is: participants, accounts, roles, codes, audiences; what is kept about a person, and forgetting it."""
