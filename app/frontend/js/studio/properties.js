// What a model says of an element, read and written so that each change can be undone.
const NEEDS = { camunda: "http://camunda.org/schema/1.0/bpmn", crossdesk: "urn:crossdesk:schema:1.0" };

export class Properties {
  constructor(modeler) {
    this.modeling = modeler.get("modeling");
    this.factory = modeler.get("bpmnFactory");
    this.modeler = modeler;
  }

  // What the panel speaks of: of a pool its process, of nothing selected the process of the file.
  subject(element) {
    const object = element.businessObject;
    if (object.$type === "bpmn:Participant") return object.processRef ?? object;
    if (object.$type === "bpmn:Collaboration") return object.participants?.find((it) => it.processRef)?.processRef ?? object;
    return object;
  }

  get(object, name) {
    return object.get(name) ?? "";
  }

  set(element, object, name, value) {
    this.declare(name);
    const values = { [name]: value === "" ? undefined : value };
    if (object === element.businessObject) this.modeling.updateProperties(element, values);
    else this.modeling.updateModdleProperties(element, object, values);
  }

  extensions(object, type) {
    return (object.extensionElements?.values ?? object.values ?? []).filter((it) => it.$type === type);
  }

  // Put `made` in the place of `old` among the extensions of an element; either may be missing.
  replace(element, object, old, made) {
    if (made) this.declare(made.$type);
    const holder = object.$type.startsWith("crossdesk:") ? object : object.extensionElements;
    const values = [...(holder?.values ?? [])];
    const at = old ? values.indexOf(old) : values.length;
    values.splice(at, old ? 1 : 0, ...(made ? [made] : []));
    for (const value of values) value.$parent = holder ?? value.$parent;
    if (holder) this.modeling.updateModdleProperties(element, holder, { values });
    else if (values.length) {
      const fresh = this.factory.create("bpmn:ExtensionElements", { values });
      fresh.$parent = object;
      made.$parent = fresh;
      this.modeling.updateModdleProperties(element, object, { extensionElements: fresh });
    }
  }

  make(type, values) {
    return this.factory.create(type, values);
  }

  // An attribute of the first extension of a type; it is made where there is none, and goes where nothing is left of it.
  first(object, type, name) {
    return this.extensions(object, type)[0]?.get(name) ?? "";
  }

  setFirst(element, object, type, name, value, { keep = false } = {}) {
    const [old] = this.extensions(object, type);
    if (!old) {
      if (value) this.replace(element, object, null, this.make(type, { [name]: value }));
    } else if (!value && !keep) this.replace(element, object, old, null);
    else this.modeling.updateModdleProperties(element, old, { [name]: value || undefined });
  }

  translation(object, language) {
    return this.extensions(object, "crossdesk:Translation").find((it) => it.language === language)?.text ?? "";
  }

  translate(element, object, language, text) {
    const old = this.extensions(object, "crossdesk:Translation").find((it) => it.language === language);
    if (old && text) this.modeling.updateModdleProperties(element, old, { text });
    else if (old) this.replace(element, object, old, null);
    else if (text) this.replace(element, object, null, this.make("crossdesk:Translation", { language, text }));
  }

  // A file that names no prefix for these words yet gets it with the first of them.
  declare(name) {
    const prefix = name.split(":")[0];
    const definitions = this.modeler.getDefinitions();
    if (NEEDS[prefix] && !Object.values(definitions.$attrs).includes(NEEDS[prefix])) definitions.$attrs[`xmlns:${prefix}`] = NEEDS[prefix];
  }
}
