"""The store and its transactions, over SQLite or PostgreSQL, and the migrations."""
