"""The tables of central.zoning, in the metadata of central.schema. Comments give each column's rule."""
