// Offers the stored addresses of the customer who was chosen for a new order; each fills in the fields.
"use strict";

const FIELDS = ["street", "city", "zip"];

function fieldOf(name) {
  return document.getElementById(`id_shipping_${name}`);
}

function offer(list, addresses) {
  list.replaceChildren(
    ...addresses.map((address) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.textContent = `${address.street}, ${address.zip} ${address.city}`;
      button.addEventListener("click", () => {
        for (const name of FIELDS) fieldOf(name).value = address[name];
        fieldOf("street").focus();
      });
      return button;
    }),
  );
}

async function load(customer, list) {
  // Told again where it was chosen again: of two answers the later choice counts.
  list.dataset.customer = customer;
  offer(list, []);
  if (!customer) return;
  const response = await fetch(`../addresses/?customer=${encodeURIComponent(customer)}`, {
    headers: { Accept: "application/json" },
  });
  if (!response.ok || list.dataset.customer !== customer) return;
  offer(list, (await response.json()).addresses);
}

document.addEventListener("DOMContentLoaded", () => {
  const customer = document.getElementById("id_customer");
  const street = fieldOf("street");
  if (!customer || !street) return;
  const list = document.createElement("div");
  list.className = "stored-addresses";
  list.setAttribute("role", "group");
  list.setAttribute("aria-live", "polite");
  list.setAttribute("aria-label", "Stored addresses of the customer");
  street.closest(".form-row").before(list);
  // The box to choose from is of select2, which tells jQuery alone.
  window.django.jQuery(customer).on("change", () => load(customer.value, list));
  load(customer.value, list);
});
