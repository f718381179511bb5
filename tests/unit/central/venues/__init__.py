"""Tests of central.venues."""
