"""The tables of central.phones, in the metadata of central.schema. Comments give each column's rule."""
