"use strict";

// Signs in, and gives Swagger UI the access token as its button Authorize would.
const form = document.getElementById("sign-in");
const told = form.querySelector("output");

// The document, which names the scheme, may still be on its way.
const documentLoaded = () =>
  new Promise((resolve) => {
    const look = () => (ui.specSelectors.specJson().size ? resolve() : setTimeout(look, 50));
    look();
  });

const signIn = async (body) => {
  told.value = "Signing in ...";
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const response = await fetch(form.action, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) {
    told.value = answer.detail || Object.values(answer).flat().join(" ");
    return;
  }
  await documentLoaded();
  ui.preauthorizeApiKey(form.dataset.scheme, answer.access);
  told.value = `Signed in as ${body.username}.`;
};

const tell = () => {
  told.value = "The shop did not answer.";
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const sent = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
  signIn(sent).catch(tell);
});

for (const button of document.querySelectorAll(".accounts button")) {
  const { username, password } = button.dataset;
  button.addEventListener("click", () => signIn({ username, password }).catch(tell));
}
