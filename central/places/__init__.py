"""Places, their wards and provinces, and the health stations that look after them."""
