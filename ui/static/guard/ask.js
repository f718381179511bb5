// One request to the kiosk, and its answer in words: {ok, problem, ...}; problem "lost" when none came in time.
const WAITS_MS = 4000; // the kiosk answers within 2 s

export async function ask(path, body = {}, waits = WAITS_MS) {
  try {
    const answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: AbortSignal.timeout(waits),
    });
    const told = await answer.json();
    return { ok: answer.ok, problem: "lost", wait: Number(answer.headers.get("Retry-After") ?? 0), ...told };
  } catch {
    return { ok: false, problem: "lost", wait: 0 };
  }
}

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
