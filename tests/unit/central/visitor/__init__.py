"""Unit tests of the visitor's page."""
