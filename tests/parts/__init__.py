"""Real parts that several suites start: brokers, a PostgreSQL, devices that seal real records."""
