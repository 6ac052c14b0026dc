"use strict";

// One scan: slices of its planes with layers over them, all blended by the browser; its rating.
// Greys are codes, which the filter #window turns into the grey of the window chosen. A layer's
// masks are the colours of a sheet, which the filters #fill-N and #contour-N turn into its own.

const { scan, ratings, viewer } = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const [MOST_ZOOM, SHARP_FROM] = [16, 4]; // from so many screen pixels on, pixels are blocks

// Map codes to greys: by the scan's own curve, if it has one, as long as its own window is shown.
function showWindow() {
  const [level, width] = [byId("level").valueAsNumber, byId("width").valueAsNumber];
  if (!Number.isFinite(level) || !(width > 0)) {
    return;
  }
  const own = byId("preset").selectedIndex === 0 && viewer.curved;
  const shares = viewer.natives.map((native) => clamp((native - level) / width + 0.5, 0, 1));
  const whites = own || (viewer.inverted ? shares.map((share) => 1 - share) : shares);
  const outside = Array(viewer.outside).fill(0);
  const table = [...outside, ...whites.map((white) => white.toFixed(4))].join(" ");
  all("#window feComponentTransfer > *").forEach((one) => one.setAttribute("tableValues", table));
}

function choosePreset() {
  const { level, width } = byId("preset").selectedOptions[0].dataset;
  [byId("level").value, byId("width").value] = [level, width];
  showWindow();
}

function nextPreset() {
  const list = byId("preset");
  list.selectedIndex = (list.selectedIndex + 1) % (list.length - 1); // the last is one's own
  choosePreset();
}

function ownWindow() {
  byId("preset").selectedIndex = byId("preset").length - 1;
  showWindow();
}

class Pane {
  constructor(figure, plane) {
    [this.figure, this.plane] = [figure, plane];
    [this.zoom, this.x, this.y, this.at] = [1, 0, 0, Math.floor(plane.count / 2)];
    this.stage = figure.querySelector(".stage");
    this.scrubber = figure.querySelector(".scrub");
    this.frame = figure.querySelector(".frame");
    this.layer(plane.sheets[0], "grey");
    this.layers = viewer.layers.map((layer) => this.layer(plane.sheets[1 + layer.sheet], "mask"));
    figure.style.setProperty("--shape", plane.shape);
    this.listen();
    this.show(this.at);
  }

  // A box that shows one cell of a sheet; the cell's margin lies outside the frame.
  layer(address, kind) {
    const box = document.createElement("div");
    box.className = kind;
    const { inset, size: backgroundSize } = this.plane;
    Object.assign(box.style, { inset, backgroundSize, backgroundImage: `url("${address}")` });
    this.frame.append(box);
    return box;
  }

  show(at) {
    const { count, places, captions } = this.plane;
    this.at = clamp(at, 0, count - 1);
    for (const box of this.frame.children) {
      box.style.backgroundPosition = places[this.at];
    }
    this.figure.querySelector("output").textContent = captions[this.at];
    if (this.scrubber) {
      this.scrubber.value = this.at;
      this.scrubber.setAttribute("aria-valuetext", captions[this.at]);
    }
  }

  // Zoom about a point of the stage, given as shares of it; x and y are where the frame begins.
  zoomTo(zoom, [u, v] = [0.5, 0.5]) {
    const next = clamp(zoom, 1, MOST_ZOOM);
    this.move(u - ((u - this.x) * next) / this.zoom, v - ((v - this.y) * next) / this.zoom, next);
  }

  move(x, y, zoom = this.zoom) {
    [this.zoom, this.x, this.y] = [zoom, clamp(x, 1 - zoom, 0), clamp(y, 1 - zoom, 0)];
    const [size, left, top] = [this.zoom, this.x, this.y].map((share) => `${100 * share}%`);
    Object.assign(this.frame.style, { width: size, height: size, left, top });
    const scale = (this.stage.clientWidth * zoom) / this.plane.wide;
    this.frame.classList.toggle("sharp", scale >= SHARP_FROM);
  }

  wheel(event) {
    event.preventDefault();
    if (this.plane.count > 1 && !event.ctrlKey) {
      return this.show(this.at + Math.sign(event.deltaY));
    }
    const box = this.stage.getBoundingClientRect();
    const about = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return this.zoomTo(this.zoom * (event.deltaY < 0 ? 1.25 : 0.8), about);
  }

  listen() {
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.stage.addEventListener("pointermove", ({ buttons, movementX, movementY }) => {
      const { clientWidth, clientHeight } = this.stage;
      const by = buttons & 1; // of the first button
      this.move(this.x + (by * movementX) / clientWidth, this.y + (by * movementY) / clientHeight);
    });
    this.figure.addEventListener("pointerenter", () => (active = this));
    this.figure.addEventListener("focusin", () => (active = this));
    this.scrubber?.addEventListener("input", () => this.show(this.scrubber.valueAsNumber));
    this.figure.querySelector(".enlarge")?.addEventListener("click", ({ target }) => {
      const large = this.figure.classList.toggle("large");
      target.setAttribute("aria-pressed", String(large));
      this.move(this.x, this.y);
    });
  }
}

function showLayers() {
  all(".layers li").forEach((row, n) => {
    const [shown, opacity, style] = [".shown", ".opacity", ".style"].map((one) => row.querySelector(one));
    for (const pane of panes) {
      const look = pane.layers[n].style;
      look.visibility = shown.checked ? "visible" : "hidden";
      look.opacity = opacity.value;
      look.filter = `url(#${style.value}-${n})`;
    }
  });
}

function toggleLayers() {
  const boxes = all(".layers .shown");
  const on = boxes.some((box) => box.checked);
  for (const box of boxes) {
    box.dataset.before = on ? box.checked : box.dataset.before;
    box.checked = !on && box.dataset.before === "true";
  }
  showLayers();
}

function toggleStyles() {
  const lists = all(".layers .style");
  const filled = lists.some((list) => list.value === "fill");
  lists.forEach((list) => (list.value = filled ? "contour" : "fill"));
  showLayers();
}

function zoom(how) {
  const pixelForPixel = active.plane.wide / active.stage.clientWidth;
  active.zoomTo({ "+": active.zoom * 1.25, "-": active.zoom * 0.8, 1: pixelForPixel, fit: 1 }[how]);
}

const KEYS = {
  ArrowUp: () => active.show(active.at - 1),
  ArrowDown: () => active.show(active.at + 1),
  "+": zoom,
  "-": zoom,
  l: toggleLayers,
  o: toggleStyles,
  w: nextPreset,
};

function press(event) {
  const busy = event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select");
  if (Ratings.press(event, scan) || busy) {
    return;
  }
  const link = document.querySelector({ ArrowLeft: "[rel=prev]", ArrowRight: "[rel=next]" }[event.key] || "none");
  if (link) {
    location.assign(link.href);
  } else if (event.key === "n") {
    event.preventDefault();
    byId("rating").querySelector("[name=note]").focus();
  } else if (viewer && KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key](event.key);
  }
}

function rated() {
  Ratings.fill(byId("rating"), scan);
  const { rating = "" } = Ratings.mine(scan) || {};
  const mark = document.querySelector("header .mark");
  [mark.textContent, mark.className] = [rating, `mark is-${rating}`];
}

let active = null;
let panes = [];
if (viewer) {
  byId("viewer").hidden = false;
  panes = all(".pane").map((figure, n) => new Pane(figure, viewer.planes[n]));
  [active] = panes;
  all(".layers input, .layers select").forEach((one) => one.addEventListener("input", showLayers));
  byId("preset").addEventListener("change", choosePreset);
  all("#level, #width").forEach((one) => one.addEventListener("input", ownWindow));
  all("[data-zoom]").forEach((one) => one.addEventListener("click", () => zoom(one.dataset.zoom)));
  choosePreset();
  showLayers();
}
Ratings.start([scan], ratings, (sentence) => (byId("said").textContent = sentence));
Ratings.onChange(rated);
byId("rater").value = Ratings.name();
byId("rater").addEventListener("change", ({ target }) => Ratings.setRater(target.value.trim()));
document.addEventListener("keydown", press);
rated();
