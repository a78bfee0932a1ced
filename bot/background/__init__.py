"""Work beside conversations: jobs in other processes, leases, events that happen at set times, hourly housekeeping."""
