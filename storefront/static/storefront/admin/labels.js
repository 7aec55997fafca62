// Names what other scripts build without the name of the field that it stands for.
const $ = window.django?.jQuery;

const nameOf = (field) => field.ariaLabel || field.labels[0]?.textContent.trim().replace(/:$/, "") || field.name;

// The boxes of Select2 are named by what is chosen, which is nothing at first.
const nameBox = (select) => {
  const box = select.nextElementSibling;
  const name = nameOf(select);
  box.querySelector(".select2-search__field")?.setAttribute("aria-label", name);
  const combobox = box.querySelector(".select2-selection--single");
  if (!combobox || box.querySelector(".select2-name")) return;
  const chosen = combobox.querySelector(".select2-selection__rendered");
  const text = Object.assign(document.createElement("span"), {
    className: "select2-name",
    id: `${select.id}_name`,
    hidden: true,
    textContent: name,
  });
  box.append(text);
  combobox.setAttribute("aria-labelledby", `${text.id} ${chosen.id}`);
  chosen.setAttribute("aria-labelledby", text.id);
};
const nameBoxes = () => {
  for (const select of document.querySelectorAll(".select2-hidden-accessible")) nameBox(select);
};
const nameOpened = ({ target }) => {
  const name = nameOf(target);
  const combobox = target.nextElementSibling.querySelector("[role=combobox]");
  combobox.setAttribute("aria-controls", combobox.getAttribute("aria-owns"));
  for (const part of document.querySelectorAll(
    ".select2-container--open :is(.select2-search__field, .select2-results__options)",
  ))
    part.setAttribute("aria-label", name);
};
// A span with a name must say what it is.
const nameTips = () => {
  for (const tip of document.querySelectorAll("span.help-tooltip[aria-label]")) tip.role = "img";
};

if ($) {
  $(nameBoxes);
  $(document).on("select2:open", nameOpened);
  document.addEventListener("formset:added", nameBoxes);
}
addEventListener("load", nameTips);
