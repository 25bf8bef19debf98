// Live pages without reloading: one event stream, closed while the tab is hidden. An event says what kind of thing changed; parts of the page that
// ask for `live-inbox from:body`, `live-bell from:body` or `live-case from:body` fetch themselves.
const HIDDEN_MILLISECONDS = 20_000;
const AFTER_A_SWAP = 50; // milliseconds until what was swapped in listens
const EVENTS = ["inbox", "bell", "case"];

export function startLive(htmx) {
  const watched = document.querySelector("[data-live]");
  if (!watched) return;
  let source = null;
  let timer = 0;
  let missed = false;

  // A part that fetches itself replaces itself: what is told meanwhile would go to the one that leaves, so it is told again afterwards.
  const asked = Object.fromEntries(EVENTS.map((name) => [name, 0]));
  const again = new Set();
  const tell = (name) => (asked[name] ? again.add(name) : htmx.trigger(document.body, `live-${name}`));
  document.body.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig, xhr } }) => {
    const name = EVENTS.find((it) => requestConfig.triggeringEvent?.type === `live-${it}`);
    if (!name) return;
    asked[name] += 1;
    xhr.addEventListener("loadend", () => {
      asked[name] -= 1;
      if (!asked[name] && again.delete(name)) setTimeout(() => tell(name), AFTER_A_SWAP);
    });
  });
  const open = () => {
    if (source) return;
    const opened = document.querySelector("[data-live-case]")?.dataset;
    const query = new URLSearchParams({ since: opened?.liveSince ?? watched.dataset.live });
    if (opened) query.set("case", opened.liveCase);
    source = new EventSource(`/events?${query}`);
    for (const name of EVENTS) source.addEventListener(name, () => tell(name));
    source.addEventListener("open", () => {
      if (missed) EVENTS.forEach(tell); // what happened while nobody listened
      missed = true;
    });
  };
  const close = () => {
    source?.close();
    source = null;
  };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(close, HIDDEN_MILLISECONDS);
    else open();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    // another case was opened beside the list: listen to that one
    if (event.target.querySelector?.("[data-live-case]")) {
      close();
      missed = false;
      open();
    }
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", () => document.hidden || open());
  if (!document.hidden) open();
}
