"""Rings people's devices while their page is closed, through the push services of their browsers (Web Push)."""
