"""A kiosk's web side as a process of its own, green for a minute: prints its address and serves until it is ended."""

from threading import Event

from tests.browser.screens import ALLOW, IDLE, held, open_gate

if __name__ == "__main__":
    gate = open_gate()
    gate.feed.publish(IDLE)
    gate.feed.publish(held(ALLOW))
    print(gate.url, flush=True)
    Event().wait()
