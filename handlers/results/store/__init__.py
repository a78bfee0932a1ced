"""The SQL of results, one module for each topic."""
