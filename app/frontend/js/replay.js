// The moments of a case one after the other: a slider, two buttons and the arrow keys. The diagram shows how it stood, the panel what
// happened, to whom and for whom. Nothing is asked for before somebody moves; moments come by windows, however long the case is.
import { fold } from "./replay-state.js";

const WAITS = 120; // milliseconds that the slider must rest before what is not here yet is asked for

export async function mount(element) {
  const replay = new Replay(element, JSON.parse(element.dataset.state));
  if (location.hash === "#replay") element.scrollIntoView({ block: "end" });
  replay.listen();
  element.hidden = false;
}

class Replay {
  constructor(element, { url, highest, words }) {
    const part = (name) => element.querySelector(`[data-replay="${name}"]`);
    Object.assign(this, { element, url, highest, words, lowest: 1, windows: new Map(), window: null, index: -1, asked: 0 });
    this.parts = Object.fromEntries(["before", "after", "slider", "when", "panel", "title", "version", "moment", "standing", "data", "now", "said"].map((name) => [name, part(name)]));
    this.diagram = element.parentElement.querySelector(".diagram");
    this.nowState = null; // what the diagram showed at first
    this.limits();
  }

  listen() {
    const { before, after, slider, now } = this.parts;
    before.addEventListener("click", () => this.step(-1));
    after.addEventListener("click", () => this.step(1));
    now.addEventListener("click", () => this.goToNow());
    slider.addEventListener("input", () => this.slide());
    const onKey = (event) => this.onKey(event, onKey);
    document.addEventListener("keydown", onKey);
    // Who looks at the past is not thrown out of it by what happens meanwhile: the page renews itself when they come back.
    const onRequest = (event) => {
      if (!this.element.isConnected) document.removeEventListener("htmx:beforeRequest", onRequest);
      else if (this.window && event.detail.elt === this.element.closest("[hx-get]")) {
        this.isStale = true;
        event.preventDefault();
      }
    };
    document.addEventListener("htmx:beforeRequest", onRequest);
  }

  onKey(event, self) {
    if (!this.element.isConnected) {
      document.removeEventListener("keydown", self);
      return;
    }
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const isOurs = event.target === this.parts.slider;
    const typing = !isOurs && event.target.closest?.("input, textarea, select, [contenteditable], .fjs-container, dialog[open], .diagram, details[data-menu][open]");
    if (!by || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || typing) return;
    event.preventDefault();
    this.step(by);
  }

  // ---- moving --------------------------------------------------------------------------------------------------------

  async step(by) {
    if (!this.window) {
      if (by < 0) await this.goTo(this.highest);
      return;
    }
    const index = this.index + by;
    if (index >= 0 && index < this.window.moments.length) {
      this.show(this.window, index);
      return;
    }
    const next = await this.beyond(by);
    if (next) this.show(next, by > 0 ? 0 : next.moments.length - 1);
    else if (by > 0) this.goToNow();
  }

  // The next window in this direction that has a moment.
  async beyond(by) {
    let found = this.window;
    while (found && (by > 0 ? found.last < found.highest : found.first > found.lowest)) {
      found = await this.load(by > 0 ? found.last + 1 : found.first - 1);
      if (found?.moments.length) return found;
    }
    return null;
  }

  slide() {
    const at = Number(this.parts.slider.value);
    clearTimeout(this.waiting);
    if (at > this.highest) this.goToNow();
    else if (this.known(at)) this.goTo(at);
    else this.waiting = setTimeout(() => this.goTo(at), WAITS);
  }

  async goTo(at) {
    const asked = ++this.asked;
    const window = await this.load(at);
    if (!window || asked !== this.asked) return; // somebody has moved on
    const index = window.moments.findLastIndex((it) => it.seq <= at);
    if (index >= 0) this.show(window, index);
    else if (window.moments.length) this.show(window, 0);
    else {
      this.window = window;
      const other = (await this.beyond(-1)) ?? (await this.beyond(1));
      if (other) this.show(other, other.first < window.first ? other.moments.length - 1 : 0);
    }
  }

  goToNow() {
    this.asked += 1;
    Object.assign(this, { window: null, index: -1 });
    if (this.nowState) this.diagram.show(this.nowState);
    this.parts.panel.hidden = true;
    this.place(this.highest + 1, this.words.now);
    this.mark(new Set());
    if (this.isStale) document.body.dispatchEvent(new CustomEvent("live-case"));
  }

  // ---- asking --------------------------------------------------------------------------------------------------------

  known(at) {
    return [...this.windows.values()].find((it) => it.first <= at && at <= it.last);
  }

  async load(at) {
    const known = this.known(at);
    if (known) return known;
    this.element.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${this.url}?at=${at}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const window = await answer.json();
      this.windows.set(window.first, window);
      // An auditor's look is an entry too, but no moment: the way ends with the last moment.
      if (window.last === window.highest && window.moments.length) this.highest = window.moments.at(-1).seq;
      this.lowest = window.lowest;
      this.limits();
      return window;
    } catch {
      this.parts.when.textContent = this.words.failed;
      return null;
    } finally {
      this.element.removeAttribute("aria-busy");
    }
  }

  // ---- showing -------------------------------------------------------------------------------------------------------

  limits() {
    Object.assign(this.parts.slider, { min: this.lowest, max: this.highest + 1 });
    if (!this.window) this.place(this.highest + 1, this.words.now);
  }

  async show(window, index) {
    Object.assign(this, { window, index });
    const moment = window.moments[index];
    const at = fold(window, index);
    await this.drawn();
    if (this.window !== window || this.index !== index) return;
    const names = this.draw(at, moment);
    const { title, version, moment: told, standing, panel } = this.parts;
    title.textContent = this.words.entry.replace("{number}", moment.seq).replace("{count}", window.highest);
    version.textContent = window.version;
    told.innerHTML = moment.html;
    standing.textContent = names.length ? this.words.standing.replace("{steps}", names.join(this.words.comma)) : this.words.nowhere;
    this.showData(at.data);
    panel.hidden = false;
    this.place(moment.seq, moment.when, moment.exact);
    const said = `${title.textContent}${this.words.colon}${moment.when}${this.words.comma}${moment.said}. ${standing.textContent}`;
    this.parts.slider.setAttribute("aria-valuetext", said);
    if (document.activeElement !== this.parts.slider) this.parts.said.textContent = said;
  }

  // Two variables that read the same, such as the id of a customer and the name, are one line.
  showData(data) {
    const lines = new Map([...data.values()].map(([label, value]) => [`${label}\n${value}`, [label, value]]));
    const rows = [...lines.values()].sort(([one], [other]) => one.localeCompare(other, document.body.dataset.language)).map(([label, value]) => {
      const row = document.createElement("div");
      row.append(Object.assign(document.createElement("dt"), { textContent: label }), Object.assign(document.createElement("dd"), { textContent: value }));
      return row;
    });
    this.parts.data.replaceChildren(...rows);
    this.parts.data.parentElement.hidden = !rows.length;
  }

  drawn() {
    return this.diagram.show ? Promise.resolve() : new Promise((done) => this.diagram.addEventListener("diagram-drawn", done, { once: true }));
  }

  // What the diagram knows of the moment; the names of the steps where the case stood.
  draw(at, moment) {
    const registry = this.diagram.diagram.get("elementRegistry");
    const { flows, marks } = JSON.parse(this.diagram.dataset.state);
    this.nowState ??= { flows, marks };
    const isFlow = (name) => Boolean(registry.get(name)?.waypoints);
    const shown = [...at.seen].filter((name) => registry.get(name));
    const current = new Map();
    for (const [token, element] of at.tokens) {
      const shape = registry.get(element);
      if (shape && !shape.di.isExpanded) current.set(element, at.holders.get(token) ?? ""); // within a subprocess its steps say where
    }
    const badge = (name) => (at.times.get(name) > 1 ? `×${at.times.get(name)}` : "");
    const done = shown.filter((name) => !isFlow(name) && !current.has(name)).map((name) => ({ element: name, state: "done", holder: "", time: badge(name) }));
    const open = [...current].map(([name, holder]) => ({ element: name, state: "current", holder, time: badge(name) }));
    this.diagram.show({ flows: shown.filter(isFlow), marks: [...done, ...open] });
    const here = new Set([...moment.seen, ...Object.values(moment.opened)].filter((name) => registry.get(name)));
    this.mark(here);
    this.bringIntoView(here.size ? here : new Set(current.keys()));
    return [...current.keys()].map((name) => registry.get(name).businessObject.name || name);
  }

  mark(here) {
    if (!this.diagram.diagram) return;
    const canvas = this.diagram.diagram.get("canvas");
    for (const name of this.marked ?? []) canvas.removeMarker(name, "just-now");
    for (const name of here) canvas.addMarker(name, "just-now");
    this.marked = here;
  }

  bringIntoView(names) {
    const canvas = this.diagram.diagram.get("canvas");
    const { x, y, width, height } = canvas.viewbox();
    const shapes = [...names].map((name) => this.diagram.diagram.get("elementRegistry").get(name)).filter((it) => it && !it.waypoints);
    const isSeen = (it) => it.x >= x && it.y >= y && it.x + it.width <= x + width && it.y + it.height <= y + height;
    const last = shapes.at(-1);
    if (last && !shapes.some(isSeen)) canvas.scrollToElement(last, 60);
  }

  place(value, when, exact = "") {
    const { slider, when: label, before, after } = this.parts;
    slider.value = value;
    slider.style.setProperty("--at", `${((value - this.lowest) / Math.max(1, this.highest + 1 - this.lowest)) * 100}%`);
    label.textContent = when;
    label.title = exact;
    if (!this.window) slider.setAttribute("aria-valuetext", when);
    after.setAttribute("aria-disabled", String(!this.window)); // not `disabled`: the focus would be lost
    before.setAttribute("aria-disabled", String(Boolean(this.window) && this.index === 0 && this.window.first === this.window.lowest));
  }
}
