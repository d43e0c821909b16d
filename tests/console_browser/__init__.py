"""Tests of the desk in a real browser. They run in a pytest process of their own: see `make tests`."""
