// Small behaviours that pages name by data attributes. Everything works without them, except where a comment says so.
export function startBehaviours() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    for (const panel of document.querySelectorAll("[data-reason]:not([hidden])")) closeReason(panel);
  });
  document.addEventListener("submit", onSubmit);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "detail") event.target.closest(".panes")?.classList.add("opened");
    focusOn(event.target);
    markCurrent();
  });
  focusOn(document);
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }); // on a phone they reach out of the screen
  document.addEventListener("htmx:oobAfterSwap", passToasts);
  passToasts();
}

// What was done is told for a moment; what went wrong stays.
function passToasts() {
  const told = [...document.querySelectorAll("#toasts .toast:not(.error)")];
  setTimeout(() => told.forEach((toast) => toast.remove()), 8_000);
}

// The open task is marked in the list, whichever of the two came last.
function markCurrent() {
  const open = document.querySelector("#detail [data-task]")?.dataset.task;
  if (!open) return;
  for (const row of document.querySelectorAll("[data-rows] [data-row]")) {
    if (row.dataset.row === open) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

function focusOn(root) {
  root.querySelector?.("[data-focus]")?.focus();
}

function onClick(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
  target.closest("[data-dismiss]")?.parentElement.remove();
  const opener = target.closest("[data-opens-reason]");
  if (opener) openReason(opener);
  const phrase = target.closest("[data-phrase]");
  if (phrase) usePhrase(phrase);
  if (target.closest("[data-closes-reason]")) closeReason(target.closest("[data-reason]"));
  const diagram = target.closest("[data-opens-diagram]")?.closest("aside, section")?.querySelector(".diagram");
  if (diagram?.dataset.mounted) {
    event.preventDefault();
    import("./diagram-tools.js").then(({ openLarge }) => openLarge(diagram));
  }
  const dialog = target.closest("[data-dialog]");
  if (dialog) openDialog(dialog);
  const field = target.closest("[data-field]");
  if (field && focusField(field.dataset.field)) event.preventDefault();
}

// From a menu: the menu closes, and the focus comes back to what had opened it.
function openDialog(opener) {
  const menu = opener.closest("details[data-menu]");
  menu?.removeAttribute("open");
  menu?.querySelector("summary").focus();
  document.getElementById(opener.dataset.dialog)?.showModal();
}

// A reason is asked in place: the bar grows by a line, the form stays as it is.
function openReason(opener) {
  const panel = document.getElementById(opener.dataset.opensReason);
  for (const other of document.querySelectorAll("[data-reason]")) other.hidden = other !== panel;
  const menu = opener.closest("details[data-menu]");
  menu?.removeAttribute("open");
  panel.hidden = false;
  panel.openedBy = menu?.querySelector("summary") ?? opener;
  panel.querySelector("textarea").focus();
}

function closeReason(panel) {
  panel.hidden = true;
  panel.openedBy?.focus();
}

function usePhrase(phrase) {
  const text = phrase.closest("[data-reason]").querySelector("textarea");
  text.value = text.value ? `${text.value.trimEnd()} ${phrase.dataset.phrase}` : phrase.dataset.phrase;
  text.focus();
}

function focusField(path) {
  const field = document.querySelector(`[data-path="${CSS.escape(path)}"] :is(input, select, textarea), [name="${CSS.escape(path)}"]`);
  field?.focus();
  return Boolean(field);
}

// A form is sent once: a second click while it travels does nothing.
function onSubmit(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method === "dialog" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post") {
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8_000);
  }
}
