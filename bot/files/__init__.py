"""Stores photos and documents beside the database, and reads and writes tables (CSV, XLSX, ODS)."""
