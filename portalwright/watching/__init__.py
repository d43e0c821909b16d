"""Watching the night: its figures, what somebody has to be told of, numbers for monitoring, the log as it grows."""
