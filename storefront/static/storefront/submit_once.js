// A form is sent once, however often its button is clicked while the response is on its way.
document.addEventListener(
  "submit",
  (event) => {
    if (event.target.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    event.target.dataset.sent = "yes";
  },
  true,
);
// A page from the browser's cache may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
