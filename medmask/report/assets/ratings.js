"use strict";

// Ratings: kept in this browser by the content of scan and recipe, or sent to `medmask serve`;
// exported and imported as CSV. A scan here is {id, key, recipe, inputs}: see report/finding.py.

const Ratings = (() => {
  const KEYS = { 0: "", 1: "pass", 2: "doubtful", 3: "fail" };
  const COLUMNS = ["scan_id", "rating", "note", "rater", "time", "recipe_sha256", "inputs_sha256"];
  const said = new Map(); // key of a scan -> [{rater, rating, note, time}], one a rater
  const listeners = [];
  let [scans, rater, server] = [[], "", ""];
  let say = () => {}; // shows a sentence to the reader

  function stored(name) {
    try {
      return localStorage.getItem(`medmask/${name}`);
    } catch {
      return null;
    }
  }

  function store(name, text) {
    try {
      localStorage.setItem(`medmask/${name}`, text);
    } catch {
      say("This browser keeps nothing: export the ratings before you leave.");
    }
  }

  function storedEntries(scan) {
    try {
      const entries = JSON.parse(stored(scan.key));
      return Array.isArray(entries) ? entries : [];
    } catch {
      return [];
    }
  }

  const entries = (scan) => said.get(scan.key) || [];
  const changed = (scan) => listeners.forEach((listener) => listener(scan));

  // Keep the newest of what each rater says of a scan.
  function put(scan, row) {
    const text = (name) => (typeof row[name] === "string" ? row[name] : "");
    const entry = { rater: text("rater"), rating: text("rating"), note: text("note"), time: text("time") };
    const before = entries(scan).find((other) => other.rater === entry.rater);
    if (!before || before.time <= entry.time) {
      said.set(scan.key, [...entries(scan).filter((other) => other !== before), entry]);
    }
  }

  // Take rows of a table; those with other digests were said of other bytes or another recipe.
  function take(rows) {
    const byId = new Map(scans.map((scan) => [scan.id, scan]));
    const same = (told, digest) => !told || told === digest;
    const ours = rows.filter((row) => {
      const scan = byId.get(row.scan_id);
      const here = scan && same(row.recipe_sha256, scan.recipe) && same(row.inputs_sha256, scan.inputs);
      return here && Object.values(KEYS).includes(row.rating);
    });
    ours.forEach((row) => put(byId.get(row.scan_id), row));
    return ours.length;
  }

  function mine(scan) {
    return entries(scan).find((entry) => entry.rater === rater && (entry.rating || entry.note));
  }

  function others(scan) {
    const rated = entries(scan).filter((entry) => entry.rater !== rater && entry.rating);
    return rated.map((entry) => `${entry.rater || "unnamed"}: ${entry.rating}`);
  }

  function rowOf(scan, entry) {
    return { scan_id: scan.id, ...entry, recipe_sha256: scan.recipe, inputs_sha256: scan.inputs };
  }

  // Without a row ask what is known; with one, say it.
  async function talk(row) {
    const headers = { "Content-Type": "application/json" };
    const post = { method: "POST", headers, body: JSON.stringify(row) };
    try {
      const answer = await fetch(server, row ? post : {});
      if (!answer.ok) {
        throw new Error(await answer.text());
      }
      const state = await answer.json();
      take(state.ratings);
      if (row || state.agreement) {
        say(state.agreement || "Saved.");
      }
      changed(null);
    } catch (error) {
      say(`Not saved in ratings.csv, only in this browser: ${error.message}`);
    }
  }

  function set(scan, change) {
    if (server && !rater) {
      say("Not rated: write your name first, ratings are saved under it.");
      return;
    }
    const { rating, note } = { rating: "", note: "", ...mine(scan), ...change };
    const entry = { rating, note, rater, time: new Date().toISOString() };
    put(scan, entry);
    store(scan.key, JSON.stringify(entries(scan)));
    changed(scan);
    if (server) {
      talk(rowOf(scan, entry));
    }
  }

  // What was rated before a name was given belongs to the name.
  function setRater(name) {
    const unnamed = rater === "" && name ? scans.filter(mine).map((s) => [s, mine(s)]) : [];
    rater = name;
    store("rater", name);
    for (const [scan, entry] of unnamed) {
      said.set(scan.key, entries(scan).filter((other) => other !== entry));
      set(scan, { rating: entry.rating, note: entry.note });
    }
    changed(null);
  }

  // A spreadsheet runs what begins like a formula: such a cell gets a leading quote.
  function cell(text) {
    const safe = (/^[=+@\t\r\n-]/.test(text) ? `'${text}` : text).replace(/[\r\n]+/g, " ");
    return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  function toCsv() {
    const rows = scans.flatMap((scan) => entries(scan).map((entry) => rowOf(scan, entry)));
    rows.sort((one, other) => (one.time < other.time ? -1 : 1));
    const lines = rows.map((row) => COLUMNS.map((name) => cell(row[name])).join(","));
    return [COLUMNS.join(","), ...lines, ""].join("\r\n");
  }

  function parse(text) {
    const table = [[""]];
    const tokens = /"((?:[^"]|"")*)"|([^",\r\n]+)|(,)|(\r\n|\n|\r)/g;
    for (const [, quoted, plain, comma, end] of text.replace(/^\ufeff/, "").matchAll(tokens)) {
      const row = table[table.length - 1];
      if (end) {
        table.push([""]);
      } else if (comma) {
        row.push("");
      } else {
        row[row.length - 1] += plain === undefined ? quoted.replaceAll('""', '"') : plain;
      }
    }
    return table.filter((row) => row.length > 1);
  }

  function fromCsv(text) {
    const [header = [], ...table] = parse(text);
    if (!header.includes("scan_id") || !header.includes("rating")) {
      return "Nothing imported: the file has no columns scan_id and rating.";
    }
    const plain = (value) => value.replace(/^'(?=[=+@\t\r\n-])/, "");
    const rows = table.map((row) =>
      Object.fromEntries(header.map((name, place) => [name, plain(row[place] || "")]))
    );
    const taken = take(rows);
    scans.forEach((scan) => said.has(scan.key) && store(scan.key, JSON.stringify(entries(scan))));
    changed(null);
    const rest = rows.length - taken;
    return `${taken} ratings imported${rest ? `; ${rest} are of other scans or recipes` : ""}.`;
  }

  // Rate by key: 1 pass, 2 doubtful, 3 fail, 0 clear. True if the key was one of these.
  function press(event, scan) {
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select");
    if (busy || !(event.key in KEYS)) {
      return false;
    }
    set(scan, event.key === "0" ? { rating: "", note: "" } : { rating: KEYS[event.key] });
    return true;
  }

  // Bind a box with buttons and a note to a scan; call again when a rating changes.
  function fill(box, scan) {
    const now = mine(scan) || { rating: "", note: "" };
    for (const button of box.querySelectorAll("[data-rating]")) {
      const { rating } = button.dataset;
      button.setAttribute("aria-pressed", String(rating !== "" && rating === now.rating));
      button.onclick = () => set(scan, rating ? { rating } : { rating, note: "" });
    }
    const note = box.querySelector("[name=note]");
    note.value = document.activeElement === note ? note.value : now.note;
    note.onchange = () => set(scan, { note: note.value.trim() });
    box.querySelector(".others").textContent = others(scan).join(", ");
  }

  // Begin with the scans of a page and the rows that were known when it was drawn.
  function start(all, known, teller) {
    [scans, say, rater] = [all, teller, stored("rater") || ""];
    take(known);
    scans.forEach((scan) => storedEntries(scan).forEach((entry) => put(scan, entry)));
    server = document.querySelector("meta[name=medmask-ratings]").content;
    if (server) {
      talk(null);
    }
  }

  const onChange = (listener) => listeners.push(listener);
  const name = () => rater;
  return { start, mine, others, set, setRater, name, press, fill, toCsv, fromCsv, onChange };
})();
