// Two files of a process side by side: what differs is marked on both diagrams and listed in words.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { differences, names as namesOf } from "./studio/differences.js";
import { tag } from "./studio/fields.js";

const FONT = '"Inter Variable", system-ui, "Noto Sans CJK SC", sans-serif';
const ORDER = ["added", "removed", "changed", "moved"];
const KINDS = { added: "done", removed: "late", changed: "soon", moved: "plain" };

export async function mount(element) {
  const { sides, words } = JSON.parse(element.dataset.state);
  const files = await Promise.all(sides.map(async ({ url }) => (await fetch(url, { headers: { Accept: "application/xml" } })).text()));
  await showBoth(element, files, sides.map((it) => it.name), words);
  element.dataset.ready = "1";
}

// The diagrams go into `element`, with `names` above them, and the list below.
export async function showBoth(element, files, names, words) {
  const found = differences(...files, document.body.dataset.language).sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const grounds = names.map((name) => tag("div", { class: "compare-ground", role: "group", "aria-label": name }));
  const figures = names.map((name, at) => tag("figure", {}, tag("figcaption", {}, name), grounds[at]));
  const list = tag("section", { class: "compare-list", "aria-label": words.differences });
  element.replaceChildren(tag("div", { class: "compare-both" }, ...figures), list);
  await document.fonts.load(`13px ${FONT}`, "A").catch(() => {});
  const viewers = await Promise.all(files.map((file, at) => draw(grounds[at], file)));
  viewers.forEach((viewer, at) => mark(viewer, found, at));
  keepTogether(viewers);
  list.append(tag("h2", {}, found.length ? counted(found, words) : words.same));
  if (found.length) list.append(tag("ul", {}, ...found.map((it) => line(it, words, () => show(viewers, it.id)))));
  const first = found.find(({ id }) => viewers.some((viewer) => viewer.get("elementRegistry").get(id)?.parent));
  if (first) show(viewers, first.id); // both open at the first change: on a large diagram nobody would see it
}

async function draw(container, file) {
  const viewer = new NavigatedViewer({
    container,
    textRenderer: { defaultStyle: { fontFamily: FONT, fontSize: 12.5, lineHeight: 1.18 }, externalStyle: { fontSize: 11.5, lineHeight: 1.15 } },
    bpmnRenderer: { defaultFillColor: "#ffffff", defaultStrokeColor: "#7b8481", defaultLabelColor: "#3c4643" },
    zoomScroll: { enabled: false }, // the wheel moves the page
  });
  // In the language of the page: drawn once, with the names that the elements then have.
  const names = namesOf(file, document.body.dataset.language);
  viewer.on("import.parse.complete", ({ elementsById }) => {
    for (const element of Object.values(elementsById ?? {})) if (element.name && names.has(element.id)) element.name = names.get(element.id);
  });
  await viewer.importXML(file);
  viewer.get("canvas").zoom("fit-viewport", "auto");
  return viewer;
}

function mark(viewer, found, side) {
  const registry = viewer.get("elementRegistry");
  for (const { id, kind } of found) {
    const isThere = kind === "added" ? side === 1 : kind === "removed" ? side === 0 : true;
    if (isThere && registry.get(id)?.parent) viewer.get("canvas").addMarker(id, `diff-${kind}`);
  }
}

// What moves one moves the other.
function keepTogether(viewers) {
  let isFollowing = false;
  viewers.forEach((viewer, at) => {
    viewer.get("eventBus").on("canvas.viewbox.changed", ({ viewbox }) => {
      if (isFollowing) return;
      isFollowing = true;
      const canvas = viewers[1 - at].get("canvas");
      const { outer } = canvas.viewbox();
      canvas.viewbox({ x: viewbox.x, y: viewbox.y, width: outer.width / viewbox.scale, height: outer.height / viewbox.scale });
      isFollowing = false;
    });
  });
}

function show(viewers, id) {
  for (const viewer of viewers) {
    const canvas = viewer.get("canvas");
    const shape = viewer.get("elementRegistry").get(id);
    for (const old of canvas.getContainer().querySelectorAll(".diff-shown")) canvas.removeMarker(old.dataset.elementId, "diff-shown");
    if (!shape?.parent) continue;
    canvas.zoom(0.9);
    canvas.scrollToElement(shape, 120);
    canvas.addMarker(id, "diff-shown");
  }
}

function counted(found, words) {
  return ORDER.map((kind) => [kind, found.filter((it) => it.kind === kind).length]).filter(([, count]) => count).map(([kind, count]) => words[kind] + words.colon + count).join(" · ");
}

function line({ name, id, kind, facts }, words, act) {
  const link = tag("button", { type: "button", class: "link" }, name);
  link.addEventListener("click", act);
  const said = facts.map((fact) => tag("li", {}, label(fact.path, words) + words.colon, ...values(fact, words)));
  return tag("li", { "data-difference": `${kind} ${id}` }, tag("span", { class: `badge ${KINDS[kind]}` }, words[kind]), " ", link, said.length ? tag("ul", {}, ...said) : null);
}

function values({ before, after }, words) {
  const text = (value) => value || words.there;
  if (before === undefined) return [tag("ins", {}, text(after))];
  if (after === undefined) return [tag("del", {}, text(before))];
  return [tag("del", {}, text(before)), " → ", tag("ins", {}, text(after))];
}

// The words of the properties panel for what it knows; else what the file says.
function label(path, words) {
  const known = words.facts[path.replace(/\[.*?\]/g, "")];
  const which = /\[(.*?)\]/.exec(path)?.[1];
  if (path.startsWith("/crossdesk:translation")) return words.facts[`/crossdesk:translation:${which}`] ?? path;
  return known ? (which ? `${known} (${which})` : known) : path.replace(/^[@/]/, "");
}
