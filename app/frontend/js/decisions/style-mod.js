// CodeMirror puts its styles into a <style> element, which our content security policy refuses. Here they become style sheets of the
// document that no markup can bring in: the policy has nothing against those.
import { StyleModule as Original } from "../../node_modules/style-mod/src/style-mod.js";

const sheets = new WeakMap();

export class StyleModule extends Original {
  static mount(root, modules) {
    const wanted = [modules].flat().map(sheetOf);
    const others = root.adoptedStyleSheets.filter((it) => !wanted.includes(it));
    root.adoptedStyleSheets = [...others, ...wanted];
  }
}

function sheetOf(module) {
  if (!sheets.has(module)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(module.getRules());
    sheets.set(module, sheet);
  }
  return sheets.get(module);
}
