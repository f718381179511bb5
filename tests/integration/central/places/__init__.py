"""Tests of central.places."""
