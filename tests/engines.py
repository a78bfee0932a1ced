"""On which engines a test runs that asks for a store: on both, unless it is marked here."""

from __future__ import annotations

import pytest

on_one_engine = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For tests that show nothing of the store.

Each of their statements is run on both engines by other tests, with values of the same types and for as many rows:
none, one or several. Where the order of rows, or which words are found, is what a test shows, it runs on both.
"""
