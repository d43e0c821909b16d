"""A made-up office with something on every page of the desk: for its tests, its pictures, and for looking at it."""
