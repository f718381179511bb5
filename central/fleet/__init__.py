"""The fleet: what each kiosk says of itself, why one is away, who has seen to it, and what is rolled out to whom."""
