// Fields of the properties panel: each commits when it is left, or at once where one chooses.
let made = 0;

export function tag(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((it) => it !== null && it !== undefined));
  return element;
}

function field(label, input, hint) {
  input.id ||= `f${++made}`;
  const about = hint ? tag("small", { class: "quiet", id: `${input.id}-hint` }, hint) : null;
  if (about) input.setAttribute("aria-describedby", about.id);
  return tag("div", { class: "field" }, tag("label", { for: input.id }, label), input, about);
}

export function textField(label, value, commit, { hint, rows, list, mono } = {}) {
  const input = rows ? tag("textarea", { rows: String(rows) }) : tag("input", { type: "text", autocomplete: "off", list });
  input.value = value;
  if (mono) input.classList.add("mono");
  input.addEventListener("change", () => commit(input.value.trim()));
  return field(label, input, hint);
}

export function choice(label, value, options, commit, { hint, empty } = {}) {
  const known = empty === undefined ? options : [["", empty], ...options];
  const all = known.some(([key]) => key === value) ? known : [...known, [value, value]];
  const input = tag("select", {}, ...all.map(([key, name]) => tag("option", { value: key, selected: key === value }, name)));
  input.addEventListener("change", () => commit(input.value));
  return field(label, input, hint);
}

export function check(label, value, commit) {
  const input = tag("input", { type: "checkbox", checked: value });
  input.addEventListener("change", () => commit(input.checked));
  return tag("label", { class: "check" }, input, label);
}

// Several of the options, each with a button to take it away, and a list to add one.
export function several(label, values, options, commit, { add, remove }) {
  const name = (key) => options.find(([it]) => it === key)?.[1] ?? key;
  const chosen = values.map((key) => {
    const away = tag("button", { type: "button", class: "bare", "aria-label": `${remove} ${name(key)}` }, "×");
    away.addEventListener("click", () => commit(values.filter((it) => it !== key)));
    return tag("li", {}, name(key), away);
  });
  const rest = options.filter(([key]) => !values.includes(key));
  const more = tag("select", {}, tag("option", { value: "" }, add), ...rest.map(([key, text]) => tag("option", { value: key }, text)));
  more.addEventListener("change", () => more.value && commit([...values, more.value]));
  const made = field(label, more);
  if (chosen.length) more.before(tag("ul", { class: "chosen" }, ...chosen));
  return made;
}

export function group(title, ...children) {
  return tag("fieldset", {}, tag("legend", {}, title), ...children);
}

export function button(text, act, kind = "button small") {
  const made = tag("button", { type: "button", class: kind }, text);
  made.addEventListener("click", act);
  return made;
}
