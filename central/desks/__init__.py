"""The declaration desk, early warning, and the arrivals desk of a point of entry."""
