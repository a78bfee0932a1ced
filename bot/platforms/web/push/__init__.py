"""Notifies people on their devices while their page is closed, by the push services of their browsers (Web Push)."""
