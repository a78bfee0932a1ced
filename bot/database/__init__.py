"""The store (SQLite or PostgreSQL), its transactions, and the migrations of its tables."""
