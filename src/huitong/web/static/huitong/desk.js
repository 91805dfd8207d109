// What the pages share. A form with data-keep is kept as it is typed: sent a moment later, and until the server has it
// kept in this browser too, field by field. It sends only what was typed here, each with the mark it began from.
"use strict";

(() => {
  const form = document.querySelector("form[data-keep]");
  if (!form || form.dataset.open !== "yes") return;

  const PAUSE = 700, PAUSES = [5, 10, 30, 60];  // milliseconds after typing; seconds between tries
  const store = `huitong:${form.dataset.keep}:`;
  const status = document.getElementById("kept"), again = document.getElementById("again");
  const dirty = new Map();                      // field -> {text, was}: typed here, not yet with the server
  let timer = 0, tries = 0, sending = null, leaving = false;

  const field = (name) => form.elements.namedItem(name);
  const markOf = (name) => field(`was:${name}`);
  const plain = (text) => text.replace(/\r\n/g, "\n");
  const clock = (date) => date.toTimeString().slice(0, 5);

  // --- this browser's own copy ---
  function remember(name, entry) {
    try { localStorage.setItem(store + name, JSON.stringify(entry)); } catch { /* full or forbidden: the page has it */ }
  }
  function forget(name) {
    try { localStorage.removeItem(store + name); } catch { /* never written, then */ }
  }
  function remembered() {
    const found = [];
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(store)) found.push([key.slice(store.length), JSON.parse(localStorage.getItem(key))]);
      }
    } catch { /* nothing to be had */ }
    return found.filter(([, entry]) => entry && typeof entry.text === "string" && typeof entry.was === "string");
  }

  // --- what the page says ---
  function say(kind, time) {
    status.textContent = status.dataset[kind].replace("TIME", time || "");
    status.dataset.kind = kind;
    again.hidden = kind !== "lost" && kind !== "out";
  }
  function showProblem(name, text) {
    const input = field(name), id = `${name}-error`;
    if (!input) return;
    let note = document.getElementById(id);
    if (text && !note) {
      note = document.createElement("p");
      note.className = "error";
      note.id = id;
      input.before(note);
    }
    if (note) note.textContent = text;
    if (note && !text) note.remove();
    const others = (input.getAttribute("aria-describedby") || "").split(" ").filter((part) => part && part !== id);
    input.setAttribute("aria-describedby", (text ? [...others, id] : others).join(" "));
    input.toggleAttribute("aria-invalid", Boolean(text));
    if (text) input.setAttribute("aria-invalid", "true");
  }
  function showConflict(name, html) {
    form.querySelector(`[data-conflict="${CSS.escape(name)}"]`)?.remove();
    const input = field(name);
    if (html && input) input.insertAdjacentHTML("afterend", html);
  }

  // --- sending ---
  function typed(event) {
    const name = event.target.name;
    const mark = name && markOf(name);
    if (!mark) return;
    const entry = { text: plain(event.target.value), was: dirty.get(name)?.was || mark.value };
    dirty.set(name, entry);
    remember(name, entry);
    if (tries === 0) say("saving");
    later(PAUSE);
  }
  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(send, milliseconds);
  }
  function send() {
    clearTimeout(timer);
    if (sending || dirty.size === 0) return sending;
    sending = post(new Map(dirty)).finally(() => { sending = null; });
    return sending;
  }
  async function post(entries) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const [name, entry] of entries) {
      body.set(name, entry.text);
      body.set(`was:${name}`, entry.was);
    }
    const size = [...entries.values()].reduce((sum, entry) => sum + entry.text.length, 0);
    let answer;
    try {
      answer = await fetch(form.getAttribute("action"), {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", keepalive: size < 15_000,
      });
    } catch {
      return lost("lost");
    }
    if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) return lost("out");
    const told = await answer.json().catch(() => null);
    if (answer.status === 409 && told) {
      status.textContent = told.refused;
      return undefined;
    }
    if (!answer.ok || !told) return lost("lost");
    return settle(entries, told);
  }
  function lost(kind) {
    const seconds = PAUSES[Math.min(tries++, PAUSES.length - 1)];
    say(kind, clock(new Date(Date.now() + seconds * 1000)));
    later(seconds * 1000);
  }
  function settle(entries, told) {
    tries = 0;
    const elsewhere = [];
    for (const [name, mark] of Object.entries(told.marks)) {
      const now = dirty.get(name);
      if (now && now.text === entries.get(name).text) {
        dirty.delete(name);
        // The next page may have been made before this was kept, and shows what was before.
        if (leaving) remember(name, { text: now.text, was: mark, instead: entries.get(name).was });
        else forget(name);
      } else if (now) {
        now.was = mark;                         // typed on meanwhile: it now begins from what was just kept
        remember(name, now);
      }
      showConflict(name, "");
      if (markOf(name)) markOf(name).value = mark;
      else elsewhere.push(name);
    }
    for (const [name, html] of Object.entries(told.conflicts)) {
      dirty.delete(name);                       // waits for a choice; this browser's copy stays until then
      showConflict(name, html);
    }
    for (const [name, text] of Object.entries(told.problems)) showProblem(name, text);
    if (Object.keys(told.conflicts).length) say("conflict");
    else say("saved", told.at);
    if (dirty.size) later(PAUSE);
    // A row that only this browser knew is with the server now: show it, unless someone is typing.
    const logs = new Set([...form.querySelectorAll(".logrows input")].map((input) => input.name.split(".")[0]));
    if (!dirty.size && elsewhere.some((name) => logs.has(name.split(".")[0]))) location.reload();
  }

  // --- what an earlier page could not send ---
  function takeUp() {
    for (const [name, entry] of remembered()) {
      const input = field(name);
      const open = form.querySelector(`[data-conflict="${CSS.escape(name)}"]`);
      if (input && plain(input.value) === entry.text) {
        if (!open) forget(name);
        continue;
      }
      if ("instead" in entry) {
        if (!input) continue;                   // the page that asks for it will know
        if (markOf(name)?.value !== entry.instead) {
          forget(name);                         // this page was made after it
          continue;
        }
      }
      if (input) input.value = entry.text;
      dirty.set(name, entry);
    }
    if (dirty.size) {
      say("found");
      send();
    }
  }

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", (event) => {
    // The form carries everything itself; sent a second time, a row that it takes away would come back.
    clearTimeout(timer);
    dirty.clear();
    const gone = event.submitter?.dataset.forget;
    if (!gone) return;
    for (const [name] of remembered()) if (name === gone || (gone.endsWith(".") && name.startsWith(gone))) forget(name);
  });
  again.querySelector("button").addEventListener("click", send);
  window.addEventListener("online", send);
  window.addEventListener("beforeunload", () => { leaving = true; });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  takeUp();
})();
