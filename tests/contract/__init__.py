"""One suite per port, over every simulated and real adapter."""
