// Asks before a page is left on which somebody has typed what is not saved yet.
const FORMS = "body:is(.change-form, .change-list) #content-main form[method=post]";
// What a form sends beside what people type: the token, what was shown, and the rows chosen for an action.
const UNTYPED = /^(csrfmiddlewaretoken|_submission|_selected_action|action|select_across|initial-.*|.*-initial-.*)$/;

const typedIn = (form) => {
  const typed = [];
  for (const [name, value] of new FormData(form)) {
    // The box on the left of two holds what is not chosen.
    if (UNTYPED.test(name) || form.elements[name]?.matches?.("select.filtered")) continue;
    typed.push([name, value instanceof File ? [value.name, value.size] : value]);
  }
  for (const chosen of form.querySelectorAll("select.filtered[id$=_to]"))
    typed.push([chosen.name, [...chosen.options].map(({ value }) => value).sort()]);
  return JSON.stringify(typed);
};

// What each form held when it came from the server; of one that was refused, nothing is saved.
const shown = new Map();
let isSent = false;

const isEdited = (form) => shown.get(form) !== typedIn(form);
const isRefused = (form) => document.querySelector("#content-main > .errornote") || form.querySelector(".errornote, .errorlist");

addEventListener("load", () => {
  for (const form of document.querySelectorAll(FORMS)) {
    shown.set(form, isRefused(form) ? null : typedIn(form));
  }
});
// A submission that another script has stopped leaves nothing.
addEventListener("submit", ({ target, defaultPrevented }) => {
  if (shown.has(target)) isSent = !defaultPrevented;
});
// What is typed afterwards is not on its way: the answer was a file, or the page came back from the browser's cache.
for (const name of ["input", "pageshow"])
  addEventListener(name, () => {
    isSent = false;
  });
addEventListener("beforeunload", (event) => {
  if (isSent || ![...shown.keys()].some(isEdited)) return;
  event.preventDefault();
  // For browsers of before 2024.
  event.returnValue = true;
});
