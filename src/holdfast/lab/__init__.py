"""The embedded lab: local nodes with sample disks, for the demo and the tests."""
