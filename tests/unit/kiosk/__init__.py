"""The gate process, room by room."""
