"""The tables of central.venues, in the metadata of central.schema. Comments give each column's rule."""
