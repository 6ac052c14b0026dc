"""A reader who notes every complaint and every request of the pages visited."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

GIVEN_UP = "net::ERR_ABORTED"  # by a page that was left before; what is missing fails otherwise


class Visitor:
    """Opens pages in one browser context, whose storage they share."""

    def __init__(self, context):
        self.context = context
        self.complaints, self.requests, self.homes = [], [], []
        context.set_default_timeout(5000)
        context.on("page", self._watch)

    def _watch(self, page):
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("dialog", self._dialog)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", self._not_loaded)

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _not_loaded(self, request):
        if request.failure != GIVEN_UP:
            self.complaints.append(f"not loaded: {request.url} ({request.failure})")

    def _dialog(self, dialog):
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, output, page="report/index.html"):
        """Open a page of an output folder from the disk."""
        self.homes.append(Path(output).resolve().as_uri())
        tab = self.context.new_page()
        tab.goto((Path(output) / page).resolve().as_uri())
        return tab

    def open_served(self, server):
        """Open the report that a server of ours serves."""
        self.homes.append(server.url.removesuffix("/report/index.html"))
        tab = self.context.new_page()
        tab.goto(server.url, wait_until="networkidle")  # the server may be gone soon
        return tab

    def strays(self):
        """Return requests for anything but files of the outputs visited."""
        return [
            url
            for url in self.requests
            if urlsplit(url).scheme not in ("data", "blob")
            and not any(unquote(url).startswith(unquote(f"{home}/")) for home in self.homes)
        ]
