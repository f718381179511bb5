"""Faults that must show within a budget of time, or need this machine for themselves: run alone, one after another."""
