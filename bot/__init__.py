"""Rencontres: the chatbot through which the participants of a gathering live it."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("rencontres")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0"
