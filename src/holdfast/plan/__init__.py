"""What would change. Pure: no I/O, no clock."""
