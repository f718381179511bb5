// The pass, large; the family's passes beside it; the first visit; a copy on paper.

import { makePass, now, ask } from "./api.js";
import { toBase64 } from "./bytes.js";
import { drawModules, fillModules, h, icon } from "./dom.js";
import { alertLine, mineOf } from "./mine.js";
import { SLOT_S, heldNow, runsOut, slotOf, textAt } from "./pass.js";
import { modulesOf } from "./qr.js";
import { makeKey } from "./sign.js";
import { change, read } from "./store.js";
import { atEnd, back, button, go, screenNow, show } from "./view.js";
import { NAMES, clock, day, say, speak, spoken } from "./words.js";
import { checkOutButton } from "./screen-place.js";

const MOST_PASSES = 12;

// One tap: a key made here, a pass signed for it. Nothing is asked.
export async function addPass(name = "") {
  const { key, open } = await makeKey();
  const told = await makePass({ holder: toBase64(open), companions: 0 });
  const pass = {
    id: told.id,
    name,
    signed: told.signed,
    expires_s: told.expires_s,
    key,
    made_ms: Date.now(),
    declared: [],
  };
  await change("passes", [], (passes) => [...passes, pass].slice(0, MOST_PASSES));
  navigator.storage?.persist?.();
  return pass;
}

export const nameOf = (pass) => pass.name || say("pass.me");

function welcome() {
  show(
    say("welcome.title"),
    [
      h("p", {}, say("welcome.text")),
      button(
        say("welcome.make"),
        async () => {
          await addPass();
          go("pass");
        },
        { look: "big" },
      ),
      h("p", { class: "quiet" }, say("welcome.why")),
      h(
        "div",
        { class: "languages", role: "group", "aria-label": say("language.title") },
        Object.entries(NAMES).map(([code, name]) =>
          button(
            name,
            async () => {
              await speak(code);
              go("pass");
            },
            { look: code === spoken() ? "pill here" : "pill", label: name },
          ),
        ),
      ),
    ],
    { nav: false, look: "welcome" },
  );
}

export async function passScreen(chosen = "") {
  const turn = screenNow();
  const passes = await read("passes", []);
  if (turn !== screenNow()) return;
  if (!passes.length) return welcome();
  const pass = passes.find((one) => one.id === chosen) ?? passes[0];
  const ms = await now();
  const drawn = drawModules(modulesOf(await textAt(pass, ms)), say("pass.code_of", { name: nameOf(pass) }));
  const bar = h("div", { class: "bar", "aria-hidden": "true" }, h("i", {}));
  const [inside, alert, line] = [await insideCard(pass), await alertLine(), await declaredLine(pass, ms)];
  if (turn !== screenNow()) return;
  show(
    say("pass.show"),
    [
      alert,
      passes.length > 1
        ? h(
            "div",
            { class: "people", role: "group", "aria-label": say("family.title") },
            passes.map((one) =>
              h(
                "a",
                {
                  class: one === pass ? "pill here" : "pill",
                  href: `#pass/${one.id}`,
                  "aria-current": one === pass ? "true" : null,
                },
                nameOf(one),
              ),
            ),
          )
        : null,
      h("div", { class: "paper" }, drawn, bar),
      line,
      inside,
      h("p", { class: "quiet center" }, say("pass.turns")),
      h(
        "div",
        { class: "actions" },
        h("a", { class: "button", href: "#declare" }, say("declare.ahead")),
        h("a", { class: "button quiet", href: "#family" }, say("family.add")),
        h("a", { class: "button quiet", href: `#print/${pass.id}` }, say("pass.print")),
      ),
    ],
    { look: "pass" },
  );
  turning(pass, drawn, bar.firstChild);
  if (runsOut(pass, ms)) renew(pass);
}

// Draws the code of each slot as it begins; the bar says how long this one still counts.
function turning(pass, drawn, bar) {
  let shown = 0;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tick = async () => {
    const ms = await now();
    const slot = slotOf(ms);
    const left = 1 - (ms / 1000 / SLOT_S - slot);
    bar.style.transform = `scaleX(${(still ? Math.ceil(left * 6) / 6 : left).toFixed(3)})`;
    if (slot === shown) return;
    shown = slot;
    fillModules(drawn, modulesOf(await textAt(pass, ms)));
    drawn.dataset.slot = slot;
  };
  tick();
  const timer = setInterval(tick, still ? 1000 : 250);
  atEnd(() => clearInterval(timer));
}

async function insideCard(pass) {
  const local = (await read("inside", {}))[pass.id];
  const told = (await mineOf(pass.id))?.inside;
  if (!local && !told) return null;
  const [name, since] = local ? [local.name, local.at_ms] : [told.name, told.since_ms];
  return h(
    "section",
    { class: "card line" },
    icon("place"),
    h("p", {}, say("pass.inside", { place: name, time: clock(since) })),
    local ? checkOutButton(pass, local) : null,
  );
}

async function declaredLine(pass, ms) {
  const one = heldNow(pass, ms).at(-1);
  if (!one) return null;
  return h(
    "p",
    { class: "card line good" },
    icon("tick"),
    say("pass.declared", { time: clock(one.expires_s * 1000), day: day(one.expires_s * 1000) }),
  );
}

async function renew(pass) {
  const told = await ask(pass, "/v/api/renew", {}).catch(() => null);
  if (told)
    await change("passes", [], (passes) =>
      passes.map((one) => (one.id === pass.id ? { ...one, signed: told.signed, expires_s: told.expires_s } : one)),
    );
}

export async function familyScreen() {
  const passes = await read("passes", []);
  const field = h("input", { id: "nick", maxlength: "24", autocomplete: "off", enterkeyhint: "done" });
  show(say("family.title"), [
    h("p", {}, say("family.why")),
    h(
      "ul",
      { class: "rows" },
      passes.map((one) => h("li", {}, h("a", { class: "row", href: `#pass/${one.id}` }, icon("pass"), nameOf(one)))),
    ),
    h(
      "form",
      { class: "card", onsubmit: (event) => event.preventDefault() },
      h("label", { class: "field", for: "nick" }, say("family.nick"), h("small", {}, say("family.nick_why"))),
      field,
      button(
        say("family.make"),
        async () => {
          const pass = await addPass(field.value.trim().slice(0, 24) || say("family.member", { n: passes.length + 1 }));
          go(`pass/${pass.id}`);
        },
        { look: "big" },
      ),
    ),
  ]);
}

export async function printScreen(id = "") {
  const pass = (await read("passes", [])).find((one) => one.id === id);
  if (!pass) return go("pass");
  const nodes =
    pass.printed?.expires_s * 1000 > Date.now()
      ? printed(pass)
      : [
          h("p", {}, say("print.why")),
          button(
            say("print.make"),
            async () => {
              const told = await makePass({ printed: true, companions: 0 });
              await change("passes", [], (passes) =>
                passes.map((one) =>
                  one.id === id ? { ...one, printed: { text: told.text, expires_s: told.expires_s } } : one,
                ),
              );
              await printScreen(id);
            },
            { look: "big" },
          ),
        ];
  show(say("pass.print"), [...nodes, back(`pass/${id}`)], { look: "print" });
}

function printed(pass) {
  return [
    h(
      "div",
      { class: "paper" },
      drawModules(modulesOf(pass.printed.text), say("pass.code_of", { name: nameOf(pass) })),
    ),
    h(
      "p",
      { class: "center" },
      `${say("print.keep")} ${say("declare.until", { day: day(pass.printed.expires_s * 1000) })}`,
    ),
    h("button", { type: "button", class: "big", onclick: () => print() }, say("print.print")),
  ];
}
