"""Leads from what a person did to the reply: routes, router, dispatch, dialogues, undo, live screens.

An update is one thing that a person did, as a platform reported it. A route is the declaration that ties a command,
button or text to its handler. A payload is an encoded action, which a button carries. A dialogue is a form that is
asked one question at a time. A screen is a message that shows the present state; a live screen is edited whenever that
state changes. A defect is an error in this program.
"""
