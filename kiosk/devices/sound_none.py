"""A kiosk without a loudspeaker."""


class NoSound:
    """A kiosk without a loudspeaker."""

    def play(self, name: str) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""
