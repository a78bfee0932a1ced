"""Rencontres: a chatbot that accompanies the participants of a gathering."""
