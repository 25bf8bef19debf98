// What differs between two files, element by element: added, removed, changed in what they say, or only moved.
const BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI";
const DRAWN_FROM = new Set(["incoming", "outgoing", "flowNodeRef"]); // told by the flows and lanes themselves

// [{ id, name, kind, facts: [{ path, before, after }] }], in the order of the files.
export function differences(before, after, language) {
  const one = read(before);
  const other = read(after);
  const found = [];
  const add = (file, element, kind, facts = []) => found.push({ id: element.id, name: called(element, file.elements, language), kind, facts });
  const isMoved = (id) => one.places.get(id) !== other.places.get(id);
  for (const [id, element] of one.elements) {
    const now = other.elements.get(id);
    if (!now) {
      add(one, element, "removed");
      continue;
    }
    const facts = changed(factsOf(element, one.elements), factsOf(now, other.elements));
    const ends = [now.getAttribute("sourceRef"), now.getAttribute("targetRef")];
    if (facts.length) add(other, now, "changed", facts);
    else if (isMoved(id) && !ends.some((end) => end && isMoved(end))) add(other, now, "moved"); // a flow goes along with its ends
  }
  for (const [id, element] of other.elements) if (!one.elements.has(id)) add(other, element, "added");
  return found;
}

// The name in a language of everything that has one, as the file says it.
export function names(text, language) {
  return new Map([...read(text).elements].map(([id, element]) => [id, nameOf(element, language)]));
}

// Elements are what is drawn, and the processes; all else is told with the element around it.
function read(text) {
  const file = new DOMParser().parseFromString(text, "application/xml");
  const drawn = [...file.getElementsByTagNameNS(BPMNDI, "BPMNShape"), ...file.getElementsByTagNameNS(BPMNDI, "BPMNEdge")];
  const places = new Map(drawn.map((it) => [it.getAttribute("bpmnElement"), placeOf(it)]));
  const all = [...file.getElementsByTagNameNS(BPMN, "*")].filter((it) => it.id && (places.has(it.id) || it.localName === "process"));
  return { places, elements: new Map(all.map((it) => [it.id, it])) };
}

function placeOf(shape) {
  const points = [...shape.children].filter((it) => it.localName === "Bounds" || it.localName === "waypoint");
  return points.map((it) => ["x", "y", "width", "height"].map((name) => Math.round(Number(it.getAttribute(name) ?? 0))).join(" ")).join(", ");
}

function factsOf(element, elements, path = "", facts = new Map()) {
  for (const attribute of element.attributes) {
    if (attribute.prefix !== "xmlns" && attribute.name !== "xmlns" && !(attribute.name === "id" && element.namespaceURI === BPMN)) facts.set(`${path}@${attribute.name}`, attribute.value);
  }
  const text = [...element.childNodes].filter((it) => it.nodeType === Node.TEXT_NODE || it.nodeType === Node.CDATA_SECTION_NODE).map((it) => it.data).join("").trim();
  if (text && path) facts.set(path, text);
  for (const child of element.children) {
    if (elements.has(child.id) || DRAWN_FROM.has(child.localName)) continue;
    const inner = child.localName === "extensionElements" || child.localName === "laneSet" ? path : `${path}/${child.nodeName}${keyOf(child, facts, path)}`;
    if (inner !== path) facts.set(inner, "");
    factsOf(child, elements, inner, facts);
  }
  return facts;
}

// Of several of a kind each is told by what names it.
function keyOf(child, facts, path) {
  const named = child.namespaceURI === BPMN ? "" : (child.getAttribute("id") ?? child.getAttribute("language") ?? child.getAttribute("name") ?? "");
  let key = named ? `[${named}]` : "";
  for (let number = 2; facts.has(`${path}/${child.nodeName}${key}`); number += 1) key = `[${named} ${number}]`;
  return key;
}

function changed(before, after) {
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  // Of a part that came or went its name says enough where it has nothing to say itself.
  return paths.filter((path) => (before.get(path) || after.get(path)) || !paths.some((it) => it.startsWith(`${path}@`) || it.startsWith(`${path}/`)))
    .map((path) => ({ path, before: before.get(path), after: after.get(path) }));
}

// A flow without a name is called by its ends.
function called(element, elements, language) {
  const [from, to] = ["sourceRef", "targetRef"].map((end) => elements.get(element.getAttribute(end)));
  const name = nameOf(element, language);
  return name === element.id && from && to ? `${nameOf(from, language)} → ${nameOf(to, language)}` : name;
}

function nameOf(element, language) {
  const own = [...element.children].find((it) => it.localName === "extensionElements");
  const translated = [...(own?.children ?? [])].find((it) => it.localName === "translation" && it.getAttribute("language") === language);
  return translated?.getAttribute("text") || element.getAttribute("name") || element.id;
}
