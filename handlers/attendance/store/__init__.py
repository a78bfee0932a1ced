"""The SQL of attendance: people's marks, and the key that makes badges genuine."""
