"""Bytes to and from an agent. Must not: know Resource, Change or Plan."""
