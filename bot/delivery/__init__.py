"""The outbox: messages are enqueued, claimed, paced, sent, their outcomes classified, and failed tries repeated.

A delivery is one row of the outbox: a message to be sent to one account or channel, or to be edited, deleted or pinned
there, or an account whose nickname and roles are to be updated. A copy is a delivery of an original: a message to many,
such as an announcement, whose content a capability stores once. A delivery is claimed when this program marks it as
being sent, and settled once nothing is left to do for it. A native id is the id by which a platform itself knows a
message, an account or a chat.
"""
