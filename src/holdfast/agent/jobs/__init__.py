"""From an entry that fires to a run that ended: tickets, dispatcher, attempts."""
