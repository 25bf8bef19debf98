// Trying a decision with values: the fields that it asks for, and what the draft and the published version come to.
import { send } from "../studio/saving.js";

export class Trying {
  constructor({ fields, tried }, state, xml, matched) {
    Object.assign(this, { fields, tried, state, xml, matched, isOn: false, asked: 0 });
  }

  start() {
    this.fields.addEventListener("submit", (event) => {
      event.preventDefault();
      this.isOn = true;
      this.again();
    });
  }

  ask(url, body) {
    return send(url, body);
  }

  values() {
    return Object.fromEntries([...this.fields.querySelectorAll("[name]")].map((it) => [it.name, it.value]));
  }

  // The fields as what is drawn asks for them, with what was typed; once something was tried, the results too, with each change.
  async again() {
    const number = ++this.asked;
    const answer = await send(this.state.tryUrl, { xml: await this.xml(), basedOn: this.state.basedOn, values: this.values(), try: this.isOn });
    if (number !== this.asked || (answer.status !== 200 && answer.status !== 422)) return;
    if (answer.fields !== undefined && answer.asks !== this.fields.dataset.asks) {
      this.fields.innerHTML = answer.fields;
      this.fields.dataset.asks = answer.asks;
    }
    this.showMistakes(answer.mistakes ?? {});
    this.tried.innerHTML = answer.tried ?? "";
    this.matched(answer.rules ?? {});
  }

  showMistakes(mistakes) {
    for (const input of this.fields.querySelectorAll("[name]")) {
      const told = this.fields.querySelector(`#${CSS.escape(`${input.id}-error`)}`);
      const mistake = mistakes[input.name];
      told.textContent = mistake ?? "";
      told.hidden = !mistake;
      input.toggleAttribute("aria-invalid", Boolean(mistake));
      if (mistake) input.setAttribute("aria-invalid", "true");
    }
  }
}
