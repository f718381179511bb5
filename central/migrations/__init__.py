"""Alembic migrations, forward only: a centre holds visits that exist nowhere else, so there is never a reset."""
