"""What a monitoring system asks the program: numbers about what it does, and whether it is well."""
