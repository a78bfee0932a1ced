"""The outbox: messages are enqueued, claimed, paced and sent, their outcomes classified, and failed attempts repeated.

A delivery is one row of the outbox: a message to be sent to one account or channel, or to be edited, deleted or pinned
there, or an account whose nickname and roles are to be updated. An original is a message to many, such as an
announcement, whose content a capability stores once; a copy is the delivery of an original to one recipient. A delivery
is claimed when this program marks it as being sent, and settled once nothing remains to be done for it. A native id is
the id by which a platform itself knows a message, an account or a chat.
"""
