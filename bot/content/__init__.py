"""Defines what all other packages use: texts, messages, buttons, forms, languages, errors, names, dates, templates.

A span is a piece of text as structure, which is translated when its reader is known. A view is one message; a reply is
a handler's answer: a view, and how the view is shown. An action is what a button does, a payload an encoded action. A
capability is a part of the program under `handlers`, such as announcements; the engine is everything else.
"""
