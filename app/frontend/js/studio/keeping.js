// Nothing that a file says is lost: what the editor would write is compared with what it read, and comments are put back.

// What `after` no longer says, as places in words; empty where all is kept. Order among different elements, white space between
// elements, spellings of the same value and values that the standard gives anyway do not count.
export function losses(before, after, moddle) {
  const found = [];
  compare(parse(before).documentElement, parse(after).documentElement, moddle, found);
  return found;
}

// The comments of a file, put back before the element that they stood before, or at the end of the one around them.
export function withComments(before, after) {
  const source = parse(before);
  const walker = source.createTreeWalker(source, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  if (!comments.length) return after;
  const target = parse(after);
  const ids = new Map([...target.querySelectorAll("[id]")].map((element) => [element.getAttribute("id"), element]));
  for (const comment of comments) {
    const copy = target.importNode(comment);
    const next = following(comment, ids);
    const around = next ? next.parentNode : (ids.get(ancestorId(comment, ids)) ?? target.documentElement);
    around.insertBefore(copy, next);
  }
  return new XMLSerializer().serializeToString(target);
}

function following(comment, ids) {
  for (let at = comment.nextSibling; at; at = at.nextSibling) {
    const found = at.nodeType === Node.ELEMENT_NODE && ids.get(at.getAttribute("id"));
    if (found) return found;
  }
  return null;
}

function ancestorId(node, ids) {
  for (let at = node.parentElement; at; at = at.parentElement) if (ids.has(at.getAttribute("id"))) return at.getAttribute("id");
  return undefined;
}

function parse(text) {
  return new DOMParser().parseFromString(text, "application/xml");
}

function compare(one, other, moddle, found) {
  for (const attribute of one.attributes) {
    if (attribute.name === "xmlns" || attribute.prefix === "xmlns") continue;
    const kept = other.getAttributeNS(attribute.namespaceURI, attribute.localName);
    if (kept === null ? !isDefault(one, attribute, moddle) : !isSame(attribute.value, kept)) found.push(`${place(one)} ${attribute.name}="${attribute.value}"`);
  }
  if (!isSame(textOf(one), textOf(other))) found.push(`${place(one)}: ${textOf(one).slice(0, 60)}`);
  const rest = [...other.children];
  for (const child of one.children) {
    const at = rest.findIndex((it) => it.localName === child.localName && it.namespaceURI === child.namespaceURI && sameId(it, child));
    if (at < 0) found.push(place(child));
    else compare(child, rest.splice(at, 1)[0], moddle, found);
  }
}

function sameId(one, other) {
  return !one.hasAttribute("id") || !other.hasAttribute("id") || one.getAttribute("id") === other.getAttribute("id");
}

function textOf(element) {
  const parts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE || node.nodeType === Node.CDATA_SECTION_NODE);
  return parts.map((node) => node.data).join("").trim();
}

// 100 and 100.0, true and 1, tns:order and order are the same.
function isSame(one, other) {
  if (one === other) return true;
  const plain = (value) => value.trim().replace(/^1$/, "true").replace(/^0$/, "false");
  if (plain(one) === plain(other)) return true;
  if (one.trim() && other.trim() && Number(one) === Number(other)) return true;
  return /^[\w-]+:[\w.-]+$/.test(one) && one.replace(/^[\w-]+:/, "") === other.replace(/^[\w-]+:/, "");
}

function isDefault(element, attribute, moddle) {
  const prefix = moddle.getPackages().find((it) => it.uri === element.namespaceURI)?.prefix;
  if (!prefix) return false;
  try {
    const type = moddle.getType(`${prefix}:${element.localName[0].toUpperCase()}${element.localName.slice(1)}`);
    const property = moddle.getElementDescriptor(type).propertiesByName[attribute.localName];
    return property?.default !== undefined && isSame(attribute.value, String(property.default));
  } catch {
    return false;
  }
}

function place(element) {
  const named = element.closest("[id]");
  return `<${element.nodeName}>${named ? ` (${named.getAttribute("id")})` : ""}`;
}
