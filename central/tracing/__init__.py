"""From visits and encounters to contacts, chains and sources; each result a row with its reasons."""
