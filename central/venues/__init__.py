"""A place's own desk: registering, staff, posters, passes and rosters, its own counts; never a visitor's name."""
