"""What every process of the gateway asks of the box it runs on: the time, the journal, the service manager.

What may not enter: visitors, SQL, the network.
"""
