"""The tables of central.vault, in the metadata of central.schema. Comments give each column's rule."""
