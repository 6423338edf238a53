"""The command line, one small file a command. Must not: hold logic."""
