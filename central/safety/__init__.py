"""How safe a place is: self-checks, schemes, commitments, inspections, what was measured, and its state over time."""
