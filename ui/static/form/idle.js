// Whoever has gone is wiped: after a silence the page asks, counts down, and clears itself. A touch or a key is life.
const STIR_EVERY_MS = 4000; // the kiosk counts by itself, with 5 s to spare, and is told now and then that somebody types

/** `patience` gives [ms of silence until it asks, ms of countdown] of the page that stands. */
export function idleWatch({ patience, dialog, runs, say, stir, wipe }) {
  let touched = performance.now();
  let told = touched;
  let warned = false;
  let shown = -1;

  function life() {
    touched = performance.now();
    if (warned) return;
    if (runs() && touched - told > STIR_EVERY_MS) {
      told = touched;
      stir();
    }
  }

  function here() {
    warned = false;
    dialog.close();
    touched = told = performance.now();
    if (runs()) stir();
  }

  function check() {
    if (!runs()) {
      touched = told = performance.now();
      return;
    }
    const silent = performance.now() - touched;
    const [idleMs, warnMs] = patience();
    if (silent < idleMs) return;
    if (!warned) {
      warned = true;
      for (const other of document.querySelectorAll("dialog[open]")) other.close();
      dialog.showModal();
      dialog.querySelector(".primary").focus();
    }
    const left = Math.max(0, Math.ceil((idleMs + warnMs - silent) / 1000));
    if (left !== shown) say(left);
    shown = left;
    if (left === 0) {
      warned = false;
      dialog.close();
      touched = performance.now();
      wipe();
    }
  }

  for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, life, { capture: true, passive: true });
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); here(); });
  setInterval(check, 200);
  return { here };
}
