"use strict";

// Bring the numbers of unfinished campaigns up to date until all are finished.
const SECONDS = 3;

async function refresh() {
    const answer = await fetch(window.location.href, {cache: "no-store"});
    if (!answer.ok || answer.redirected) {
        return false;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const shown of document.querySelectorAll(".campaign-progress")) {
        const fresh = page.getElementById(shown.id);
        if (fresh) {
            shown.replaceWith(fresh);
        }
    }
    return document.querySelector(".campaign-progress[data-unfinished]") !== null;
}

function refreshAfter(seconds) {
    window.setTimeout(async () => {
        const start = performance.now();
        // A shop that is away for a moment is asked again.
        const goOn = await refresh().catch(() => true);
        const took = (performance.now() - start) / 1000;
        if (goOn) {
            // Numbers that are slow to count are asked for less often.
            refreshAfter(Math.max(SECONDS, 10 * took));
        }
    }, seconds * 1000);
}

if (document.querySelector(".campaign-progress[data-unfinished]")) {
    refreshAfter(SECONDS);
}
