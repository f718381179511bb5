"""The guard's page on a phone or tablet: mirrors the signal, takes what a guard decides."""
