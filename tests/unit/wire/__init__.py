"""What both ends speak: round trips, refusals, attacks."""
