"""The outbox: enqueue, claim, pace, send, classify, retry."""
