// What the editors of processes and of decisions have in common: what is drawn is checked, kept as a draft, and gone on with.
import { askWhoWins, send } from "./saving.js";

const AFTER_A_CHANGE = 700; // milliseconds of quiet before the checks are asked

// An editor has `xml()`, `settle()`, which ends what is just being typed, `found(problems)` for what the checks find, and may have
// `both(ground, texts)`, which shows two files side by side.
export class Drafting {
  constructor(element, state, editor) {
    Object.assign(this, { element, state, editor, isChanged: false, checks: 0 });
    this.told = document.querySelector("[data-told]");
    this.buttons = [...document.querySelectorAll("[data-studio]")];
  }

  start() {
    addEventListener("beforeunload", (event) => this.isChanged && event.preventDefault());
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      this.save();
    }, true); // a name that is typed into the drawing keeps its keys to itself
    for (const button of this.buttons) {
      button.disabled = button.dataset.studio === "save";
      button.addEventListener("click", (event) => this.press(button, event));
    }
    this.check();
    this.element.dataset.ready = "1";
  }

  // What goes on with the saved draft saves it first, and names the one that was saved.
  async press(button, event) {
    if (button.dataset.studio === "save") return this.save();
    if (this.isChanged || !this.state.version) {
      event.preventDefault();
      if (!(await this.save())) return undefined;
      if (button.href) location.assign(button.href);
    }
    if (!button.form) return undefined;
    button.form.elements.version.value = this.state.version;
    if (event.defaultPrevented) button.form.requestSubmit();
    return undefined;
  }

  changed() {
    this.isChanged = true;
    this.told.textContent = this.state.words.notSaved;
    for (const button of this.buttons) button.disabled = false;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.check(), AFTER_A_CHANGE);
  }

  async check() {
    const number = ++this.checks;
    const answer = await send(this.state.checkUrl, { xml: await this.editor.xml(), basedOn: this.state.basedOn });
    if (answer.status !== 200 || number !== this.checks) return; // a later one is on its way
    this.editor.found(Object.assign(answer.problems, { summary: answer.summary }));
  }

  async save(over) {
    leaveField();
    await this.editor.settle();
    const xml = await this.editor.xml();
    const version = over ?? this.state.version;
    const answer = await send(this.state.saveUrl, { xml, version, basedOn: this.state.basedOn });
    if (answer.status === 409) {
      const choice = await askWhoWins(this.state.words, answer, xml, this.state.fileName, this.editor.both);
      if (choice === "mine") return this.save(answer.version);
      if (choice === "theirs") {
        this.isChanged = false;
        location.reload();
      }
      return false;
    }
    if (answer.status !== 200) {
      this.told.textContent = answer.message ?? this.state.words.notKept;
      return false;
    }
    this.state.version = answer.version;
    this.isChanged = false;
    this.told.textContent = answer.message;
    for (const button of this.buttons) if (button.dataset.studio === "save") button.disabled = true;
    return true;
  }
}

// A field commits when it is left.
function leaveField() {
  const field = document.activeElement;
  if (field?.isContentEditable || field?.matches?.("input, textarea, select")) field.blur();
}
