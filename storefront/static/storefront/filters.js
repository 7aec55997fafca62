// The forms of the filters go together: what one of them does not ask for stays as it is, on the first page.
const PAGES = ["page", "start"];
const filters = document.getElementById("filtersModal");
filters?.addEventListener("submit", ({ target: form }) => {
  const own = new Set([...form.elements].map(({ name }) => name));
  for (const [name, value] of new URLSearchParams(location.search)) {
    // A box shows the first of several values; the others stay beside it.
    if (PAGES.includes(name) || own.delete(name)) continue;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  for (const field of form.elements) field.disabled = !field.value;
});
// A page from the browser's cache may be asked again.
addEventListener("pageshow", () => {
  for (const field of filters?.querySelectorAll(":disabled") ?? []) field.disabled = false;
});
