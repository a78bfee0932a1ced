"""The rules of registration: what a list of selected people says, and what an invitation says."""
