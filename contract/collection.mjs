/** Writes the operations of document.json as a collection for Postman: node collection.mjs <document> <collection>. */
import converter from "openapi-to-postmanv2";
import { readFileSync, writeFileSync } from "node:fs";

const [, , source, target] = process.argv;
const OPTIONS = { folderStrategy: "Tags", parametersResolution: "Example", alwaysInheritAuthentication: false };
const VARIABLES = {
  baseUrl: "http://127.0.0.1:8000",
  // Of the seed data.
  username: "customer",
  password: "Window-Shopping-7",
  access: "",
  refresh: "",
};
const TOKENS = ["access", "refresh"];
// Fields of bodies that name what an earlier request read or made.
const NAMED = { cart_id: "cart", product_id: "product", object_id: "product", collection: "collection", tag: "tag" };
const OF_SIGNING_IN = { username: "username", password: "password", refresh: "refresh" };
// What a first try goes without: the total that was shown, pages of a front-end, a second factor.
const LEFT_OUT = ["expected_total", "return_url", "cancel_url", "otp"];
const PARAMETER = /^:/;
const METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"];
const FIRST = "tokens";
const SIGN_IN = "auth/jwt/create/";
const START =
  "Sign in first, with the variables username and password: it keeps the token for the other requests. Lists keep the id of " +
  "their first row, and what is made keeps its own, for the requests that name such a row. What need not be sent is switched off.";

/** "customers, :customer_pk, addresses" is "customer_address". */
function resourceOf(path) {
  const words = path.filter((part) => part && part !== "me" && !PARAMETER.test(part)).slice(path[0] === "store" ? 1 : 0);
  return words.map((word) => word.replace(/(?<=ss)es$|s$/, "")).join("_");
}

function script(lines) {
  return [{ listen: "test", script: { type: "text/javascript", exec: lines } }];
}

/** Keeps what later requests need: the tokens, and the id of the first row that was read, or of the one that was made. */
function keeping(path, method, resources) {
  if (path[1] === "jwt" && ["create", "refresh"].includes(path[2])) {
    return script([
      "const tokens = pm.response.code === 200 ? pm.response.json() : {};",
      ...TOKENS.map((name) => `if (tokens.${name}) pm.collectionVariables.set("${name}", tokens.${name});`),
    ]);
  }
  const resource = resourceOf(path);
  if (!resources.has(resource) || PARAMETER.test(path.at(-2)) || !["GET", "POST"].includes(method)) return undefined;
  return script([
    "const body = pm.response.code < 300 ? pm.response.json() : {};",
    "const row = Array.isArray(body) ? body[0] : (body.results?.[0] ?? body);",
    `if (row?.id) pm.collectionVariables.set("${resource}", row.id);`,
  ]);
}

function refined(item, resources) {
  const { request } = item;
  const { path } = request.url;
  for (const variable of request.url.variable) {
    const place = path.indexOf(`:${variable.key}`);
    variable.value = `{{${resourceOf(path.slice(0, place))}}}`;
  }
  // For Bruno, which puts a protocol before an address that it has to build.
  request.url.raw = [...request.url.host, ...path].join("/");
  for (const each of [...request.url.query, ...request.header, ...(request.body?.formdata ?? [])]) {
    // What need not be sent is there to be chosen.
    if (each.description && !each.description.content.startsWith("(Required)")) {
      each.disabled = true;
      each.value = "";
    }
  }
  if (request.body?.mode === "raw") request.body.raw = JSON.stringify(bodyOf(request.body.raw, path), null, 2);
  // What needs no account is asked without a token, which might be too old; the rest has that of the collection.
  if (request.auth?.type !== "noauth") delete request.auth;
  const event = keeping(path, request.method, resources);
  return { name: item.name, request, ...(event && { event }) };
}

function bodyOf(text, path) {
  const names = path[1] === "jwt" ? OF_SIGNING_IN : NAMED;
  const fields = Object.entries(JSON.parse(text)).filter(([name]) => !LEFT_OUT.includes(name));
  return Object.fromEntries(fields.map(([name, value]) => [name, names[name] ? `{{${names[name]}}}` : value]));
}

function requestsOf(folder) {
  return folder.item.flatMap((each) => (each.item ? requestsOf(each) : [each]));
}

/** Orders the requests of a folder as somebody would try them: signs in, reads, makes, changes, deletes; those of a row last. */
function inOrder(requests) {
  const rank = ({ request: { method, url } }) =>
    url.path.join("/") === SIGN_IN ? -1 : METHODS.indexOf(method) + url.variable.length / 10;
  return requests.toSorted((one, other) => rank(one) - rank(other));
}

converter.convertV2({ type: "string", data: readFileSync(source, "utf8") }, OPTIONS, (error, result) => {
  if (error || !result.result) throw error ?? new Error(result.reason);
  const { info, item: tags } = result.output[0].data;
  // What everything else needs comes first.
  const folders = tags.toSorted((one, other) => (other.name === FIRST) - (one.name === FIRST));
  const paths = folders.flatMap(requestsOf).map(({ request }) => request.url.path);
  const resources = new Set(paths.filter((path) => PARAMETER.test(path.at(-2))).map((path) => resourceOf(path)));
  const variables = { ...VARIABLES, ...Object.fromEntries([...resources].map((name) => [name, "1"])) };
  const collection = {
    info: { name: info.name, description: START, schema: info.schema },
    auth: { type: "bearer", bearer: [{ key: "token", value: "{{access}}", type: "string" }] },
    variable: Object.entries(variables).map(([key, value]) => ({ key, value })),
    item: folders.map((folder) => ({
      name: folder.name,
      description: folder.description,
      item: inOrder(requestsOf(folder)).map((each) => refined(each, resources)),
    })),
  };
  writeFileSync(target, `${JSON.stringify(collection, null, 1)}\n`);
});
