"""Requests of the people whom the data are about, retention with certificates, holds, breaches."""
