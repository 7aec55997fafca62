// "/" leads to the search, as long as nobody is typing.
const search = document.querySelector("#shop-search [name=q]");
const TYPING = "input, textarea, select, [contenteditable], [role=textbox], dialog";
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!search || event.target.closest(TYPING)) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// What scrolls sideways is reached by the keyboard, too.
const scrolling = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const box of document.querySelectorAll(".results, .inline-group, .order-list")) {
  box.setAttribute("role", "group");
  if (!box.hasAttribute("aria-label") && !box.hasAttribute("aria-labelledby")) {
    box.setAttribute("aria-label", "Table");
  }
  scrolling.observe(box);
}
