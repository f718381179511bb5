"""The centre's side of Bluetooth: issued tags, the keys of cases, and what kiosks matched with them."""
