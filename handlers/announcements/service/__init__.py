"""What organisers can do with announcements, one module for each kind of operation.

A copy is the message to one recipient: a participant, or a channel of many. To release an announcement is to enqueue
its copies. A campaign is an announcement with a link, a deadline and reminders.
"""
