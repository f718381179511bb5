"""The tables of central.feedback, in the metadata of central.schema. Comments give each column's rule."""
