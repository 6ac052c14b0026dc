"use strict";

// The cohort page: rows drawn as they are needed, sorted, searched, filtered, rated.

const data = JSON.parse(document.getElementById("data").textContent);
const scans = data.rows.map((row, index) => {
  const scan = Object.fromEntries(data.columns.map((name, place) => [name, row[place]]));
  return Object.assign(scan, { index, recipe: data.recipes[scan.recipe] || "" });
});
const BATCH = 60; // rows drawn at a time
const DOTS = 4000; // dots dimmed between two frames
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const byId = (id) => document.getElementById(id);
const say = (sentence) => (byId("said").textContent = sentence);
const [table, more, bar] = [byId("scans"), byId("more"), byId("rating")];
const body = table.tBodies[0];
const groups = document.querySelectorAll("[data-group]");
const views = document.querySelectorAll("[data-view]");
const headings = table.querySelectorAll("th[data-column]");
const dots = Array.from(document.querySelectorAll("circle[data-i]"));
const drawn = new Map(); // scan -> its row
let [group, shown, chosen, dimming] = ["all", scans, null, 0];
let [column, sign] = ["", 1]; // no column: triage

function make(tag, properties, children = []) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function note([kind, code, sentence]) {
  const [words, meaning] = data.terms[code] || [code, ""];
  return make("li", { className: kind, title: meaning, textContent: sentence || words });
}

function cell(scan, { dataset: { column: name, label } }) {
  const lines = scan[name][0].map((text) => make("span", { textContent: text }));
  const element = make("td", { className: lines.length ? name : "unknown" }, lines);
  element.dataset.label = label;
  return element;
}

function rowOf(scan) {
  const row = byId("row").content.firstElementChild.cloneNode(true);
  const part = (name) => row.querySelector(`.${name}`);
  row.className = `is-${scan.group}`;
  row.dataset.index = scan.index;
  const [name, below = ""] = scan.source[0];
  part("source").textContent = name;
  part("below").textContent = below;
  part("badge").textContent = scan.status;
  part("notes").append(...scan.notes.map(note));
  part("message").textContent = scan.message;
  part("retry").hidden = !scan.retry;
  part("retry").lastElementChild.textContent = scan.retry;
  for (const [name, address] of [["open", scan.page], ["labels", scan.labels]]) {
    part(name).href = address;
    part(name).hidden = name === "labels" && !address;
  }
  if (!scan.page) {
    part("open").removeAttribute("href");
    part("open").tabIndex = 0;
  }
  part("picture").hidden = !scan.thumb;
  part("picture").src = scan.thumb;
  row.append(...Array.from(headings).slice(2).map((heading) => cell(scan, heading)));
  drawn.set(scan, row);
  mark(scan);
  return row;
}

// Show what was rated: mine, and what others said.
function mark(scan) {
  const badge = drawn.get(scan)?.querySelector(".mark");
  if (badge) {
    const own = Ratings.mine(scan);
    badge.className = `mark is-${own?.rating || "unrated"}`;
    badge.textContent = [own ? own.rating || "note" : "", ...Ratings.others(scan)].filter(Boolean).join(", ");
    badge.title = own?.note || "";
  }
}

function draw(count) {
  body.append(...shown.slice(drawn.size, drawn.size + count).map(rowOf));
  more.hidden = drawn.size >= shown.length;
}

function searched(scan) {
  if (scan.text === undefined) {
    const codes = scan.notes.flatMap(([, code, said]) => [code, (data.terms[code] || [""])[0], said]);
    const plain = [...scan.source[0], scan.id, scan.study, ...scan.kind[0], scan.status, scan.message];
    scan.text = [...plain, ...codes].join("\n").toLowerCase();
  }
  return scan.text;
}

const FILTERS = { // by the ids of their fields
  code: (scan, code) => scan.notes.some((one) => one[1] === code),
  modality: (scan, modality) => scan.modality === modality,
  study: (scan, study) => scan.study === study,
  rated: (scan, rating) => (Ratings.mine(scan)?.rating || "unrated") === rating,
};

function compare(one, other) {
  const [, ...first] = one[column];
  const [, ...second] = other[column];
  for (const place of [0, 1]) {
    const [a, b] = [first[place] ?? null, second[place] ?? null];
    const order = typeof a === "string" ? collator.compare(a, b) : a - b;
    const unknown = (a === null) - (b === null); // comes last either way
    if (unknown || order) {
      return unknown || sign * order;
    }
  }
  return one.index - other.index;
}

function update() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosenFilters = Object.entries(FILTERS).filter(([name]) => byId(name)?.value);
  shown = scans.filter(
    (scan) =>
      (group === "all" || scan.groups.includes(group)) &&
      chosenFilters.every(([name, fits]) => fits(scan, byId(name).value)) &&
      words.every((word) => searched(scan).includes(word))
  );
  byId("shown").textContent = `${shown.length} of ${scans.length} shown`;
  arrange();
  dim();
}

function arrange() {
  shown.sort(column ? compare : (one, other) => one.index - other.index);
  drawn.clear();
  body.replaceChildren();
  draw(BATCH);
}

function sortBy(name) {
  [column, sign] = [name, name === column ? -sign : 1];
  byId("order").value = name;
  for (const heading of headings) {
    const sorted = heading.dataset.column === name && name;
    heading.setAttribute("aria-sort", sorted ? (sign > 0 ? "ascending" : "descending") : "none");
  }
  arrange();
}

// Dots of scans that are filtered out are dimmed, a few thousand between two frames.
function dim() {
  const [visible, turn] = [new Set(shown.map((scan) => scan.index)), (dimming += 1)];
  const step = (from) => {
    if (turn === dimming && from < dots.length) {
      for (const dot of dots.slice(from, from + DOTS)) {
        dot.classList.toggle("dim", !visible.has(Number(dot.dataset.i)));
      }
      requestAnimationFrame(() => step(from + DOTS));
    }
  };
  requestAnimationFrame(() => step(0));
}

function choose(scan) {
  drawn.get(chosen)?.removeAttribute("aria-current");
  chosen = scan;
  drawn.get(scan).setAttribute("aria-current", "true");
  bar.hidden = false;
  bar.querySelector(".name").textContent = scan.source[0][0];
  Ratings.fill(bar, scan);
}

// Move by a number of places in what is shown, drawing further rows if need be.
function move(by) {
  const place = shown.indexOf(chosen);
  const next = shown[Math.min(Math.max(place < 0 ? 0 : place + by, 0), shown.length - 1)];
  while (next && !drawn.has(next)) {
    draw(BATCH);
  }
  drawn.get(next)?.querySelector(".open").focus();
}

function perLine() {
  const tops = Array.from(body.rows, (row) => row.offsetTop);
  return Math.max(tops.findIndex((top) => top !== tops[0]), 1);
}

function press(event) {
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perLine(), ArrowUp: -perLine() };
  const typing = event.target.closest("input, select, summary");
  const busy = typing || event.ctrlKey || event.metaKey || event.altKey;
  if (busy || (!(event.key in moves) && !chosen)) {
    return;
  }
  if (event.key in moves) {
    move(moves[event.key]);
  } else if (event.key === "n") {
    bar.querySelector("[name=note]").focus();
  } else if (!Ratings.press(event, chosen)) {
    return;
  }
  event.preventDefault();
}

function exported() {
  const href = URL.createObjectURL(new Blob([Ratings.toCsv()], { type: "text/csv" }));
  make("a", { href, download: "ratings.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

function rated(scan) {
  (scan ? [scan] : scans).forEach(mark);
  if (chosen) {
    Ratings.fill(bar, chosen);
  }
  const count = scans.filter((one) => Ratings.mine(one)?.rating).length;
  byId("count").textContent = `${count} of ${scans.length} rated`;
}

function view(name) {
  table.className = name;
  views.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.view === name)));
}

function show(name) {
  group = name;
  groups.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.group === name)));
  update();
}

function overDots(event, act) {
  const dot = event.target.closest("circle[data-i]");
  if (dot) {
    act(scans[dot.dataset.i], dot.closest("figure").querySelector("output"));
  }
}

function listen() {
  groups.forEach((one) => one.addEventListener("click", () => show(one.dataset.group)));
  views.forEach((one) => one.addEventListener("click", () => view(one.dataset.view)));
  for (const heading of headings) {
    heading.firstElementChild.addEventListener("click", () => sortBy(heading.dataset.column));
  }
  Object.keys(FILTERS).forEach((name) => byId(name)?.addEventListener("change", update));
  byId("order").addEventListener("change", () => sortBy(byId("order").value));
  byId("search").addEventListener("input", update);
  byId("export").addEventListener("click", exported);
  byId("import").addEventListener("change", async ({ target }) => {
    say(Ratings.fromCsv(await target.files[0].text()));
    target.value = "";
  });
  byId("rater").addEventListener("change", ({ target }) => Ratings.setRater(target.value.trim()));
  body.addEventListener("focusin", ({ target }) => choose(scans[target.closest("tr").dataset.index]));
  document.addEventListener("keydown", press);
  const named = (event) => overDots(event, (scan, name) => (name.textContent = scan.source[0][0]));
  const opened = (event) => overDots(event, (scan) => scan.page && location.assign(scan.page));
  byId("strips").addEventListener("pointerover", named);
  byId("strips").addEventListener("click", opened);
  const watch = new IntersectionObserver(([seen]) => {
    if (seen.isIntersecting && !more.hidden) {
      draw(BATCH);
      watch.unobserve(more); // told again if the end is still in sight
      watch.observe(more);
    }
  }, { rootMargin: "600px" });
  watch.observe(more);
  addEventListener("beforeprint", () => {
    draw(scans.length);
    body.querySelectorAll("img").forEach((image) => (image.loading = "eager"));
  });
}

Ratings.start(scans, data.ratings, say);
Ratings.onChange(rated);
byId("rater").value = Ratings.name();
if (innerWidth < 700) {
  document.querySelectorAll("#strips details").forEach((one) => (one.open = false)); // scans first
}
listen();
view("wall");
update();
rated(null);
setTimeout(() => scans.forEach(searched), 500); // so that the first search is as quick as the rest
