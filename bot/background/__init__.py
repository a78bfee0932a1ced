"""Work beside conversations: jobs in other processes, leases, events that become due at a time, hourly housekeeping."""
