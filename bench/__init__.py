"""Measures Holdfast beside its peers, in turn, on the machine at hand; `python -m bench --help`."""
