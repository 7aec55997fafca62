import { Refusal, Shop } from "./api.js";
import { shrunk } from "./photos.js";

const SEARCH_PAUSE = 250; // milliseconds of not typing
const DEFAULT_SHOP = "http://localhost:8000";
const DEFAULT_LIMIT = 500; // KB; the shop's STORE_IMAGE_KILOBYTES

const address = new URLSearchParams(location.search);
const limit = 1024 * (Number(address.get("limit")) || DEFAULT_LIMIT);

const find = (id) => document.getElementById(id);

function bytes(size) {
  if (size < 1024) return `${size} bytes`;
  return size < 1024 * 1024 ? `${Math.round(size / 1024)} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}

// The token lives in here: a reload signs out, and no other page can read it.
// Of a chosen file that is too large, `file` is what was made of it, null while that takes.
const state = { shop: null, product: null, chosen: null, file: null, sending: null, searching: null };

function say(message, isRefusal = false) {
  const [shown, other] = isRefusal ? ["refusal", "success"] : ["success", "refusal"];
  find(other).hidden = true;
  find(shown).textContent = message;
  find(shown).hidden = !message;
  if (isRefusal) find(shown).focus();
}

function refuse(error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message, true);
}

// Signing in and out

async function signIn(event) {
  event.preventDefault();
  const { username, password, api } = event.target.elements;
  const button = event.target.querySelector("button");
  button.disabled = true;
  try {
    const shop = new Shop(api.value);
    await shop.signIn(username.value, password.value);
    say("");
    enter(shop, username.value);
  } catch (error) {
    if (error instanceof TypeError) say("The address of the shop is no web address.", true);
    else if (error.status === 401) say("Wrong user name or password.", true);
    else refuse(error);
  } finally {
    password.value = "";
    button.disabled = false;
  }
}

function enter(shop, username) {
  const isOther = state.shop?.address !== shop.address;
  state.shop = shop;
  find("who").textContent = username;
  find("sign-in").hidden = true;
  find("account").hidden = find("upload").hidden = false;
  if (isOther) {
    pickProduct(null);
    search();
  }
  // Whoever signs in again goes on where the token ran out.
  find(isOther ? "search" : "send").focus();
}

function leave() {
  state.sending?.abort();
  if (state.shop) state.shop.token = null;
  find("account").hidden = find("upload").hidden = true;
  find("sign-in").hidden = false;
  find(find("username").value ? "password" : "username").focus();
}

function signOut() {
  say("");
  leave();
  state.shop = null;
  pickProduct(null);
  pickFile(null);
  find("sign-in").elements.username.value = "";
}

// Choosing a product

let pause = null;

function searchSoon() {
  clearTimeout(pause);
  pause = setTimeout(search, SEARCH_PAUSE);
}

async function search() {
  state.searching?.abort();
  const searching = (state.searching = new AbortController());
  try {
    const page = await state.shop.findProducts(find("search").value, searching.signal);
    showProducts(page);
  } catch (error) {
    // A later search has taken its place.
    if (error.name !== "AbortError") refuse(error);
  }
}

function showProducts({ count, results }) {
  find("products").replaceChildren(...results.map(productChoice));
  const more = count > results.length ? ` of ${count.toLocaleString()}; search for more` : "";
  find("found").textContent = count ? `${results.length} shown${more}.` : "No product fits.";
}

function productChoice(product) {
  const radio = document.createElement("input");
  Object.assign(radio, { type: "radio", name: "product", value: product.id });
  radio.checked = product.id === state.product?.id;
  radio.addEventListener("change", () => pickProduct(product));
  const label = document.createElement("label");
  const title = document.createElement("span");
  title.textContent = product.title;
  label.append(radio, title);
  return label;
}

function pickProduct(product) {
  state.product = product;
  find("gallery").hidden = true;
  if (product) showGallery(product);
  refresh();
}

async function showGallery(product, added = null) {
  try {
    const pictures = await state.shop.pictures(product);
    if (product !== state.product) return;
    find("pictures").replaceChildren(...pictures.map((picture) => galleryItem(picture, added)));
    const number = pictures.length === 1 ? "1 picture" : `${pictures.length || "No"} pictures`;
    find("gallery-title").textContent = `${number} of ${product.title}`;
    find("gallery").hidden = false;
  } catch (error) {
    refuse(error);
  }
}

function galleryItem(picture, added) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  const isNew = picture.id === added?.id;
  const { small } = picture.sizes;
  image.src = small ? small.webp : picture.image;
  image.alt = picture.alt || (isNew ? "The picture just added" : `Picture ${picture.id}`);
  item.append(image);
  item.classList.toggle("new", isNew);
  return item;
}

// Choosing a picture

async function pickFile(file) {
  state.chosen = file;
  find("file").value = "";
  // Whoever chooses another file may have described it already.
  if (!file) find("alt").value = "";
  find("shrunk").textContent = "";
  if (file?.size > limit) {
    showFile(null, `${file.name} (${bytes(file.size)}): it is made smaller …`);
    const smaller = await shrunk(file, limit);
    // Another one may have been chosen, or the person signed out.
    if (file !== state.chosen) return;
    if (smaller) tellShrunk(file, smaller);
    // What cannot be made smaller is sent as it is: the shop tells what is wrong with it.
    file = smaller?.file ?? file;
  }
  showFile(file, file ? `${file.name} (${bytes(file.size)})` : "Choose a picture, or drop one here");
}

function showFile(file, prompt) {
  const preview = find("preview");
  if (preview.src) URL.revokeObjectURL(preview.src);
  preview.removeAttribute("src");
  preview.hidden = true;
  state.file = file;
  if (file) preview.src = URL.createObjectURL(file);
  find("prompt").textContent = prompt;
  refresh();
}

function tellShrunk(file, { file: smaller, width, height }) {
  const animation = file.type === "image/gif" ? " Of an animation it keeps the first frame only." : "";
  find("shrunk").textContent =
    `${file.name} has ${bytes(file.size)}; the shop takes ${bytes(limit)}. This page has made a smaller copy ` +
    `of ${width} × ${height} pixels and ${bytes(smaller.size)}, which is sent instead.${animation} ` +
    "Your own file stays as it is.";
}

function showPreview() {
  find("preview").alt = `Preview of ${state.file.name}`;
  find("preview").hidden = false;
}

function lackPreview() {
  if (state.file) find("prompt").textContent = `${state.file.name}: no preview, is it a picture?`;
}

function dragged(event) {
  event.preventDefault();
  find("drop").classList.toggle("over", event.type === "dragover");
  const file = event.type === "drop" && event.dataTransfer.files[0];
  if (file && !state.sending) pickFile(file);
}

// Sending

function refresh() {
  const { product, chosen, file, sending } = state;
  find("send").disabled = !product || !file || Boolean(sending);
  find("cancel").hidden = find("progress").hidden = !sending;
  for (const id of ["file", "alt", "search", "products"]) find(id).disabled = Boolean(sending);
  const isShrinking = chosen && !file;
  const missing = [product ? "" : "a product", chosen ? "" : "a picture"].filter(Boolean).join(" and ");
  find("summary").textContent = missing
    ? `Choose ${missing} first.`
    : isShrinking
      ? "One moment …"
      : `${file.name} goes to ${product.title}.`;
}

function showProgress(part) {
  const percent = Math.round(part * 100);
  find("bar").value = percent;
  find("percent").textContent = percent < 100 ? `${percent} %` : "Sent; the shop is looking at it …";
}

async function send(event) {
  event.preventDefault();
  const { shop, product, file } = state;
  if (!product || !file || state.sending) return;
  state.sending = new AbortController();
  say("");
  showProgress(0);
  refresh();
  try {
    const { signal } = state.sending;
    const options = { alt: find("alt").value.trim(), onProgress: showProgress, signal };
    const picture = await shop.addPicture(product, file, options);
    say(`${file.name} is now a picture of ${product.title}.`);
    pickFile(null);
    showGallery(product, picture);
  } catch (error) {
    if (error.status === 401) expire();
    else refuse(error);
  } finally {
    state.sending = null;
    refresh();
  }
}

function expire() {
  leave();
  say("Your session has ended. Sign in again; your product and picture are still chosen.", true);
}

find("api").value = address.get("api") ?? DEFAULT_SHOP;
find("limit").textContent = bytes(limit);
find("sign-in").addEventListener("submit", signIn);
find("sign-out").addEventListener("click", signOut);
find("search").addEventListener("input", searchSoon);
find("file").addEventListener("change", ({ target }) => target.files[0] && pickFile(target.files[0]));
find("preview").addEventListener("load", showPreview);
find("preview").addEventListener("error", lackPreview);
for (const type of ["dragover", "dragleave", "drop"]) find("drop").addEventListener(type, dragged);
// A picture that misses its place must not replace the page.
for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());
find("cancel").addEventListener("click", () => state.sending?.abort());
find("upload").addEventListener("submit", send);
