"""The SQL of announcements and campaigns, one module for each topic.

A copy is the message to one recipient: a participant, or a channel of many. Each copy is a row of deliveries, the
outbox. To release an announcement is to enqueue its copies. A campaign is an announcement with a link and a deadline.
"""
