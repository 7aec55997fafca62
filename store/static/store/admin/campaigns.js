"use strict";

// Bring the numbers of unfinished campaigns up to date until all are finished.
const SECONDS = 3;

async function refresh() {
    const answer = await fetch(window.location.href, {cache: "no-store"});
    if (!answer.ok || answer.redirected) {
        return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const shown of document.querySelectorAll(".campaign-progress")) {
        const fresh = page.getElementById(shown.id);
        if (fresh) {
            shown.replaceWith(fresh);
        }
    }
    refreshLater();
}

function refreshLater() {
    if (document.querySelector(".campaign-progress[data-unfinished]")) {
        window.setTimeout(() => refresh().catch(refreshLater), SECONDS * 1000);
    }
}

refreshLater();
