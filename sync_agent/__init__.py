"""Outbox up, bulletins down. agent.py decides and touches nothing; loop.py does what it says.

What may not enter: devices, screens, SQL. The database is reached through `store`, the broker through `Broker`.
"""
