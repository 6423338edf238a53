"""ZFS through its own command line, as it is on every node that has it."""
