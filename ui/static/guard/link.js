// What the kiosk tells a guard's page: views and what is known beside them, by server-sent events or, when all streams
// are taken, one at a time. Silence is told as onLost within 2 s, whatever became of the phone's network; nothing that
// was heard before a silence is shown after it.
const SILENT_MS = 1600; // three beats of 500 ms missed
const CHECK_MS = 200;
const STREAM_AGAIN_MS = 15_000;
const ANEW_MS = 2500; // a socket of a network that has gone never says so: a silent stream is opened anew
const PAUSE_MS = 300;

export function link({ build, onView, onNow, onLost, onEnded }) {
  let heard = performance.now();
  let asked = 0;
  let lost = false;
  let source = null;
  let polling = false;

  function hear(alive) {
    if (!alive) return false; // the web server answers but the gate's loop does not: that is silence too
    heard = performance.now();
    return true;
  }

  function take(view) {
    if (document.hidden || !hear(view.alive)) return;
    lost = false;
    onView(view);
  }

  function sameBuild(itsBuild) {
    if (itsBuild === build) return true;
    location.reload(); // this page is of an older kiosk
    return false;
  }

  function stream() {
    source?.close();
    asked = performance.now();
    source = new EventSource("/events");
    const mine = source;
    const on = (name, hear) => mine.addEventListener(name, (event) => { if (mine === source) hear(JSON.parse(event.data)); });
    on("hello", (hello) => sameBuild(hello.build));
    on("view", take);
    on("now", onNow);
    on("ended", () => { mine.close(); onEnded(); });
    on("beat", (beat) => { if (hear(beat.alive) && lost && !document.hidden) stream(); }); // back again: ask for the newest view
    mine.addEventListener("error", () => {
      if (mine !== source || mine.readyState !== EventSource.CLOSED) return; // it connects again by itself
      source = null;
      poll(performance.now() + STREAM_AGAIN_MS);
    });
  }

  async function poll(until) {
    if (polling) return;
    polling = true;
    let after = null; // the newest view first, then each next one
    while (performance.now() < until) {
      const began = performance.now();
      try {
        const answer = await fetch(after === null ? "/poll" : `/poll?after=${after}`, { cache: "no-store", signal: AbortSignal.timeout(SILENT_MS) });
        if (answer.status === 401) return onEnded();
        if (!answer.ok) throw new Error("refused");
        const told = await answer.json();
        if (!sameBuild(told.build)) return;
        onNow(told.now);
        if (told.view) {
          after = told.view.n;
          take(told.view);
        } else {
          if (hear(told.alive) && lost) after = null;
          if (performance.now() - began < PAUSE_MS) await pause(); // the kiosk had no thread to wait with
        }
      } catch {
        await pause();
      }
    }
    polling = false;
    stream();
  }

  function lose() {
    if (lost) return;
    lost = true;
    onLost();
  }

  setInterval(() => {
    const now = performance.now();
    if (now - heard >= SILENT_MS) lose();
    if (lost && !document.hidden && !polling && now - asked > ANEW_MS) stream();
  }, CHECK_MS);
  window.addEventListener("offline", lose);
  window.addEventListener("online", () => { if (!polling) stream(); });
  // A phone that sleeps runs no timers: what it shows when it wakes must not be what it showed when it fell asleep.
  document.addEventListener("visibilitychange", () => {
    lose();
    if (!document.hidden && !polling) stream();
  });
  stream();
}

const pause = () => new Promise((done) => setTimeout(done, PAUSE_MS));
