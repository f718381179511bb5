"""Who may look at what, for which purpose, and the log of every look."""
