// Choosing files: the native button cannot be translated, so the field lies invisible over a zone of ours, which tells what was chosen.
export function startUploads() {
  document.addEventListener("change", refuseTooLarge, true); // before a form that sends itself hears of it
  document.addEventListener("change", (event) => {
    const zone = event.target instanceof HTMLInputElement && event.target.type === "file" ? event.target.closest("[data-drop]") : null;
    if (zone) show(zone, [...event.target.files].map((file) => file.name));
  });
  for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(name, (event) => event.target.closest?.("[data-drop]")?.classList.toggle("over", over));
  }
  for (const zone of document.querySelectorAll("[data-drop]")) show(zone, [...zone.querySelector("input[type=file]").files].map((file) => file.name));
}

// Said before anything travels: the server would refuse it after all of it had come.
function refuseTooLarge(event) {
  const zone = event.target instanceof HTMLInputElement && event.target.type === "file" ? event.target.closest("[data-most]") : null;
  if (!zone) return;
  const sizes = [...event.target.files].map((file) => file.size);
  const together = sizes.reduce((sum, size) => sum + size, 0);
  const tooLarge = sizes.some((size) => size > Number(zone.dataset.most)) || together > Number(zone.dataset.mostTogether);
  const refused = zone.querySelector("[data-refused]");
  refused.hidden = !tooLarge;
  refused.textContent = tooLarge ? zone.dataset.tooLarge : "";
  if (!tooLarge && sizes.length) return;
  event.stopPropagation();
  event.target.value = "";
}

function show(zone, names) {
  const list = zone.querySelector("[data-chosen]");
  list.replaceChildren(...names.map((name) => Object.assign(document.createElement("li"), { textContent: name })));
  zone.classList.toggle("chosen", names.length > 0);
}
