"""Tests of requests, retention, holds and breaches."""
