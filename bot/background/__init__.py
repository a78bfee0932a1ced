"""What runs beside conversations: jobs in other processes, leases, what is due at its time, housekeeping."""
