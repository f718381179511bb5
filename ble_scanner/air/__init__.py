"""PURE. What advertisements hold: their structures, the services that we know, one file for each family of formats."""
