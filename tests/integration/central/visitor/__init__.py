"""The addresses of the visitor's page."""
