"""The opener over its real socket."""
