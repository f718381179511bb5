"""The camera thread: frames in, code texts and the camera's health out. It decides nothing."""

from collections.abc import Callable
from threading import Event, Thread

from kiosk.live import LivePreview
from kiosk.ports import Camera, CameraLost, Decoder, Frame

RETRY_S = 0.5  # a camera that is away is asked again twice a second; its adapter spaces the real tries out


class CameraWatch:
    """Reads one camera for ever. `seen(text)` and `lost(bool)` put events on the gate's queue and never block.

    `offer(frame)`, if any, looks for what is no code (a passport's page); it never blocks either.
    """

    def __init__(
        self,
        camera: Camera,
        decoder: Decoder,
        preview: LivePreview,
        seen: Callable[[str], None],
        lost: Callable[[bool], None],
        offer: Callable[[Frame], None] | None = None,
    ) -> None:
        self._camera, self._decoder, self._preview = camera, decoder, preview
        self._seen, self._lost, self._offer = seen, lost, offer
        self._stop = Event()
        self._thread = Thread(target=self._run, name="camera", daemon=True)

    def start(self) -> None:
        """Begin reading."""
        self._thread.start()

    def close(self) -> None:
        """Stop and give the devices back; waits at most two seconds for the frame in hand."""
        self._stop.set()
        self._thread.join(2.0)
        self._camera.close()
        self._decoder.close()

    def alive(self) -> bool:
        """Whether the thread still turns."""
        return self._thread.is_alive()

    def _run(self) -> None:
        away: bool | None = None
        while not self._stop.is_set():
            try:
                frame = self._camera.read()
            except CameraLost:
                if away is not True:
                    away = True
                    self._lost(True)
                self._stop.wait(RETRY_S)
                continue
            if away is not False:
                away = False
                self._lost(False)
            for symbol in self._decoder.decode(frame.gray):
                self._seen(symbol.text)
            self._preview.offer(frame)
            if self._offer is not None:
                self._offer(frame)
