"""The node side, bundled into one file. Must not: import anything of ours outside this package."""
