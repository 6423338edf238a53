"""A LoadMaster's archive: read to its end, kept as what changed since a base, rebuilt. Pure."""
