// Marks in a table that the editor draws and draws again: by rules of style for the ids of its rows and cells, not by touching what is its.
export class Marks {
  constructor(ground) {
    this.ground = ground;
    this.sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.sheet];
  }

  set(rules, problems) {
    const of = (id) => CSS.escape(id);
    const rows = rules.map((id) => `.decision-ground td[data-row-id="${of(id)}"] { background: var(--matched); }`);
    const cells = problems.filter((it) => it.element).map((it) => `.decision-ground [data-element-id="${of(it.element)}"]:not(tr) { box-shadow: inset 0 0 0 2px var(${it.warning ? "--found-warning" : "--found-error"}); }`);
    this.sheet.replaceSync([...rows, ...cells].join("\n"));
    this.ground.dataset.matched = rules.join(" ");
  }

  show(id) {
    const found = this.ground.querySelector(`[data-element-id="${CSS.escape(id)}"]`);
    found?.scrollIntoView({ block: "nearest", inline: "nearest" });
    found?.click();
  }
}
