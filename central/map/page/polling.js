// One small file every two seconds, conditional: unchanged it costs a header. A page nobody looks at asks nothing.
const EVERY_MS = 2000;
const SLOWEST_MS = 30000;

export function poll(address, changed, failed) {
  let tag = "";
  let wait = EVERY_MS;
  let timer = 0;
  async function ask() {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const answer = await fetch(address, { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
      if (answer.status !== 200 && answer.status !== 304) throw new Error(answer.status);
      wait = EVERY_MS;
      if (answer.status === 200) {
        tag = answer.headers.get("ETag") || "";
        changed(await answer.json());
      } else changed(null);
    } catch {
      wait = Math.min(SLOWEST_MS, wait * 2);
      failed();
    }
    timer = setTimeout(ask, wait * (0.9 + Math.random() * 0.2)); // a thousand maps must not ask in step
  }
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  ask();
}
