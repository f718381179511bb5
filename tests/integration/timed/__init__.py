"""Tests with a budget of time: run alone, one after the other, as the machine at the gate has one thing to do."""
