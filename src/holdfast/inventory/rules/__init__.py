"""Rules across entries, one file a concern: each takes the inventory and yields findings."""
