"""The outbox: audience, deliveries, claim, pace, send, classify, retry."""
