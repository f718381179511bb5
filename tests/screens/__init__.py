"""Screenshots of every page, to be looked at by people: python -m tests.screens [--language vi] [--size panel]."""
