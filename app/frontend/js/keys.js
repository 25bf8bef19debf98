// The keyboard: j and k walk the list, Enter opens, c claims, a and r press approve and return, / searches, g goes to pages, ? shows this.
const CHORD_MILLISECONDS = 1_200;
const PLACES = { i: "/inbox", s: "/start", c: "/cases" };

function typing(target) {
  return target instanceof Element && Boolean(target.closest("input, textarea, select, [contenteditable], .fjs-container, dialog[open]"));
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-rows] a[data-row]")].filter((row) => row.offsetParent);
  if (!rows.length) return;
  const now = rows.findIndex((row) => row === document.activeElement);
  const open = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const from = now >= 0 ? now : open;
  const next = rows[Math.min(rows.length - 1, Math.max(0, from + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function press(selector) {
  const button = [...document.querySelectorAll(selector)].find((found) => found.offsetParent && !found.disabled);
  button?.click();
  return Boolean(button);
}

export function startKeys() {
  let chord = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (chord && Date.now() - chord < CHORD_MILLISECONDS && PLACES[event.key] && document.querySelector(".places")) {
      location.assign(PLACES[event.key]);
      event.preventDefault();
      chord = 0;
      return;
    }
    chord = event.key === "g" ? Date.now() : 0;
    const handlers = {
      j: () => walk(1),
      k: () => walk(-1),
      c: () => press('[data-key="c"]'),
      a: () => press('[data-key="a"]'),
      r: () => press('[data-key="r"]'),
      "/": () => document.querySelector("#search")?.focus(),
      "?": () => document.querySelector("#keys")?.showModal(),
    };
    if (handlers[event.key]) {
      event.preventDefault();
      handlers[event.key]();
    }
  });
}
