"""Signing in to the desk and out again: password, second factor, lock, log-off."""
