// Choosing files: the native button cannot be translated, so the field lies invisible over a zone of ours, which tells what was chosen.
export function startUploads() {
  document.addEventListener("change", (event) => {
    const zone = event.target instanceof HTMLInputElement && event.target.type === "file" ? event.target.closest("[data-drop]") : null;
    if (zone) show(zone, [...event.target.files].map((file) => file.name));
  });
  for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(name, (event) => event.target.closest?.("[data-drop]")?.classList.toggle("over", over));
  }
  for (const zone of document.querySelectorAll("[data-drop]")) show(zone, [...zone.querySelector("input").files].map((file) => file.name));
}

function show(zone, names) {
  const list = zone.querySelector("[data-chosen]");
  list.replaceChildren(...names.map((name) => Object.assign(document.createElement("li"), { textContent: name })));
  zone.classList.toggle("chosen", names.length > 0);
}
