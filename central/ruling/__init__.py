"""The rules desk: lint, try, compare, a second person, publish."""
