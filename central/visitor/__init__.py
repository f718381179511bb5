"""The visitor's own page: built files, words, and what it shows."""
