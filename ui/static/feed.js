// Views from the kiosk: server-sent events, or one at a time when all streams are taken. Silence is told as `onLost`.
const SILENT_MS = 1600; // three beats of 500 ms missed: with the check below the page knows within 2 s
const CHECK_MS = 100;
const STREAM_AGAIN_MS = 15_000;
const PAUSE_MS = 300;

export function listen({ onView, onLost }) {
  let heard = performance.now();
  let lost = false;
  let build = null;
  let source = null;

  function hear(alive, itsBuild) {
    if (build && itsBuild && itsBuild !== build) location.reload();
    build ??= itsBuild;
    if (!alive) return false; // the web server answers but the gate's loop does not: that is silence too
    heard = performance.now();
    return true;
  }

  function take(view) {
    if (!hear(view.alive)) return;
    lost = false;
    onView(view);
  }

  function stream() {
    source?.close();
    source = new EventSource("/events");
    source.addEventListener("hello", (event) => hear(false, JSON.parse(event.data).build));
    source.addEventListener("view", (event) => take(JSON.parse(event.data)));
    source.addEventListener("beat", (event) => {
      if (hear(JSON.parse(event.data).alive) && lost) stream(); // back again: ask for the newest view
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return; // it connects again by itself
      source = null;
      poll(performance.now() + STREAM_AGAIN_MS);
    });
  }

  async function poll(until) {
    let after = null; // the newest view first, then each next one
    while (performance.now() < until) {
      const asked = performance.now();
      try {
        const answer = await fetch(after === null ? "/poll" : `/poll?after=${after}`, { cache: "no-store", signal: AbortSignal.timeout(SILENT_MS) });
        if (!answer.ok) throw new Error("refused");
        const { alive, build: itsBuild, view } = await answer.json();
        if (view) {
          after = view.n;
          hear(false, itsBuild);
          take(view);
        } else {
          if (hear(alive, itsBuild) && lost) after = null;
          if (performance.now() - asked < PAUSE_MS) await pause(); // the kiosk had no thread to wait with
        }
      } catch {
        await pause();
      }
    }
    stream();
  }

  setInterval(() => {
    if (lost || performance.now() - heard < SILENT_MS) return;
    lost = true;
    onLost();
  }, CHECK_MS);
  stream();
}

const pause = () => new Promise((done) => setTimeout(done, PAUSE_MS));
