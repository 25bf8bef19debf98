// A field of forms for barcode readers: a reader types a code and presses Enter. It holds no value of its own: it finds the line of a list
// by its codes, which the server has put beside it (`lines`), and counts it. Where the lines have a number for that (`properties.count`)
// it counts there; else, as in picking, it says how many of what is wanted have been found.
import { FormContext } from "@bpmn-io/form-js-viewer";
import { h } from "preact";
import { useContext, useRef, useState } from "preact/hooks";

const WORDS = {
  en: {
    none: (code) => `No line has the code ${code}.`,
    counted: (name, count, wanted, unit) => `${name}: ${count} of ${wanted} ${unit}`.trimEnd(),
    more: (name, count, wanted, unit) => `${name}: ${count} ${unit}, more than ${wanted}`.replaceAll("  ", " "),
    left: (names) => `Not scanned yet: ${names}`,
    all: "Every line is scanned.",
    and: ", ",
    others: (count) => `${count} more`,
  },
  zh: {
    none: (code) => `没有编码为 ${code} 的行。`,
    counted: (name, count, wanted, unit) => `${name}：${count}/${wanted} ${unit}`.trimEnd(),
    more: (name, count, wanted, unit) => `${name}：${count} ${unit}，多于 ${wanted}`.replace(" ，", "，"),
    left: (names) => `尚未扫描：${names}`,
    all: "各行均已扫描。",
    and: "、",
    others: (count) => `另有 ${count} 行`,
  },
};
const TIMES = /^(?<times>\d{1,6}) ?[*xX×] ?(?<code>.+)$/; // 24*6901234567892: a box of 24
const MOST_NAMES = 3;

export function barcodeModule(language) {
  const words = WORDS[language] ?? WORDS.en;
  const field = (props) => Barcode(props, words);
  field.config = { type: "barcode", keyed: false, name: "Barcode", group: "basic-input", create: (options = {}) => ({ label: "Barcode", ...options }) };
  return { __init__: ["barcodeField"], barcodeField: ["type", Register(field)] };
}

function Register(field) {
  function BarcodeField(formFields) {
    formFields.register("barcode", field);
  }
  BarcodeField.$inject = ["formFields"];
  return BarcodeField;
}

function Barcode({ field, domId, readonly, disabled }, words) {
  const { getService } = useContext(FormContext);
  const lines = new Lines(getService, field);
  const [scanned, setScanned] = useState(() => remembered(field));
  const [told, setTold] = useState({ text: "", bad: false });
  const input = useRef(null);
  if (readonly || disabled) return null;

  const scan = (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // the form is not sent by a code
    const typed = input.current.value.trim();
    if (!typed) return;
    const { times = "1", code = typed } = typed.match(TIMES)?.groups ?? {};
    const line = lines.find(code, scanned);
    if (line === undefined) {
      setTold({ text: words.none(code), bad: true });
      input.current.select();
      return;
    }
    const count = lines.count(line, scanned[line], Number(times));
    const now = { ...scanned, [line]: count };
    remember(field, now);
    setScanned(now);
    const { name, wanted, unit } = lines.all[line];
    const too = wanted !== null && count > wanted;
    setTold({ text: (too ? words.more : words.counted)(name, count, wanted ?? count, unit), bad: too });
    input.current.value = "";
  };
  return h("div", { class: "fjs-form-field barcode" }, [
    h("label", { class: "fjs-form-field-label", for: domId }, field.label),
    h("input", {
      class: "fjs-input", id: domId, ref: input, type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: false, enterkeyhint: "done",
      "aria-describedby": `${domId}-told`, onKeyDown: scan,
    }),
    h("p", { id: `${domId}-told`, role: "status", class: `told ${told.bad ? "bad" : told.text ? "" : "hint"}` }, told.text || field.description || ""),
    h("p", { class: "left" }, Object.keys(scanned).length ? whatIsLeft(lines, scanned, words) : ""),
  ]);
}

function whatIsLeft(lines, scanned, words) {
  const left = lines.all.flatMap(({ name }, at) => (at in scanned ? [] : [name]));
  if (!left.length) return words.all;
  const names = left.slice(0, MOST_NAMES);
  if (left.length > MOST_NAMES) names.push(words.others(left.length - MOST_NAMES));
  return words.left(names.join(words.and));
}

// The lines as the server found them, and the number of each that is counted, if there is one.
class Lines {
  constructor(getService, field) {
    this.form = getService("form");
    this.instances = getService("formFieldInstanceRegistry");
    this.all = field.lines ?? [];
    const fields = getService("formFieldRegistry").getAll();
    this.list = fields.find((it) => it.isRepeating && it.path === field.properties?.list);
    this.number = fields.find((it) => this.list && it._parent === this.list.id && it.key === field.properties.count);
  }

  // The line of a code; where several have it, the first that still wants something.
  find(code, scanned) {
    const wanted = code.toLowerCase();
    const found = this.all.flatMap(({ codes }, at) => (codes.some((it) => it.toLowerCase() === wanted) ? [at] : []));
    return found.find((at) => (scanned[at] ?? 0) < (this.all[at].wanted ?? Infinity)) ?? found.at(-1);
  }

  // Counts a line on, and gives what it has now. What was proposed does not count: the first code of a line begins with nothing.
  count(at, before, times) {
    if (!this.number) return (before ?? 0) + times;
    const { data } = this.form._getState();
    const row = data[this.list.path][at];
    const there = Number(row[this.number.key]);
    const count = (before !== undefined && Number.isFinite(there) ? there : 0) + times;
    const value = this.number.serializeToString ? String(count) : count;
    this.form._update({ fieldInstance: this.instance(at) ?? this.folded(at, row, data), value });
    return count;
  }

  instance(at) {
    return this.instances.getAll().find((it) => it.id === this.number.id && it.indexes?.[this.list.id] === at);
  }

  // Of a line that a long list does not show until it is unfolded.
  folded(at, row, data) {
    const context = { data, this: row, parent: data, i: [at + 1] };
    return { id: this.number.id, indexes: { [this.list.id]: at }, valuePath: [this.list.path, at, this.number.key], expressionContextInfo: context };
  }
}

// What was scanned outlives the page: a count that began again at nothing would be wrong.
function key(field) {
  return `barcode:${location.pathname}:${field.id}`;
}

function remembered(field) {
  try {
    return JSON.parse(sessionStorage.getItem(key(field))) ?? {};
  } catch {
    return {};
  }
}

function remember(field, scanned) {
  try {
    sessionStorage.setItem(key(field), JSON.stringify(scanned));
  } catch {
    // without it the count is as long as the page
  }
}
