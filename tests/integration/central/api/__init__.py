"""Tests of the programs' interface."""
