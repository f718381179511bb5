"""Real brokers, databases and processes."""
