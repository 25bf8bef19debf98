// The properties panel: what docs and modelling say of the selected element, in fields; all else that the file says stays as it is.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { button, check, choice, group, several, tag, textField } from "./fields.js";
import { Properties } from "./properties.js";

const CYCLE = "camunda:FailedJobRetryTimeCycle";
const KINDS = ["approve", "return", "reject", "done", "own"];
const SEEN = ["participants", "lanes", "department", "everyone"];

const nameOf = (control) => control.labels?.[0]?.textContent || control.ariaLabel || control.textContent;

export class Panel {
  constructor(modeler, ground, state) {
    this.modeler = modeler;
    this.ground = ground;
    this.state = state;
    this.words = state.words;
    this.properties = new Properties(modeler);
    this.element = null;
    const bus = modeler.get("eventBus");
    bus.on("selection.changed", ({ newSelection }) => this.show(newSelection.length === 1 ? newSelection[0] : null));
    bus.on("commandStack.changed", () => this.later());
  }

  show(selected) {
    const registry = this.modeler.get("elementRegistry");
    const shape = selected && registry.get(selected.id) ? (selected.labelTarget ?? selected) : null;
    const focused = this.focused();
    this.element = shape ?? this.modeler.get("canvas").getRootElement();
    this.object = this.properties.subject(this.element);
    this.ground.replaceChildren(this.chooser(), ...this.fields());
    if (!focused) return;
    const control = this.controls().filter((it) => nameOf(it) === focused.name)[focused.at];
    control?.focus();
    if (control instanceof HTMLInputElement && control.type === "text") control.select();
  }

  // A field commits while the focus goes on to the next one: only when it is there, the panel is made anew.
  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.show(this.element));
  }

  // A change makes the panel anew; who was going through its fields stays where they were.
  focused() {
    const here = document.activeElement;
    if (!this.ground.contains(here)) return null;
    const name = nameOf(here);
    return { name, at: this.controls().filter((it) => nameOf(it) === name).indexOf(here) };
  }

  controls() {
    return [...this.ground.querySelectorAll("input, select, textarea, button")];
  }

  // All elements by name: whoever has no pointer chooses here.
  chooser() {
    const elements = this.modeler.get("elementRegistry").filter((it) => !it.labelTarget && !it.isImplicit && it.parent);
    const named = elements.map((it) => [it.id, this.name(it)]).sort((a, b) => a[1].localeCompare(b[1]));
    const here = this.element.parent ? this.element.id : "";
    return choice(this.words.element, here, named, (id) => this.choose(id), { empty: this.words.whole });
  }

  // In the language of the page.
  name({ businessObject: it }) {
    return this.properties.translation(it, document.body.dataset.language) || it.name || it.id;
  }

  choose(id) {
    const shape = id && this.modeler.get("elementRegistry").get(id);
    this.modeler.get("selection").select(shape || []);
    if (shape) this.modeler.get("canvas").scrollToElement(shape, 80);
  }

  fields() {
    const { element, object } = this;
    const parts = [this.names()];
    if (is(object, "bpmn:Process")) parts.push(this.ofCase());
    if (is(object, "bpmn:Lane")) parts.push(this.ofLane());
    if (is(object, "bpmn:UserTask")) parts.push(this.people(), this.work(), this.outcomes());
    if (is(object, "bpmn:StartEvent") && !object.eventDefinitions?.length) parts.push(group(this.words.form, this.form()));
    if (is(object, "bpmn:SequenceFlow")) parts.push(...this.ofFlow());
    if (is(object, "bpmn:BusinessRuleTask")) parts.push(this.decision());
    if (is(object, "bpmn:ServiceTask") || is(object, "bpmn:SendTask")) parts.push(this.handler(), this.connector());
    const timer = object.eventDefinitions?.find((it) => is(it, "bpmn:TimerEventDefinition"));
    if (timer) parts.push(this.timer(timer));
    if (is(object, "bpmn:FlowElement") || is(object, "bpmn:Process")) parts.push(this.documentation());
    parts.push(tag("p", { class: "quiet small mono" }, `${object.$type.replace("bpmn:", "")} · ${object.id}`));
    return element ? parts : [];
  }

  names() {
    const { properties: p, element, object, words } = this;
    return group(
      words.name,
      textField(words.nameEn, p.get(object, "name"), (value) => p.set(element, object, "name", value)),
      textField(words.nameZh, p.translation(object, "zh"), (value) => p.translate(element, object, "zh", value)),
    );
  }

  ofCase() {
    const { properties: p, element, object, words, state } = this;
    const of = (name) => p.first(object, "crossdesk:Case", name);
    const put = (name) => (value) => p.setFirst(element, object, "crossdesk:Case", name, value, { keep: true });
    const seen = of("visibility").split(/\s+/).filter(Boolean);
    return group(
      words.cases,
      textField(words.numberPrefix, of("numberPrefix"), put("numberPrefix"), { hint: words.numberPrefixHint }),
      textField(words.subject, of("subject"), put("subject"), { mono: true, hint: words.feelHint }),
      choice(words.owner, of("owner"), [...state.groups, ...state.people], put("owner"), { empty: words.nobody }),
      tag("p", { class: "quiet small" }, words.seenBy),
      ...SEEN.map((word) => check(words.seen[word], seen.includes(word), (on) => put("visibility")(SEEN.filter((it) => (it === word ? on : seen.includes(it))).join(" ")))),
    );
  }

  ofLane() {
    const { properties: p, element, object, words, state } = this;
    const put = (value) => p.setFirst(element, object, "crossdesk:Performer", "group", value);
    return group(words.who, choice(words.laneGroup, p.first(object, "crossdesk:Performer", "group"), state.groups, put, { empty: words.nobody, hint: words.laneHint }));
  }

  people() {
    const { properties: p, element, object, words, state } = this;
    const groups = p.get(object, "camunda:candidateGroups");
    const put = (value) => p.set(element, object, "camunda:candidateGroups", value);
    const computed = groups.startsWith("=") || /[$#]\{/.test(groups);
    const chosen = groups.split(",").map((it) => it.trim()).filter(Boolean);
    const list = tag("datalist", { id: "people-known" }, ...state.people.map(([key, name]) => tag("option", { value: key }, name)));
    return group(
      words.who,
      computed ? null : several(words.groups, chosen, state.groups, (values) => put(values.join(", ")), words),
      textField(words.groupsComputed, computed ? groups : "", put, { mono: true, hint: words.groupsHint }),
      textField(words.assignee, p.get(object, "camunda:assignee"), (value) => p.set(element, object, "camunda:assignee", value), { list: "people-known", hint: words.assigneeHint }),
      list,
    );
  }

  form() {
    const { properties: p, element, object, words, state } = this;
    const options = state.forms.map((it) => [it, it]);
    return choice(words.formKey, p.get(object, "camunda:formKey"), options, (value) => p.set(element, object, "camunda:formKey", value), { empty: words.noForm });
  }

  work() {
    const { properties: p, element, object, words } = this;
    const [, amount, unit] = /^(\d+) (wd|wh)$/.exec(p.first(object, "crossdesk:Deadline", "duration")) ?? [null, "", "wd"];
    const put = () => {
      const count = Number(deadline.querySelector("input").value);
      p.setFirst(element, object, "crossdesk:Deadline", "duration", count > 0 ? `${count} ${measure.querySelector("select").value}` : "");
    };
    const deadline = textField(words.deadline, amount, put, { hint: words.deadlineHint });
    deadline.querySelector("input").inputMode = "numeric";
    const measure = choice(words.unit, unit, [["wd", words.days], ["wh", words.hours]], put);
    return group(words.formAndTime, this.form(), deadline, measure);
  }

  outcomes() {
    const { properties: p, element, object, words } = this;
    const all = p.extensions(object, "crossdesk:Outcome");
    const change = (outcome, name) => (value) => p.modeling.updateModdleProperties(element, outcome, { [name]: value || undefined });
    const rows = all.map((outcome, at) =>
      tag("fieldset", { class: "outcome" },
        tag("legend", {}, `${words.outcome} ${at + 1}`),
        textField(words.nameEn, outcome.name ?? "", change(outcome, "name")),
        textField(words.nameZh, p.translation(outcome, "zh"), (value) => p.translate(element, outcome, "zh", value)),
        textField(words.id, outcome.id ?? "", change(outcome, "id")),
        choice(words.kind, outcome.kind ?? "", KINDS.map((it) => [it, words.kinds[it]]), change(outcome, "kind")),
        button(words.removeOutcome, () => p.replace(element, object, outcome, null)),
      ),
    );
    const add = () => {
      const ids = all.map((it) => it.id);
      let number = all.length + 1;
      while (ids.includes(`outcome${number}`)) number += 1;
      p.replace(element, object, null, p.make("crossdesk:Outcome", { id: `outcome${number}`, kind: "done", name: words.outcome }));
    };
    return group(words.outcomes, ...rows, button(words.addOutcome, add));
  }

  ofFlow() {
    const { properties: p, element, object, words } = this;
    const source = object.sourceRef;
    const put = (body) => {
      const expression = body ? p.make("bpmn:FormalExpression", { body }) : undefined;
      p.modeling.updateProperties(element, { conditionExpression: expression });
    };
    const isDefault = source.default === object;
    return [
      group(
        words.condition,
        textField(words.when, object.conditionExpression?.body ?? "", put, { rows: 3, mono: true, hint: words.conditionHint }),
        is(source, "bpmn:Gateway") || is(source, "bpmn:Activity")
          ? check(words.isDefault, isDefault, (on) => p.modeling.updateProperties(element.source, { default: on ? object : undefined }))
          : null,
      ),
    ];
  }

  decision() {
    const { properties: p, element, object, words, state } = this;
    const put = (name) => (value) => p.set(element, object, name, value);
    return group(
      words.decision,
      choice(words.decisionTable, p.get(object, "camunda:decisionRef"), state.decisions, put("camunda:decisionRef"), { empty: words.nobody }),
      textField(words.resultVariable, p.get(object, "camunda:resultVariable"), put("camunda:resultVariable")),
    );
  }

  handler() {
    const { properties: p, element, object, words, state } = this;
    const options = state.handlers.map((it) => [it, it]);
    return group(words.service, choice(words.handler, p.first(object, "crossdesk:Handler", "name"), options, (value) => p.setFirst(element, object, "crossdesk:Handler", "name", value), { empty: words.nobody }));
  }

  // A connector and what it is told: its fields come from the application.
  connector() {
    const { properties: p, element, object, words, state } = this;
    const [chosen] = p.extensions(object, "crossdesk:Connector");
    const known = state.connectors.find((it) => it.name === chosen?.name);
    const choose = (name) => {
      const [handler] = p.extensions(object, "crossdesk:Handler");
      if (name && handler) p.replace(element, object, handler, null);
      p.replace(element, object, chosen ?? null, name ? p.make("crossdesk:Connector", { name }) : null);
    };
    const options = state.connectors.map((it) => [it.name, it.label]);
    return group(
      words.connector,
      choice(words.connector, chosen?.name ?? "", options, choose, { empty: words.nobody, hint: words.connectorHint }),
      ...(known?.inputs ?? []).map((it) => this.input(chosen, it)),
      chosen ? textField(words.resultVariable, p.get(object, "camunda:resultVariable"), (value) => p.set(element, object, "camunda:resultVariable", value)) : null,
      chosen ? textField(words.retryCycle, p.first(object, CYCLE, "body"), (value) => p.setFirst(element, object, CYCLE, "body", value), { mono: true, hint: words.retryCycleHint }) : null,
    );
  }

  input(connector, { name, label, hint, choices, rows }) {
    const { properties: p, element } = this;
    const old = p.extensions(connector, "crossdesk:Parameter").find((it) => it.name === name);
    const put = (value) => {
      if (old && value) p.modeling.updateModdleProperties(element, old, { value });
      else p.replace(element, connector, old ?? null, value ? p.make("crossdesk:Parameter", { name, value }) : null);
    };
    if (choices.length) return choice(label, old?.value ?? "", choices.map((it) => [it, it]), put, { empty: this.words.nobody });
    return textField(label, old?.value ?? "", put, { rows: rows || undefined, mono: true, hint });
  }

  timer(definition) {
    const { properties: p, element, words } = this;
    const name = ["timeDate", "timeDuration", "timeCycle"].find((it) => definition.get(it)) ?? "timeDuration";
    const put = (kind, body) => {
      const values = { timeDate: undefined, timeDuration: undefined, timeCycle: undefined };
      p.modeling.updateModdleProperties(element, definition, { ...values, [kind]: p.make("bpmn:FormalExpression", { body }) });
    };
    const body = definition.get(name)?.body ?? "";
    return group(
      words.timer,
      choice(words.timerKind, name, Object.entries(words.timerKinds), (kind) => put(kind, body)),
      textField(words.timerText, body, (text) => put(name, text), { mono: true, hint: words.timerHint }),
    );
  }

  documentation() {
    const { properties: p, element, object, words } = this;
    const [first, ...rest] = object.documentation ?? [];
    const put = (text) => {
      if (first && text) p.modeling.updateModdleProperties(element, first, { text });
      else p.modeling.updateModdleProperties(element, object, { documentation: text ? [p.make("bpmn:Documentation", { text }), ...rest] : rest });
    };
    return group(words.documentation, textField(words.documentation, first?.text ?? "", put, { rows: 3 }));
  }
}
