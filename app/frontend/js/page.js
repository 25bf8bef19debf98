// What every page needs: partial updates, live refresh, keys, and the islands that a page asks for.
import htmx from "htmx.org";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startBehaviours } from "./behaviours.js";
import { startUploads } from "./upload.js";

htmx.config.disableInheritance = true; // what a pane says of itself is not meant for the links in it
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // pages are never kept: what they show is not for the next person at this desk
htmx.config.refreshOnHistoryMiss = true;
htmx.config.scrollBehavior = "auto";
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "[45]..", swap: true, error: true },
];

const ISLANDS = {
  diagram: () => import("./diagram.js"),
  form: () => import("./form.js"),
  compare: () => import("./compare.js"),
  replay: () => import("./replay.js"),
  studio: () => import("./studio.js"),
  decisions: () => import("./decisions.js"),
};

async function mount(root) {
  const found = [...(root.matches?.("[data-island]") ? [root] : []), ...root.querySelectorAll("[data-island]")];
  for (const element of found) {
    if (element.dataset.mounted) continue;
    element.dataset.mounted = "1";
    const island = await ISLANDS[element.dataset.island]();
    if (element.isConnected) await island.mount(element);
  }
}

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});
document.addEventListener("htmx:load", (event) => mount(event.target));

startBehaviours();
startUploads();
startKeys();
startLive(htmx);
mount(document);
