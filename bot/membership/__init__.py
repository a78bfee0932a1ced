"""What changes a person's place in the gathering, and all that follows: invitations, accounts that come and go."""
