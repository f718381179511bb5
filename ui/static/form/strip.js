// The strip over the form: the gate's last public signal. Lamp and sound belong to whoever was scanned last; the form
// is never disturbed. Words, shape and colour, no name and no reason.
import { listen } from "../feed.js";

export function showStrip() {
  const strip = document.getElementById("strip");
  const word = document.getElementById("strip-word");
  const sign = document.getElementById("strip-sign");
  const labels = JSON.parse(document.getElementById("labels").textContent);
  let current = null;
  let timer = 0;

  function show() {
    const lang = document.documentElement.lang;
    const said = current?.said[lang];
    strip.dataset.signal = current ? current.signal ?? "FAULT" : "";
    word.textContent = said ? `${said.word}${current.at ? ` · ${current.at}` : ""}` : labels[lang]["form.shell.gate"];
    sign.setAttribute("href", `#i-${current ? strip.dataset.signal : "gate"}`);
  }

  function take(view) {
    clearTimeout(timer);
    const left = view.stays_ms ? view.stays_ms - view.age_ms : 0;
    const personal = view.page === "result" || view.page === "choose";
    current = view.page === "idle" || (personal && view.stays_ms && left <= 0) ? null : view;
    show();
    if (left > 0) timer = setTimeout(() => { current = null; show(); }, left);
  }

  function lost() {
    const tags = Object.keys(labels);
    clearTimeout(timer);
    current = { signal: "FAULT", at: "", said: Object.fromEntries(tags.map((tag) => [tag, { word: labels[tag]["form.shell.offline"] }])) };
    show();
  }

  new MutationObserver(show).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
  listen({ onView: take, onLost: lost });
}
