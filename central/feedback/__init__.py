"""What citizens say of a place: sent, moderated, answered, followed by the sender."""
