"""Holdfast: backup policy as code for Kemp LoadMasters and for virtual servers on ZFS nodes."""

__version__ = "0.1.0"
