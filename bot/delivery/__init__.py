"""The outbox: messages are enqueued, claimed, paced, sent, their outcomes classified, and failed tries repeated."""
