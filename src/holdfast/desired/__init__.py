"""Inventory to Resources, one file a kind. Must not: contact anything."""
