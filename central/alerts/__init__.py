"""From an exposure to everybody who has to hear of it: releases, channels, recalls, the public feed."""
