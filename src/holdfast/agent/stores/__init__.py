"""Where backups are put, one file a store."""
