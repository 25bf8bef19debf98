// What a decision and its columns are called in Chinese: the editor of bpmn.io knows one name of each.
import { textField } from "../studio/fields.js";

const OTHER = "zh";

export class Names {
  constructor(ground, moddle, words, changed) {
    Object.assign(this, { ground, moddle, words, changed });
  }

  // `decision` is what is open; nothing but a decision has names here.
  show(decision) {
    if (this.ground.contains(document.activeElement)) return; // somebody types just here
    const table = decision?.decisionLogic;
    const columns = [...(table?.input ?? []), ...(table?.output ?? [])];
    const named = decision?.name === undefined ? [] : [decision, ...columns];
    this.ground.parentElement.hidden = !named.length;
    this.ground.replaceChildren(...named.map((it) => textField(this.called(it), this.read(it), (text) => this.write(it, text))));
  }

  called(element) {
    return element.name && element.$type === "dmn:Decision" ? element.name : element.label || element.inputExpression?.text || element.name || this.words.unnamed;
  }

  translation(element) {
    return element.extensionElements?.values?.find((it) => it.$type === "crossdesk:Translation" && it.language === OTHER);
  }

  read(element) {
    return this.translation(element)?.text ?? "";
  }

  write(element, text) {
    const known = this.translation(element);
    const around = element.extensionElements ?? this.make("dmn:ExtensionElements", element, { values: [] });
    if (known && !text) around.values.splice(around.values.indexOf(known), 1);
    else if (known) known.text = text;
    else if (text) around.values = [this.make("crossdesk:Translation", around, { language: OTHER, text }), ...(around.values ?? [])];
    element.extensionElements = around.values?.length ? around : undefined;
    this.changed();
  }

  make(type, parent, values) {
    const made = this.moddle.create(type, values);
    made.$parent = parent;
    return made;
  }
}
