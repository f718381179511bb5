"""What a visitor's phone says to the centre: passes, check-ins by poster, declarations; written as any gate writes."""
