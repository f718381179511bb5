"""Build time only: the 34 provinces from the shapes of the 63 that a registry package has (bin/build-web)."""
