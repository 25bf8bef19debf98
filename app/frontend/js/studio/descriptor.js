// The words of Crossdesk in a model, for the editor: what it knows has a type; what it does not know inside them is kept as it stands.
const text = (...names) => names.map((name) => ({ name, type: "String", isAttr: true }));
const others = { name: "values", type: "Element", isMany: true };
const word = (name, ...attributes) => ({ name, superClass: ["Element"], properties: [...text(...attributes), others] });

export default {
  name: "Crossdesk",
  uri: "urn:crossdesk:schema:1.0",
  prefix: "crossdesk",
  xml: { tagAlias: "lowerCase" },
  associations: [],
  types: [
    word("Case", "numberPrefix", "subject", "category", "owner", "visibility"),
    word("KeyField", "name", "type", "label"),
    word("Variable", "name", "type", "label"),
    word("Value", "id", "name"),
    word("CategoryName", "language", "text"),
    word("About", "language", "text"),
    word("Translation", "language", "text"),
    word("Outcome", "id", "kind", "name"),
    word("Deadline", "duration"),
    word("Fields", "default"),
    word("Field", "name", "access"),
    word("Performer", "group"),
    word("Handler", "name"),
    word("Connector", "name"),
    word("Parameter", "name", "value"),
    word("Offer", "group", "label"),
  ],
};
