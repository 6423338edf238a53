"""What a storage holds, and which of it stays."""
