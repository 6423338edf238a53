"""What is backed up and restored, one file a source."""
