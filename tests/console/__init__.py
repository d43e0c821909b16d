"""Tests of the desk's pages."""
