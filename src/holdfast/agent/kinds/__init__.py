"""What an agent reads and applies, one file a kind; in the order in which they are made.

Each has `read(survey)`: attributes by name, and problems; and `apply(survey, op)`: make one change,
or raise Failed or OSError. `definition` applies a batch, since all of them share one cron file.
"""
