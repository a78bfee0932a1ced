"""Stores whom to call in an emergency, as config.toml says, once; organisers then change it in chat."""

from handlers.trust.store import ON_CALL

SEED = ON_CALL.seed(order=45)
