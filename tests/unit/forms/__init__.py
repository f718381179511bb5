"""The form engine: what is refused, what is asked, what an answer means, and that nothing breaks it."""
