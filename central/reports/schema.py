"""The tables of central.reports, in the metadata of central.schema. Comments give each column's rule."""
