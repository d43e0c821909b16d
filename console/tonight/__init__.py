"""The night as it stands: portals, sessions, workers, codes that are waited for, and the controls."""
