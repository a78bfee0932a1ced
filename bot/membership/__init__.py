"""What changes a person's place, and all that follows: invited, an account more or fewer, a role lost, shut out, erased."""
