"""Faults, each with real files and real processes."""
