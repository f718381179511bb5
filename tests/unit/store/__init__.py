"""The edge database, with real files."""
