"""What one node asks of another, and how a disk's bytes come over: the wire between two agents."""

PROTOCOL = 1  # of requests and frames; apart from what the control side speaks
