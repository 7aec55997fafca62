// Sorts the pictures of a product by drag, and by buttons for the keyboard; saved with the form.

const group = document.getElementById("images-group");

const positionOf = (row) => row.querySelector('[name^="images-"][name$="-position"]');
const rowOf = (input) => document.getElementById(input.name.replace(/-id$/, "")) ?? input.closest("tr");

function rows() {
  const keys = group.querySelectorAll('input[name^="images-"][name$="-id"]');
  return [...keys].filter((key) => key.value).map(rowOf).filter(positionOf);
}

function renumber() {
  const sorted = rows();
  let values = sorted.map((row) => Number(positionOf(row).value || NaN)).sort((a, b) => a - b);
  // As few as can be change: somebody else may sort the same pictures.
  if (new Set(values).size < values.length || values.some(Number.isNaN)) values = [...values.keys()];
  sorted.forEach((row, place) => {
    const input = positionOf(row);
    if (Number(input.value || NaN) === values[place]) return;
    input.value = values[place];
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  nameButtons();
}

function nameButtons() {
  const all = rows();
  all.forEach((row, place) => {
    const [up, down] = row.querySelectorAll(".picture-order button");
    up.disabled = place === 0;
    down.disabled = place === all.length - 1;
    up.ariaLabel = `Move picture ${place + 1} of ${all.length} up`;
    down.ariaLabel = `Move picture ${place + 1} of ${all.length} down`;
  });
}

function move(row, step) {
  const all = rows();
  const other = all[all.indexOf(row) + step];
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
  renumber();
  const [up, down] = row.querySelectorAll(".picture-order button");
  const [pressed, back] = step < 0 ? [up, down] : [down, up];
  (pressed.disabled ? back : pressed).focus();
  const said = document.querySelector("#new-pictures .uploads-said");
  said?.replaceChildren(`Now picture ${rows().indexOf(row) + 1} of ${all.length}. Save to keep the order.`);
}

function button(textContent) {
  return Object.assign(document.createElement("button"), { type: "button", textContent });
}

let dragged = null;

function sortable(row) {
  const up = button("↑");
  const down = button("↓");
  const handle = document.createElement("span");
  Object.assign(handle, { className: "handle", draggable: true, textContent: "⠿", title: "Drag" });
  handle.ariaHidden = "true";
  up.addEventListener("click", () => move(row, -1));
  down.addEventListener("click", () => move(row, 1));
  handle.addEventListener("dragstart", (event) => {
    dragged = row;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    event.dataTransfer.setDragImage(row, 0, 0);
  });
  handle.addEventListener("dragend", () => {
    dragged = null;
    renumber();
  });
  row.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    if (dragged === row) return;
    const { top, height } = row.getBoundingClientRect();
    if (event.clientY < top + height / 2) row.before(dragged);
    else row.after(dragged);
  });
  row.addEventListener("drop", (event) => dragged && event.preventDefault());
  const input = positionOf(row);
  input.classList.add("sorted-by-hand");
  const controls = document.createElement("span");
  controls.className = "picture-order";
  controls.append(handle, up, down);
  input.after(controls);
}

function takeRows() {
  for (const row of rows()) if (!row.querySelector(".picture-order")) sortable(row);
  nameButtons();
}

if (group) {
  takeRows();
  group.addEventListener("rowsadded", takeRows);
}
