"""One request and its answer: read, apply, status."""
