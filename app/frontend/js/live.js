// Live pages without reloading: one event stream, closed while the tab is hidden. An event says what kind of thing changed; parts of the page that
// ask for `live-inbox from:body`, `live-bell from:body` or `live-case from:body` fetch themselves.
const HIDDEN_MILLISECONDS = 20_000;
const EVENTS = ["inbox", "bell", "case"];

export function startLive(htmx) {
  const watched = document.querySelector("[data-live]");
  if (!watched) return;
  let source = null;
  let timer = 0;
  let missed = false;

  const tell = (name) => htmx.trigger(document.body, `live-${name}`);
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
