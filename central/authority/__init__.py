"""Cases, contacts, tasks and the page of the night."""
