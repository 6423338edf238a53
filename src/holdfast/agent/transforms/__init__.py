"""What happens to a backup's bytes between its source and its store, and back."""
