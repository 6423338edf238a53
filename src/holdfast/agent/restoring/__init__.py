"""Where a restore goes: the new data whole and proven beside the old, then in its place."""
