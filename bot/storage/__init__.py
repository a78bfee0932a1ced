"""One module of plain functions per subject, over a transaction of either engine."""
