"""axe-core in a browser: what of a page somebody could not see, hear or press."""

from typing import Any, NamedTuple

from selenium.webdriver import Chrome

from .services import AXE

# What fails; the other impacts are "minor" and "moderate".
FAILING = ("serious", "critical")
LIGHT, DARK = "light", "dark"
# Colours are all that differs in the dark.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
# A colour that is on its way to another one is neither of them.
STILL = """;{
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets.push(sheet);
}"""
RUN = """
    const [rules, done] = arguments;
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    const runOnly = rules && {type: "rule", values: rules};
    // Without `preload`, which fetches every style sheet anew for a single rule.
    axe.run({resultTypes: ["violations"], preload: false, ...(runOnly && {runOnly})}).then(
        ({violations}) => done(violations.map(({id, impact, nodes}) => ({
            id, impact, nodes: nodes.map(({target, failureSummary}) => [String(target), failureSummary]),
        }))),
        (error) => done(String(error)),
    );
"""


class Finding(NamedTuple):
    page: str
    scheme: str
    rule: str
    impact: str
    # The selector of each element, and what is wrong with it.
    nodes: list[tuple[str, str]]

    def __str__(self) -> str:
        selector, wrong = self.nodes[0]
        summary = " ".join(wrong.split())
        return (
            f"{self.page} ({self.scheme}): {self.rule}, {len(self.nodes)} x {selector}: {summary}"
        )


class Judge:
    """Runs axe on each page that its browser shows, and keeps what fails."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser
        self.findings: list[Finding] = []
        script = {"source": AXE.read_text() + STILL}
        self.added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)

    def judge(self, page: str, *, is_phone: bool = False) -> None:
        """Judge the page that is shown, in the light and in the dark."""
        self.run(page, LIGHT)
        self.prefer(DARK)
        self.run(page, DARK, COLOUR_RULES)
        self.prefer(LIGHT)
        if is_phone:
            self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
            self.run(f"{page}, phone", LIGHT)
            self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def run(self, page: str, scheme: str, rules: list[str] | None = None) -> None:
        found: Any = self.browser.execute_async_script(RUN, rules)
        assert isinstance(found, list), f"{page}: {found}"
        self.findings += [
            Finding(page, scheme, each["id"], each["impact"], each["nodes"])
            for each in found
            if each["impact"] in FAILING
        ]

    def prefer(self, scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def leave(self) -> None:
        """Let the browser be as it was."""
        self.browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", self.added)
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
