// Adds pictures to a product while its page stays open, one after another.

const box = document.getElementById("new-pictures");
const group = document.getElementById("images-group");

const SIGNED_OUT = "You are signed out. Sign in in another tab, then try again.";
const REASONS = {
  0: "The shop cannot be reached.",
  403: "You may not add pictures, or are signed out.",
  413: "The file is too large.",
  429: "Too much at once; wait a moment.",
  503: "The pictures cannot be stored at the moment.",
};

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function say(text) {
  box?.querySelector(".uploads-said").replaceChildren(text);
}

const waiting = [];
let running = null;
let added = [];
const kept = [];
let isLeaving = false;

function uploadOf(file) {
  const state = element("span", { className: "upload-state", textContent: "Waiting" });
  const bar = element("progress", { max: 1, value: 0, ariaLabel: `Upload of ${file.name}` });
  const item = element("li", {}, element("span", { className: "upload-name", textContent: file.name }), bar, state);
  box.querySelector(".uploads").append(item);
  return { file, item, state, bar, token: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` };
}

async function fitting(upload) {
  const limit = 1024 * Number(box.dataset.kilobytes);
  if (upload.file.size <= limit) return upload.file;
  upload.state.textContent = "Making it smaller …";
  const { shrunk } = await import(box.dataset.photos);
  const made = await shrunk(upload.file, limit);
  if (made) return made.file;
  throw new Error(`It is larger than ${box.dataset.kilobytes} KB, and could not be made smaller.`);
}

function post(upload, file) {
  const body = new FormData();
  body.append("image", file);
  body.append("_submission", upload.token);
  const request = new XMLHttpRequest();
  request.open("POST", box.dataset.url);
  request.setRequestHeader("X-CSRFToken", tokenOn(document).value);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) upload.bar.value = event.loaded / event.total;
  });
  return new Promise((resolve, reject) => {
    request.addEventListener("loadend", () => {
      let told = null;
      try {
        told = JSON.parse(request.responseText);
      } catch {
        // A page: of the sign-in, or of an error.
      }
      if (request.status === 201 && told) return resolve(told.id);
      const other = request.status === 200 ? SIGNED_OUT : `It was not added (${request.status}).`;
      return reject(new Error(told?.errors?.join(" ") ?? REASONS[request.status] ?? other));
    });
    request.send(body);
  });
}

async function send(upload) {
  upload.item.classList.remove("is-refused");
  upload.item.querySelectorAll("button").forEach((button) => button.remove());
  try {
    // What was made of it is sent again as it is: the shop knows it by that.
    upload.sent ??= await fitting(upload);
    if (!box.dataset.url) return keepForForm(upload);
    upload.state.textContent = "Sending …";
    added.push(await post(upload, upload.sent));
    upload.item.remove();
  } catch (error) {
    refuse(upload, error.message);
  }
  return null;
}

function refuse(upload, reason) {
  const again = element("button", { type: "button", textContent: "Try again" });
  const drop = element("button", { type: "button", textContent: "Leave out" });
  again.addEventListener("click", async () => {
    // Whoever signed in again has another token; the form takes it, too.
    await renewToken().catch(() => null);
    enqueue([upload]);
  });
  drop.addEventListener("click", () => upload.item.remove());
  upload.state.textContent = reason;
  upload.item.classList.add("is-refused");
  upload.item.append(again, drop);
}

function enqueue(uploads) {
  waiting.push(...uploads);
  running ??= work().finally(() => (running = null));
}

async function work() {
  // One by one, so that they stay in their order.
  while (waiting.length) await send(waiting.shift());
  const keys = added;
  added = [];
  const count = keys.length;
  if (count) await showRows(keys).catch(() => location.assign("#new-pictures"));
  const refused = box.querySelectorAll(".is-refused").length;
  if (!box.dataset.url) return;
  const done = count === 1 ? "1 picture was added." : `${count} pictures were added.`;
  say(refused ? `${done} ${refused} could not be added; see above.` : done);
  if (waiting.length) await work();
}

async function currentPage() {
  const response = await fetch(location.pathname, { cache: "no-store" });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

const tokenOn = (page) => page.querySelector("form:has(#new-pictures) [name=csrfmiddlewaretoken]");

async function renewToken() {
  const found = tokenOn(await currentPage());
  if (found) tokenOn(document).value = found.value;
}

async function showRows(keys) {
  const page = await currentPage();
  const [total, initial] = ["TOTAL", "INITIAL"].map((name) => document.getElementById(`id_images-${name}_FORMS`));
  // Rows of a form that nobody has saved yet come after those that are stored.
  if (total.value !== initial.value) return;
  for (const key of keys) {
    const inputs = [...page.querySelectorAll('input[name^="images-"][name$="-id"]')];
    const found = inputs.find((input) => input.value === String(key));
    if (!found) continue;
    const from = found.name.replace(/-id$/, "");
    const row = page.getElementById(from);
    renamed(row, from, `images-${total.value}`);
    document.getElementById("images-empty").before(row);
    total.value = initial.value = Number(total.value) + 1;
  }
  // What sorts the rows takes in the new ones.
  group.dispatchEvent(new Event("rowsadded"));
}

function renamed(row, from, to) {
  for (const each of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of ["id", "name", "for", "aria-describedby"]) {
      const value = each.getAttribute(attribute);
      if (!value) continue;
      each.setAttribute(attribute, value.replace(new RegExp(`(^|id_|initial-)${from}(?=-|$)`, "g"), `$1${to}`));
    }
  }
}

// Of a product that is new the files wait for its form.
function keepForForm(upload) {
  const drop = element("button", { type: "button", textContent: "Leave out" });
  drop.addEventListener("click", () => {
    upload.item.remove();
    fillInput();
  });
  upload.bar.hidden = true;
  upload.state.textContent = "It is added once you save.";
  upload.item.append(drop);
  kept.push(upload);
  fillInput();
}

function fillInput() {
  const files = new DataTransfer();
  for (const upload of kept) if (upload.item.isConnected) files.items.add(upload.sent);
  document.getElementById("id_new_pictures").files = files.files;
}

function take(files) {
  enqueue([...files].map(uploadOf));
}

function watchForm(form) {
  let submitter = null;
  form.addEventListener(
    "submit",
    async (event) => {
      if (!running) {
        isLeaving = true;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      const isFirst = submitter === null;
      submitter = event.submitter;
      if (!isFirst) return;
      say("The page is saved once the pictures are there …");
      await running;
      const pressed = submitter;
      submitter = null;
      // Whoever goes on without a picture says so.
      if (box.querySelector(".is-refused")) say("Not saved yet: a picture was refused; see above. Save again to go on.");
      else form.requestSubmit(pressed);
    },
    true,
  );
}

const isOfFiles = (event) => event.dataTransfer?.types.includes("Files");

function takeFiles() {
  const input = document.getElementById("id_new_pictures");
  box.querySelector(".by-script").hidden = false;
  input.addEventListener("change", () => {
    const files = [...input.files];
    // The form does not send again what is sent from here.
    fillInput();
    take(files);
  });
  // A file that is dropped beside the box would be opened in place of the page, and of what was edited.
  for (const name of ["dragover", "drop"]) {
    addEventListener(name, (event) => isOfFiles(event) && event.preventDefault());
  }
  for (const area of [box, group]) {
    area.addEventListener("dragover", (event) => box.classList.toggle("is-over", isOfFiles(event)));
    area.addEventListener("dragleave", () => box.classList.remove("is-over"));
    area.addEventListener("drop", (event) => {
      box.classList.remove("is-over");
      if (isOfFiles(event)) take(event.dataTransfer.files);
    });
  }
  addEventListener("beforeunload", (event) => {
    if (!isLeaving && (running || box.querySelector(".is-refused"))) event.preventDefault();
  });
  watchForm(input.form);
}

if (box && group) takeFiles();
