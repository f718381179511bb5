// Reading a form (FHIR R4 Questionnaire, the subset of forms/) into what form.js asks by.
//   item   {id, index, type, text, required, repeats, options, conditions, any, items, help, ...}
//   text   {language: words}; the form's own language is Vietnamese

import { KINDS } from "./form.js";

const BASE = "http://hl7.org/fhir/StructureDefinition/";

// Raises TypeError for a question of a kind that this page cannot ask.
export function readForm(resource) {
  const flat = [];
  const form = {
    canonical: resource.version ? `${resource.url}|${resource.version}` : resource.url,
    title: texts(resource, "title"),
    flat,
    byId: new Map(),
  };
  form.items = (resource.item ?? []).map((one) => readItem(one, [], form));
  return form;
}

function readItem(node, above, form) {
  if (!(node.type in KINDS)) throw new TypeError(`a question of type ${node.type}`);
  const own = (name) => (node.extension ?? []).find((one) => one.url === BASE + name);
  const coded = (system) => (node.code ?? []).find((one) => one.system === `urn:gatepost:${system}`)?.code;
  const item = {
    id: node.linkId,
    index: form.flat.length,
    type: node.type,
    text: texts(node, "text"),
    required: Boolean(node.required),
    repeats: Boolean(node.repeats),
    hidden: own("questionnaire-hidden")?.valueBoolean === true,
    control: own("questionnaire-itemControl")?.valueCodeableConcept?.coding?.[0]?.code ?? "",
    least: bound(own("minValue")),
    most: bound(own("maxValue")),
    minLength: own("minLength")?.valueInteger,
    maxLength: node.maxLength,
    regex: own("regex")?.valueString,
    fewest: own("questionnaire-minOccurs")?.valueInteger,
    many: own("questionnaire-maxOccurs")?.valueInteger,
    format: own("entryFormat") ? texts(own("entryFormat"), "valueString") : null,
    readOnly: Boolean(node.readOnly),
    list: node.answerValueSet,
    narrowedBy: coded("narrowed-by"),
    input: coded("input"),
    conditions: (node.enableWhen ?? []).map((one) => ({
      question: one.question,
      operator: one.operator,
      answer: valueOf(one, "answer"),
    })),
    any: node.enableBehavior === "any",
    above,
  };
  item.loops = above.filter((one) => one.type === "group" && one.repeats);
  item.options = (node.answerOption ?? []).map(readOption);
  form.flat.push(item);
  form.byId.set(item.id, item);
  item.items = (node.item ?? []).map((one) => readItem(one, [...above, item], form));
  item.help = item.items.filter((one) => one.control === "help");
  return item;
}

const bound = (extension) => extension?.valueInteger ?? extension?.valueDate ?? extension?.valueDecimal;

function valueOf(node, prefix) {
  const name = Object.keys(node).find((one) => one.startsWith(prefix) && !one.startsWith("_"));
  return name === undefined ? undefined : node[name];
}

export function readOption(node) {
  const kind = Object.keys(node).find((one) => one.startsWith("value"));
  const value = node[kind];
  const exclusive = (node.extension ?? []).some(
    (one) => one.url === `${BASE}questionnaire-optionExclusive` && one.valueBoolean,
  );
  const coding = kind === "valueCoding";
  return {
    kind,
    value: coding ? { system: value.system ?? "", code: value.code, display: value.display } : value,
    text: coding ? texts(value, "display") : String(value),
    exclusive,
    group: "",
  };
}

// {language: text} of an element with the FHIR translation extension; the form's own language is Vietnamese.
function texts(node, name) {
  const found = { vi: node[name] ?? "" };
  for (const one of node[`_${name}`]?.extension ?? []) {
    const parts = Object.fromEntries(
      (one.extension ?? []).map((part) => [part.url, part.valueCode ?? part.valueString]),
    );
    if (parts.lang) found[parts.lang] = parts.content;
  }
  return found;
}
