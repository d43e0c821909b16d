"""Payments: what came, what balances, what is missing."""
