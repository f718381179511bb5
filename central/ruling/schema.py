"""The tables of central.ruling, in the metadata of central.schema. Comments give each column's rule."""
