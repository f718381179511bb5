"""The tables of central.alerts, in the metadata of central.schema. Comments give each column's rule."""
