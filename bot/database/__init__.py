"""The database: transactions over SQLite or PostgreSQL, and the migrations that create the tables."""
