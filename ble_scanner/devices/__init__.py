"""The adapters of the radio port: bleak, and simulated ones that ship."""
