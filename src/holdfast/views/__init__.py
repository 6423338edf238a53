"""Plan, Report or Status to text. Must not: decide, count or sort."""
