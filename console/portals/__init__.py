"""Portals: permission, health, limits, drift, and the age of the sign-ins."""
