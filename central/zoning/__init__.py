"""Dated levels of venues, wards and provinces: proposed with reasons, decided by a person, ended by themselves."""
