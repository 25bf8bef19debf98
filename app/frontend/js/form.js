// A form-js form in our dress. It is sent as a plain form: the data travel as JSON in a hidden field of the form named by `data-for`.
import { Form } from "@bpmn-io/form-js-viewer";
import { barcodeModule } from "./barcode.js";
import { translateModule } from "./form-words.js";

const DRAFT_MILLISECONDS = 1_500;
const AGREEING = new Set(["approve", "done", "start", "own"]);

export async function mount(element) {
  const schema = read(element, "[data-schema]");
  const data = read(element, "[data-data]");
  const readOnly = element.dataset.readOnly === "1";
  const language = document.body.dataset.language;
  const container = document.createElement("div");
  // Each key counts at once: with the library's delay of 300 ms, what is typed while another field is computed again would be lost.
  const form = new Form({ container, debounce: false, additionalModules: [translateModule(language), barcodeModule(language)] });
  form.setProperty("readOnly", readOnly);
  await form.importSchema(schema, data);
  element.querySelector(".skeleton")?.remove();
  element.append(container);
  nameFields(form, container);
  sayWhat(form, container, language);
  if (readOnly) return;
  const outer = document.getElementById(element.dataset.for);
  outer?.addEventListener("submit", (event) => onSubmit(event, form, outer, element), { capture: true });
  if (element.dataset.draftUrl) keepDrafts(form, element.dataset.draftUrl);
  if (element.dataset.previewUrl) preview(form, element.dataset.previewUrl);
}

function read(element, selector) {
  return JSON.parse(element.querySelector(selector).textContent);
}

// What this step may write: fields that are only read are not sent back.
function written(form) {
  const data = form._getSubmitData();
  for (const field of form.get("formFieldRegistry").getAll()) {
    if (field.readonly && field.key) delete data[field.key];
  }
  return data;
}

function onSubmit(event, form, outer, element) {
  const kind = event.submitter?.dataset.kind;
  if (event.submitter?.hasAttribute("formnovalidate")) return;
  outer.elements.data.value = JSON.stringify(written(form));
  if (kind && !AGREEING.has(kind)) return; // a return needs no complete form
  const errors = form.validate();
  if (!Object.keys(errors).length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  element.querySelector(".fjs-has-errors :is(input, textarea, select, [tabindex])")?.focus();
}

// So that a summary of mistakes can lead to the field, and tests and people's tools can name it.
const INPUT_ID = /^fjs-form-[^-]+-(?<field>.+?)(?<indexes>(?:_\d+)*)(?:-date|-time)?$/; // as the form library makes them

function nameFields(form, container) {
  const registry = form.get("formFieldRegistry");
  const paths = form.get("pathRegistry");
  const name = () => {
    for (const input of container.querySelectorAll("[id^='fjs-form-']")) {
      const row = input.closest(".fjs-form-field");
      const found = !row || row.dataset.path ? null : input.id.match(INPUT_ID)?.groups;
      const field = found && registry.get(found.field);
      if (!field?.key) continue;
      const numbers = found.indexes.split("_").slice(1).map(Number);
      const indexes = Object.fromEntries(repeating(field, registry).map((list, at) => [list.id, numbers[at]]));
      const path = paths.getValuePath(field, { indexes });
      row.dataset.path = path.map((part, at) => (Number.isInteger(part) ? `[${part}]` : at ? `.${part}` : part)).join("");
    }
  };
  name();
  form.on("changed", () => {
    requestAnimationFrame(name); // in braces: a listener that returns something ends the event for all others
  });
}

// The lists that a field repeats in, outermost first.
function repeating(field, registry) {
  const parent = field._parent && registry.get(field._parent);
  return parent ? [...repeating(parent, registry), ...(parent.isRepeating ? [parent] : [])] : [];
}

// Words that the library has for every form alike: what is chosen, and what a button adds.
const CHOOSE = { en: "Choose …", zh: "请选择…" };

function sayWhat(form, container, language) {
  const growing = form.get("formFieldRegistry").getAll().filter((field) => field.allowAddRemove && field.properties?.add);
  const say = () => {
    for (const input of container.querySelectorAll('input[placeholder="Search"]')) input.placeholder = CHOOSE[language] ?? CHOOSE.en;
    const buttons = container.querySelectorAll(".fjs-repeat-render-add");
    if (buttons.length === growing.length) growing.forEach((field, at) => (buttons[at].lastChild.textContent = ` ${field.properties.add}`));
  };
  say();
  form.on("changed", () => {
    requestAnimationFrame(say);
  });
}

function token() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

function send(url, form) {
  return fetch(url, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body: JSON.stringify(written(form)) });
}

function keepDrafts(form, url) {
  let timer = 0;
  form.on("changed", () => {
    clearTimeout(timer);
    timer = setTimeout(() => send(url, form).catch(() => {}), DRAFT_MILLISECONDS);
  });
}

// Who will be asked, told while one types.
function preview(form, url) {
  let timer = 0;
  const ask = async () => {
    const answer = await send(url, form).catch(() => null);
    const place = document.getElementById("preview");
    if (answer?.ok && place) place.innerHTML = await answer.text();
  };
  form.on("changed", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, DRAFT_MILLISECONDS / 2);
  });
  ask();
}
