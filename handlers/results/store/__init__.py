"""The SQL of results, in a module for each of its stories."""
