// Bundles the islands and the style sheet into app/static/dist, with hashed names and a manifest from plain to hashed names.
// The XML schemas of DMN 1.2 to 1.5 are put beside them: deployed decision tables are validated against them.
import { cp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "..", "static", "dist");

await rm(out, { recursive: true, force: true });
const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints: { page: "js/page.js", "page-style": "css/page.css", "studio-style": "css/studio.css", "decisions-style": "css/decisions.css" },
  outdir: out,
  bundle: true,
  format: "esm",
  splitting: true,
  minify: true,
  sourcemap: false,
  metafile: true,
  target: "es2022",
  supported: { nesting: true },
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".woff": "file", ".ttf": "file", ".eot": "file", ".svg": "dataurl" },
  alias: { "style-mod": "./js/decisions/style-mod.js" }, // styles that scripts make, as our content security policy allows them
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "linked",
  logLevel: "warning",
});

const manifest = {};
for (const [file, output] of Object.entries(result.metafile.outputs)) {
  if (output.entryPoint === "js/page.js") manifest["page.js"] = path.basename(file);
  if (output.entryPoint === "css/page.css") manifest["page.css"] = path.basename(file);
  if (output.entryPoint === "css/studio.css") manifest["studio.css"] = path.basename(file);
  if (output.entryPoint === "css/decisions.css") manifest["decisions.css"] = path.basename(file);
}
await writeFile(path.join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

const schemas = path.join(here, "node_modules", "@kie-tools", "dmn-marshaller", "src", "schemas");
for (const version of ["dmn-1_2", "dmn-1_3", "dmn-1_4", "dmn-1_5"]) {
  const isSchema = (file) => file.endsWith(version) || file.endsWith(".xsd");
  await cp(path.join(schemas, version), path.join(out, "schemas", version), { recursive: true, filter: isSchema });
}
