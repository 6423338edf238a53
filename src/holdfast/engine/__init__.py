"""The spine: observe, apply, report. The only place that catches RemoteError. Must not: print."""
