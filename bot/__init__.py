"""Rencontres: the chatbot through which the participants of a gathering live it."""
