// Everything else, in one list; and the languages.

import { h, icon } from "./dom.js";
import { button, go, show } from "./view.js";
import { NAMES, say, speak, spoken } from "./words.js";

export function moreScreen() {
  const links = ["declare", "history", "family", "alerts", "data", "language"].map((where) => [
    `#${where}`,
    say(`more.${where}`),
  ]);
  const rows = [...links, ["/map", say("more.map")]].map(([href, text]) =>
    h("li", {}, h("a", { class: "row on", href }, h("span", {}, text), icon("on"))),
  );
  show(say("nav.more"), [h("ul", { class: "rows" }, rows)]);
}

export function languageScreen() {
  const buttons = Object.entries(NAMES).map(([code, name]) => {
    const made = button(
      name,
      async () => {
        await speak(code);
        go("pass");
      },
      { look: code === spoken() ? "big" : "big quiet" },
    );
    made.lang = code;
    return made;
  });
  show(say("language.title"), [h("div", { class: "stack" }, buttons)]);
}
