"""Guest freeze: the guest's file systems stand still for the instant of a snapshot, and no longer.

A process of its own freezes and thaws, so that not even the death of the run leaves a guest frozen.
"""
