"use strict";

// Sorting by the headings, showing one group only, searching. Without this file the page is whole.

const table = document.getElementById("scans");
const body = table ? table.tBodies[0] : null;
const rows = body ? Array.from(body.rows) : [];
const texts = rows.map((row) => row.textContent.toLowerCase());
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
let group = "all";

function number(text) {
  return text === undefined || text === "" ? null : Number(text);
}

function compareNumbers(one, other, sign) {
  if (one === null || other === null) {
    return (one === null) - (other === null); // the unknown comes last either way
  }
  return sign * (one - other);
}

// A row without a result has no cells for figures: it compares as unknown.
function keys(row, column) {
  return row.cells[column] ? row.cells[column].dataset : { sort: "", then: "" };
}

function compareRows(first, second, column, by, sign) {
  const one = keys(first, column);
  const other = keys(second, column);
  if (by === "text") {
    return sign * collator.compare(one.sort, other.sort);
  }
  return (
    compareNumbers(number(one.sort), number(other.sort), sign) ||
    compareNumbers(number(one.then), number(other.then), sign)
  );
}

function sortBy(heading) {
  const falling = heading.getAttribute("aria-sort") === "ascending";
  const sign = falling ? -1 : 1;
  const column = heading.cellIndex;
  for (const other of table.tHead.rows[0].cells) {
    other.removeAttribute("aria-sort");
  }
  heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const sorted = rows.slice().sort((one, other) =>
    compareRows(one, other, column, heading.dataset.by, sign)
  );
  body.append(...sorted);
}

function makeSortable(heading) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...heading.childNodes);
  button.addEventListener("click", () => sortBy(heading));
  heading.append(button);
}

function show() {
  const words = document.getElementById("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  rows.forEach((row, index) => {
    const inGroup = group === "all" || row.dataset.groups.split(" ").includes(group);
    row.hidden = !(inGroup && words.every((word) => texts[index].includes(word)));
    count += row.hidden ? 0 : 1;
  });
  document.getElementById("shown").textContent =
    count === rows.length ? `${count} shown` : `${count} of ${rows.length} shown`;
}

function choose(button, buttons) {
  group = button.dataset.filter;
  for (const other of buttons) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  show();
}

function start() {
  const buttons = Array.from(document.querySelectorAll("button[data-filter]"));
  for (const button of buttons) {
    button.addEventListener("click", () => choose(button, buttons));
  }
  for (const heading of table.querySelectorAll("th[data-by]")) {
    makeSortable(heading);
  }
  document.getElementById("search").addEventListener("input", show);
  document.querySelector(".tools").hidden = false;
  show();
}

if (table) {
  start();
}
