"""Tells what a mail that arrived is: a bounce and of which letter, an answer and its own words, or neither."""
