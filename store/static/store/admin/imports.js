"use strict";

// Bring the progress of an import up to date, and show the whole page anew once it is done.
const SECONDS = 2;

async function refresh() {
    const answer = await fetch(window.location.href, {cache: "no-store"});
    if (!answer.ok || answer.redirected) {
        return false;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("import-work");
    if (!fresh) {
        return false;
    }
    if (!("unfinished" in fresh.dataset)) {
        window.location.reload();
        return false;
    }
    document.getElementById("import-work").replaceWith(fresh);
    return true;
}

function refreshAfter(seconds) {
    window.setTimeout(async () => {
        // A shop that is away for a moment is asked again.
        const goOn = await refresh().catch(() => true);
        if (goOn) {
            refreshAfter(SECONDS);
        }
    }, seconds * 1000);
}

if (document.querySelector("#import-work[data-unfinished]")) {
    refreshAfter(SECONDS);
}
