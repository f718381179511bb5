// One question: its words, its answers as large buttons or one field, on and back. Nothing is chosen beforehand.

import { h } from "./dom.js";
import { chosen, isAsked, isChosen, keyOf, occurrences, offered, problem } from "./form.js";
import { show } from "./view.js";
import { inOwn, say } from "./words.js";

const FEW = 12; // options that stand as buttons; more are searched
const SHOWN = 30;

export function drawQuestion(context) {
  const { page, state } = context;
  const { item, at } = page;
  const key = keyOf(item, at);
  const values = state.answers.get(key) ?? [];
  const wrong = h("p", { class: "problem", role: "alert", id: "wrong", hidden: true });
  const set = (after) => {
    if (after.length) state.answers.set(key, after);
    else state.answers.delete(key);
  };
  const onward = () => {
    const found = problem(item, state.answers.get(key) ?? []);
    if (!found) return context.onward();
    wrong.textContent = say(found[0], { limit: found[1] ?? "" });
    wrong.hidden = false;
    wrong.scrollIntoView?.({ block: "center" });
  };
  const field = isAsked(item) ? answerField(item, values, { set, onward, state, at }) : { nodes: [], alone: false };
  frame(
    context,
    inOwn(item.text),
    [
      page.above.filter((one) => one.type === "display").map((one) => h("p", { class: "quiet pre" }, inOwn(one.text))),
      item.help.map((one) => h("p", { class: "quiet pre" }, inOwn(one.text))),
      item.repeats && isAsked(item) && !item.help.length ? h("p", { class: "quiet" }, say("form.many")) : null,
      field.nodes,
      wrong,
    ],
    field.alone ? null : onward,
    isAsked(item) && !item.required && !values.length,
  );
}

function frame(context, title, nodes, onward, skips) {
  const group = context.page.above.filter((one) => one.type === "group").at(-1);
  const next = onward === null ? null : h("button", { type: "submit" }, say(skips ? "form.skip" : "form.next"));
  const form = h(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        onward?.();
      },
    },
    nodes,
    h(
      "div",
      { class: "steps" },
      h("button", { type: "button", class: "quiet", onclick: context.backward }, say("back")),
      next,
    ),
  );
  show(
    title,
    [
      h(
        "p",
        { class: "progress" },
        say("form.progress", { n: context.number, total: context.total }),
        context.mandatory === undefined ? null : ` · ${say(context.mandatory ? "form.mandatory" : "form.voluntary")}`,
        group ? ` · ${inOwn(group.text)}` : null,
      ),
      form,
    ],
    { nav: false, look: "question" },
  );
}

// Another occurrence begins on the page where "more" stood; with none, the form goes on after it.
export function drawMore(context) {
  const { page, state } = context;
  const count = occurrences(state.answers, page.item, page.at);
  const choose = (number, on) => () => {
    state.answers.set(keyOf(page.item, page.at), [number]);
    on();
  };
  frame(
    context,
    say("form.more"),
    [
      h("p", { class: "quiet" }, inOwn(page.item.text)),
      h(
        "div",
        { class: "stack" },
        h(
          "button",
          { type: "button", class: "big quiet", onclick: choose(count + 1, context.stay) },
          say("form.more_yes"),
        ),
        h(
          "button",
          { type: "button", class: "big quiet", onclick: choose(count, context.onward) },
          say("form.more_no"),
        ),
      ),
    ],
    null,
    false,
  );
}

function answerField(item, values, how) {
  if (item.type === "boolean") return yesNo(values, how);
  const options = offered(how.state.form, how.state.answers, item, how.state.lists, how.at);
  if (options.length > FEW) return search(item, options, values, how);
  if (options.length && item.type !== "open-choice") return buttons(item, options, values, how);
  if (options.length) return search(item, options, values, how);
  return text(item, values, how);
}

function yesNo(values, { set, onward }) {
  const one = (value, word) =>
    h(
      "button",
      {
        type: "button",
        class: "big quiet",
        "aria-pressed": String(values[0] === value),
        onclick: () => {
          set([value]);
          onward();
        },
      },
      say(word),
    );
  return {
    nodes: [h("div", { class: "pair" }, one(true, "form.yes"), one(false, "form.no"))],
    alone: values.length === 0,
  };
}

// A single choice goes on by itself; of several, each is ticked, and what excludes the others stands apart.
function buttons(item, options, values, { set, onward }) {
  let held = values;
  const made = options.map((option) => {
    const own = h(
      "button",
      {
        type: "button",
        class: option.exclusive ? "option apart" : "option",
        "aria-pressed": String(isChosen(held, option)),
      },
      inOwn(option.text),
    );
    own.addEventListener("click", () => {
      held = chosen(item, held, option);
      set(held);
      made.forEach((other, n) => other.setAttribute("aria-pressed", String(isChosen(held, options[n]))));
      if (!item.repeats) onward();
    });
    return own;
  });
  return {
    nodes: [h("div", { class: "stack", role: "group" }, made)],
    alone: !item.repeats && values.length === 0 && item.required,
  };
}

// Long lists: type a few letters, with or without their marks.
function search(item, options, values, { set, onward }) {
  let held = values;
  const plain = (words) =>
    words
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/[đĐ]/g, "d")
      .toLowerCase();
  const list = h("div", { class: "stack", role: "group" });
  const picked = h("p", { class: "quiet", role: "status" });
  const field = h("input", {
    type: "search",
    "aria-label": say("form.search"),
    placeholder: say("form.search"),
    autocomplete: "off",
    maxlength: item.maxLength ?? 200,
  });
  const name = (value) =>
    typeof value === "object" ? inOwn(options.find((one) => isChosen([value], one))?.text ?? value.display) : value;
  const tell = () => {
    picked.textContent = held.length ? `${say("form.picked")}: ${held.map(name).join(", ")}` : "";
  };
  const draw = () => {
    const wanted = plain(field.value);
    const found = options.filter((one) => plain(inOwn(one.text)).includes(wanted));
    list.replaceChildren(
      ...found.slice(0, SHOWN).map((option) =>
        h(
          "button",
          {
            type: "button",
            class: "option",
            "aria-pressed": String(isChosen(held, option)),
            onclick: () => {
              held = chosen(item, held, option);
              set(held);
              tell();
              if (item.repeats) draw();
              else onward();
            },
          },
          inOwn(option.text),
        ),
      ),
      ...(found.length > SHOWN ? [h("p", { class: "quiet" }, say("form.found_more"))] : []),
      ...(found.length ? [] : [h("p", { class: "quiet" }, say("form.found_none"))]),
    );
    if (item.type === "open-choice" && field.value.trim()) {
      held = [field.value.trim()];
      set(held);
      tell();
    }
  };
  field.addEventListener("input", draw);
  draw();
  tell();
  return { nodes: [field, picked, list], alone: false };
}

const KEYS = { digits: "numeric", phone: "tel", email: "email" };

function text(item, values, { set }) {
  const long = item.type === "text";
  const kind = { date: "date", time: "time", integer: "text" }[item.type] ?? "text";
  const props = {
    "aria-describedby": "wrong",
    "aria-label": inOwn(item.text),
    autocomplete: "off",
    maxlength: item.maxLength ?? (long ? 500 : 200),
    value: values[0] ?? "",
  };
  const field = long
    ? h("textarea", { ...props, rows: "4" })
    : h("input", {
        type: kind,
        inputmode: item.type === "integer" ? "numeric" : KEYS[item.input],
        placeholder: item.format && item.type !== "date" ? inOwn(item.format) : null,
        ...props,
      });
  field.addEventListener("input", () => {
    const typed = field.value.trim();
    set(typed === "" ? [] : [item.type === "integer" ? (/^-?\d{1,10}$/.test(typed) ? Number(typed) : NaN) : typed]);
  });
  return { nodes: [field], alone: false };
}
