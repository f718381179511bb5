// Declare ahead, or because a place asks for it: which form, what it is for, one question a page, a look over, the end.
// Answers live in this script's memory alone; leaving the page ends them.

import { get } from "./api.js";
import { h, icon } from "./dom.js";
import { pages } from "./form.js";
import { readForm, readOption } from "./questionnaire.js";
import { holds } from "./pass.js";
import { read } from "./store.js";
import { back, button, fold, go, screenNow, sentenceOf, show } from "./view.js";
import { day, inOwn, say, spoken } from "./words.js";
import { drawMore, drawQuestion } from "./question.js";
import { review } from "./sending.js";
import { addPass, nameOf } from "./screen-pass.js";

export async function declareScreen(code = "") {
  const turn = screenNow();
  let told;
  try {
    told = await get(code ? `/v/api/orders?place=${encodeURIComponent(code)}` : "/v/api/orders");
  } catch (error) {
    if (turn === screenNow()) show(sentenceOf(error), [back("pass")]);
    return;
  }
  const passes = await read("passes", []);
  if (turn !== screenNow()) return;
  let who = 0;
  const pick =
    passes.length > 1
      ? h(
          "fieldset",
          { class: "card" },
          h("legend", {}, say("declare.for")),
          passes.map((pass, n) =>
            h(
              "label",
              { class: "tick" },
              h("input", {
                type: "radio",
                name: "who",
                checked: n === 0,
                onchange: () => {
                  who = n;
                },
              }),
              nameOf(pass),
            ),
          ),
        )
      : null;
  const begin = (order) => async () =>
    declareFor(order, passes[who] ?? (await addPass()), code ? () => go(`place/${code}`) : null, code);
  show(say("declare.title"), [
    told.orders.length ? null : h("p", {}, say("declare.none")),
    pick,
    told.orders.map((order) =>
      h(
        "section",
        { class: "card" },
        chip(order.mandatory),
        h("h2", {}, inOwn(order.title)),
        order.ends_ms ? h("p", { class: "quiet" }, say("declare.until", { day: day(order.ends_ms) })) : null,
        passes.length && holds(passes[0], order.form, Date.now()) ? h("p", {}, say("declare.held")) : null,
        button(say("declare.begin"), begin(order), {
          look: order.mandatory ? "" : "quiet",
          label: `${say("declare.begin")}: ${inOwn(order.title)}`,
        }),
      ),
    ),
    h("p", { class: "quiet" }, say("declare.sealed")),
    back("pass"),
  ]);
}

export const chip = (mandatory) =>
  h("p", { class: mandatory ? "chip must" : "chip may" }, say(mandatory ? "form.mandatory" : "form.voluntary"));

// The order's own words first; then its form. `next` runs when it was sent.
export function declareFor(order, pass, next = null, poster = "") {
  const texts = order.texts?.[spoken()] ?? order.texts?.vi ?? {};
  const box = h("input", { type: "checkbox" });
  const task = { form: order.form, order, pass, next, poster };
  const start = async () => {
    if (!order.mandatory && !box.checked) {
      box.focus();
      throw new Unticked("form.problem.agree");
    }
    await fillIn(task);
  };
  show(
    inOwn(order.title),
    [
      chip(order.mandatory),
      pass.name ? h("p", { class: "lead" }, icon("pass"), nameOf(pass)) : null,
      h("p", {}, say(order.mandatory ? "notice.mandatory" : "notice.voluntary")),
      ["purpose", "notice", "consequence", "legal_basis"].map((name) =>
        texts[name]
          ? h("section", {}, h("h2", {}, say(`notice.${name}`)), h("p", { class: "pre" }, texts[name]))
          : null,
      ),
      h("p", { class: "quiet" }, say("declare.sealed")),
      order.mandatory ? null : h("label", { class: "tick card" }, box, say("notice.agree")),
      button(
        say(order.mandatory ? "notice.read_start" : "notice.start"),
        async () => {
          try {
            await start();
          } catch (error) {
            if (!(error instanceof Unticked)) throw error;
            box.closest("label").after(h("p", { class: "problem", role: "alert" }, say(error.message)));
          }
        },
        { look: "big" },
      ),
      order.mandatory
        ? fold(
            say("notice.refuse"),
            h("p", {}, say("notice.refuse_what")),
            button(say("notice.refuse_yes"), () => review({ ...task, refused: true }), { look: "quiet" }),
          )
        : back("pass", say("notice.skip")),
    ],
    { nav: false },
  );
}

class Unticked extends Error {}

// Load the form and ask. `preset` gives answers that were given already, `from` the page to begin at.
export async function fillIn(task) {
  const resource = await get(`/v/api/form?canonical=${encodeURIComponent(task.form)}`);
  const form = readForm(resource);
  const state = {
    ...task,
    form,
    canonical: task.form,
    answers: new Map(),
    lists: {},
    place: task.from ?? 0,
    first: task.from ?? 0,
  };
  for (const [item, value] of task.preset?.(form) ?? []) state.answers.set(`${item.id}@`, [value]);
  await ask(state);
}

async function ask(state) {
  const all = pages(state.form, state.answers);
  const here = all[state.place];
  if (!here) return review({ ...state, again: (place) => ask({ ...state, place, checking: true }) });
  const step = (by) => ask({ ...state, checking: false, place: state.place + by });
  const leave = () =>
    state.place > state.first ? step(-1) : history.length > 1 && state.next ? state.next() : go("declare");
  const context = {
    state,
    page: here,
    number: state.place + 1,
    total: all.length,
    onward: () => step(1),
    stay: () => step(0),
    backward: leave,
    mandatory: state.order?.mandatory,
  };
  if (here.kind === "more") return drawMore(context);
  if (here.item.list) await loadList(state, here.item.list);
  drawQuestion(context);
}

async function loadList(state, url) {
  if (state.lists[url]) return;
  const told = await get(`/v/lists/${url.split(":").pop()}.json`);
  state.lists[url] = told.options.map(([code, names, group]) => ({
    ...readOption({
      valueCoding: { system: told.system, code, display: typeof names === "string" ? names : names.vi },
    }),
    text: names,
    group,
  }));
}
