// Saving a draft: over the version that was opened, and never over somebody else's without being told.
import { tag } from "./fields.js";

export async function send(url, body) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token }, body: JSON.stringify(body) });
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  return { status: answer.status, ...(isJson ? await answer.json() : {}) };
}

// What to do when somebody was faster: take theirs, keep drawing, or save over it. Resolves to the version to save over, or nothing.
// `showBoth(ground, [theirs, mine])` puts the two files side by side.
export function askWhoWins(words, answer, mine, fileName, showBoth) {
  const dialog = tag("dialog", { class: "studio-conflict", "aria-label": words.conflictTitle });
  const button = (text, value, kind = "button") => {
    const made = tag("button", { type: "button", class: kind, value }, text);
    made.addEventListener("click", () => dialog.close(value));
    return made;
  };
  const both = tag("button", { type: "button", class: "button" }, words.seeBoth);
  both.addEventListener("click", async () => {
    both.disabled = true;
    const theirs = await (await fetch(answer.compare, { headers: { Accept: "application/xml" } })).text();
    const ground = tag("div", {});
    dialog.classList.add("wide");
    dialog.lastChild.before(ground);
    await showBoth(ground, [theirs, mine]);
  });
  const file = URL.createObjectURL(new Blob([mine], { type: "application/xml" }));
  dialog.append(
    tag("h2", {}, words.conflictTitle),
    tag("p", {}, answer.message),
    tag("p", { class: "studio-both" }, ...(answer.compare ? [both] : []),
      tag("a", { class: "button", href: file, download: fileName }, words.keepMine)),
    tag("p", { class: "side-buttons" }, button(words.goOn, ""), button(words.takeTheirs, "theirs"), button(words.saveOver, "mine", "button danger")),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      URL.revokeObjectURL(file);
      resolve(dialog.returnValue);
    });
  });
}
