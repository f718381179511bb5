// A form that was read (questionnaire.js): its pages by the answers so far, what is wrong with an answer, the
// QuestionnaireResponse. Pure. The centre judges again: what this file lets pass it may still send back.
//   answers  Map of "linkId@0.1" (the occurrences of the repeating groups around it) -> list of values
//   value    true/false, a whole number, text, or {system, code, display} of an option

const MOST = 100;
export const KINDS = {
  boolean: "valueBoolean",
  integer: "valueInteger",
  date: "valueDate",
  dateTime: "valueDateTime",
  time: "valueTime",
  string: "valueString",
  text: "valueString",
  url: "valueUri",
  choice: "",
  "open-choice": "",
  group: "",
  display: "",
};

export const keyOf = (item, at) => `${item.id}@${at.slice(0, item.loops.length).join(".")}`;

const same = (one, other) =>
  typeof one === "object" && typeof other === "object"
    ? (one.system ?? "") === (other.system ?? "") && one.code === other.code
    : one === other;

export const isAsked = (item) => item.type !== "group" && item.type !== "display";

// enableWhen of the item alone (forms/conditions.py).
function wanted(form, answers, item, at) {
  if (!item.conditions.length) return true;
  const holds = (one) => {
    const question = form.byId.get(one.question);
    const given = question ? valuesFor(form, answers, question, item, at) : [];
    if (one.operator === "exists") return given.length > 0 === one.answer;
    return given.some((value) => compares(value, one.operator, one.answer));
  };
  return item.any ? item.conditions.some(holds) : item.conditions.every(holds);
}

function valuesFor(form, answers, question, item, at) {
  let shared = 0;
  while (shared < question.loops.length && question.loops[shared] === item.loops[shared]) shared += 1;
  const places =
    shared === question.loops.length ? [at.slice(0, shared)] : placesOf(answers, question, at.slice(0, shared));
  return places
    .filter((where) => enabled(form, answers, question, where))
    .flatMap((where) => answers.get(keyOf(question, where)) ?? []);
}

function placesOf(answers, question, begins) {
  const found = [];
  for (const key of answers.keys()) {
    const [id, where] = [key.slice(0, key.lastIndexOf("@")), key.slice(key.lastIndexOf("@") + 1)];
    const at = where === "" ? [] : where.split(".").map(Number);
    if (id === question.id && begins.every((number, n) => at[n] === number)) found.push(at);
  }
  return found;
}

function compares(value, operator, answer) {
  if (operator === "=") return same(value, answer);
  if (operator === "!=") return typeof value === typeof answer && !same(value, answer);
  if (typeof value !== typeof answer || typeof value === "object") return false;
  return { ">": value > answer, "<": value < answer, ">=": value >= answer, "<=": value <= answer }[operator] ?? false;
}

export function enabled(form, answers, item, at) {
  return [...item.above, item].every(
    (one) =>
      wanted(form, answers, one, at) &&
      (one === item || !isAsked(one) || (answers.get(keyOf(one, at)) ?? []).length > 0),
  );
}

export function occurrences(answers, group, at) {
  const told = answers.get(keyOf(group, at))?.[0];
  const least = group.fewest ?? Number(group.required);
  return Math.min(Math.max(Number.isInteger(told) ? told : 1, least), MOST);
}

// The pages (forms/pages.py): {kind: "question" | "more", item, at, above}.
export function pages(form, answers) {
  return [...under(form, answers, form.items, [], [])];
}

function* under(form, answers, items, at, around) {
  let notes = [];
  for (const item of items) {
    if (item.hidden || !wanted(form, answers, item, at)) continue;
    if (item.type === "group") {
      const found = [...inGroup(form, answers, item, at, [...around, ...notes])];
      if (found.length) notes = [];
      yield* found;
    } else if (item.type === "display" || item.readOnly) {
      if (item.control !== "help") notes.push(item);
    } else {
      yield { kind: "question", item, at, above: [...around, ...notes] };
      notes = [];
      if ((answers.get(keyOf(item, at)) ?? []).length)
        yield* under(
          form,
          answers,
          item.items.filter((one) => one.type !== "display"),
          at,
          around,
        );
    }
  }
  if (notes.length) yield { kind: "question", item: notes.at(-1), at, above: [...around, ...notes.slice(0, -1)] };
}

function* inGroup(form, answers, item, at, around) {
  if (!item.repeats) return yield* under(form, answers, item.items, at, [...around, item]);
  const count = occurrences(answers, item, at);
  for (let n = 0; n < count; n += 1) yield* under(form, answers, item.items, [...at, n], [...around, item]);
  if (count < Math.min(item.many ?? MOST, MOST)) yield { kind: "more", item, at, above: around };
}

// What is wrong with the answers to one question: [key of a sentence, limit] or null.
export function problem(item, values) {
  if (!isAsked(item)) return null;
  if (!values.length) return item.required || item.fewest ? ["form.problem.required"] : null;
  if (item.repeats && values.length > (item.many ?? MOST)) return ["form.problem.too_many", item.many ?? MOST];
  if (item.repeats && values.length < (item.fewest ?? 0)) return ["form.problem.too_few", item.fewest];
  if (values.length > 1 && values.some((value) => item.options.find((one) => same(one.value, value))?.exclusive))
    return ["form.problem.exclusive"];
  for (const value of values) {
    const found = wrong(item, value);
    if (found) return found;
  }
  return null;
}

function wrong(item, value) {
  if (item.type === "integer" && !Number.isSafeInteger(value)) return ["form.problem.not_a_number"];
  if (item.type === "date" && !(/^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))))
    return ["form.problem.not_a_date"];
  if (item.least !== undefined && value < item.least)
    return [item.type === "date" ? "form.problem.too_early" : "form.problem.too_small", item.least];
  if (item.most !== undefined && value > item.most)
    return [item.type === "date" ? "form.problem.too_late" : "form.problem.too_large", item.most];
  if (typeof value !== "string") return null;
  if (item.maxLength && [...value].length > item.maxLength) return ["form.problem.too_long", item.maxLength];
  if (item.minLength && [...value].length < item.minLength) return ["form.problem.too_short", item.minLength];
  if (item.regex && !fits(item.regex, value))
    return [item.input === "phone" ? "form.problem.not_a_phone" : "form.problem.pattern"];
  return null;
}

function fits(regex, value) {
  try {
    return new RegExp(`^(?:${regex})$`, "u").test(value);
  } catch {
    return true;
  }
}

// The options of a question: its own, or of its list, narrowed to the place that was chosen before (a ward's province).
export function offered(form, answers, item, lists, at) {
  if (!item.list) return item.options;
  const all = lists[item.list] ?? [];
  const other = item.narrowedBy && form.byId.get(item.narrowedBy);
  const group = other && answers.get(keyOf(other, at))?.[0]?.code;
  return group && all.some((one) => one.group === group) ? all.filter((one) => one.group === group) : all;
}

// Choosing an option: one of a single choice takes the other's place, an exclusive one clears all others.
export function chosen(item, values, option) {
  const on = values.some((value) => same(value, option.value));
  if (!item.repeats) return [option.value];
  if (on) return values.filter((value) => !same(value, option.value));
  const exclusive = (value) => item.options.find((one) => same(one.value, value))?.exclusive;
  return option.exclusive ? [option.value] : [...values.filter((value) => !exclusive(value)), option.value];
}

export const isChosen = (values, option) => values.some((value) => same(value, option.value));

// The QuestionnaireResponse of what is asked; disabled questions are left out.
export function response(form, answers, { language, authored, id }) {
  const item = respond(form, answers, form.items, [], language);
  const made = {
    resourceType: "QuestionnaireResponse",
    id,
    language,
    questionnaire: form.canonical,
    status: "completed",
    authored,
  };
  return item.length ? { ...made, item } : made;
}

function respond(form, answers, items, at, language) {
  const found = [];
  for (const item of items) {
    if (!wanted(form, answers, item, at)) continue;
    if (item.type === "group" && item.repeats) {
      for (let n = 0; n < countOf(answers, item, at); n += 1)
        found.push({ linkId: item.id, item: respond(form, answers, item.items, [...at, n], language) });
      continue;
    }
    const values = isAsked(item) ? (answers.get(keyOf(item, at)) ?? []) : [];
    const beneath = isAsked(item) && !values.length ? [] : respond(form, answers, item.items, at, language);
    if (!isAsked(item)) {
      if (beneath.length) found.push({ linkId: item.id, item: beneath });
      continue;
    }
    if (!values.length) continue;
    const answer = values.map((value) => json(item, value, language));
    if (beneath.length) answer[0].item = beneath;
    found.push({ linkId: item.id, answer });
  }
  return found;
}

// A repeating group that nobody counted and nothing was said in does not occur.
export function countOf(answers, group, at) {
  const told = answers.get(keyOf(group, at))?.[0];
  if (Number.isInteger(told)) return told;
  const inside = (item) =>
    [...answers].some(([key, values]) => values.length && key.startsWith(`${item.id}@${[...at, 0].join(".")}`));
  const any = (item) => (isAsked(item) && inside(item)) || item.items.some(any);
  return any(group) || group.required || group.fewest ? occurrences(answers, group, at) : 0;
}

function json(item, value, language) {
  if (typeof value === "object") {
    const display = value.display ?? "";
    return {
      valueCoding: {
        ...(value.system ? { system: value.system } : {}),
        code: value.code,
        ...(display ? { display } : {}),
      },
    };
  }
  if (item.options.length) return { [item.options.find((one) => one.value === value)?.kind ?? "valueString"]: value };
  return { [KINDS[item.type] || "valueString"]: value };
}
