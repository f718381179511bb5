"""The tables of central.desks, in the metadata of central.schema. Comments give each column's rule."""
