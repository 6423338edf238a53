"""Read and apply of each resource kind, one file a kind."""
