"""The tables of central.rights, in the metadata of central.schema. Comments give each column's rule."""
