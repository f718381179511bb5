"""Tests of who may look, and of the log of every look."""
