"""The tables of central.visitor, in the metadata of central.schema. Comments give each column's rule."""
