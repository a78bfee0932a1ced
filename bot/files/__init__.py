"""Photos and documents beside the database, and tables (CSV, XLSX) in and out."""
