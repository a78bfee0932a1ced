"""What all other packages use: texts, views, actions, forms, languages, errors, names, territories, dates, templates.

A span is a piece of text as structure, which is translated when its reader is known. A view is one message, a reply is
a view with the way of showing it. A payload is an encoded action, which a button carries.
"""
