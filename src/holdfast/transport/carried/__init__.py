"""Programs that travel to a node as text and run there under its own Python 3.9.

Must not: import anything of ours but holdfast.agent modules that travel with them.
"""
