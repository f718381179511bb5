// Turning a wheel by a finger: whole rows are told, what is left of a row is shown by the property --pull of its band.

const ROW_PX = 44; // as wheels.css has it
const TAP_PX = 8; // a finger that trembles still taps
const FRICTION = 0.94; // of the speed is left after each 16 ms
const SLOWEST = 0.05; // px per ms: slower than that the wheel rests
const FLICK = 0.3; // px per ms: slower than that the finger has put the wheel down
const FLICK_MS = 60;

/** rows(count): turned by so many rows, later ones positive. tap(rows): touched so many rows below the middle. */
export function drag(spin, { rows, tap }) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let held = null;
  let frame = 0;

  function roll(px) {
    held.rest += px;
    const count = Math.trunc(-held.rest / ROW_PX);
    if (count) {
      held.rest += count * ROW_PX;
      rows(count);
    }
    spin.firstChild.style.setProperty("--pull", `${held.rest}px`);
  }

  function settle() {
    cancelAnimationFrame(frame);
    spin.firstChild.style.setProperty("--pull", "0px");
    held = null;
  }

  function glide(last) {
    frame = requestAnimationFrame((now) => {
      const passed = Math.min(40, Math.max(1, now - last));
      held.speed *= FRICTION ** (passed / 16);
      if (Math.abs(held.speed) < SLOWEST || !spin.isConnected) return settle();
      roll(held.speed * passed);
      return glide(now);
    });
  }

  spin.addEventListener("pointerdown", (event) => {
    cancelAnimationFrame(frame);
    spin.setPointerCapture(event.pointerId);
    held = { id: event.pointerId, from: event.clientY, y: event.clientY, at: event.timeStamp, speed: 0, rest: 0 };
  });
  spin.addEventListener("pointermove", (event) => {
    if (held?.id !== event.pointerId || !spin.hasPointerCapture(event.pointerId)) return;
    const [moved, passed] = [event.clientY - held.y, Math.max(1, event.timeStamp - held.at)];
    held.speed = 0.6 * (moved / passed) + 0.4 * held.speed;
    [held.y, held.at] = [event.clientY, event.timeStamp];
    roll(moved);
  });
  spin.addEventListener("pointercancel", () => held && settle());
  spin.addEventListener("pointerup", (event) => {
    if (held?.id !== event.pointerId) return;
    const box = spin.getBoundingClientRect();
    const flicked = event.timeStamp - held.at < FLICK_MS && Math.abs(held.speed) > FLICK;
    if (Math.abs(event.clientY - held.from) < TAP_PX) tap(Math.round((event.clientY - box.top - box.height / 2) / ROW_PX));
    else if (flicked && !still.matches) return glide(event.timeStamp);
    return settle();
  });
}
