"""One module for each command of python -m ble_scanner; loaded when asked for."""
