"""What changes a person's place, and what follows: invited, an account more or fewer, a role lost, shut out, erased."""
