"""Determines what a mail that arrived is: a bounce of a certain letter, an answer with words of its own, or neither."""
