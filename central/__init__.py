"""The central server: takes batches, answers receipts, enrols kiosks, signs bulletins, shows what it holds.

What may not enter: anything of the edge (store, ui, kiosk, sync_agent, firmware_cfg). What both ends agree on is
`wire`.
"""
