"""Draws pictures, prints documents, and prepares texts for both."""
