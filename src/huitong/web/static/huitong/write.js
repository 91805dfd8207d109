// The write page: underlines keep up with typing, a finding's button changes the text in place, nothing typed is lost.
"use strict";

(() => {
  const form = document.getElementById("writing");
  const text = document.getElementById("text");
  if (!form || !text) return;
  const under = document.getElementById("under");
  const kept = document.getElementById("kept");
  if (text.readOnly) return;
  document.getElementById("save").hidden = true;

  // --- the underlines: the same text as the textarea, and one newline more, so that both are as high ---
  let reviewed = "";
  let marks = [];
  let pressed = false;  // a button of the margin, which the next review takes away

  const read = () => {
    marks = [];
    reviewed = under.textContent.slice(0, -1);
    let at = 0;
    for (const node of under.childNodes) {
      const length = node.textContent.length;
      if (node.nodeName === "MARK") marks.push({ at, to: at + length, n: node.dataset.n });
      at += length;
    }
  };

  // Where a place of the reviewed text is now: before what was typed since, behind it, or gone (-1).
  const placeNow = () => {
    const old = reviewed, now = text.value;
    const most = Math.min(old.length, now.length);
    let head = 0, tail = 0;
    while (head < most && old[head] === now[head]) head++;
    while (tail < most - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
    return (from, to = from) => {
      if (to <= head) return from;
      if (from >= old.length - tail) return from + now.length - old.length;
      return -1;
    };
  };

  const align = () => {
    const place = placeNow(), now = text.value;
    const parts = [];
    let done = 0;
    for (const mark of marks) {
      const at = place(mark.at, mark.to);
      if (at < done) continue;
      const element = document.createElement("mark");
      element.dataset.n = mark.n;
      element.textContent = now.slice(at, at + mark.to - mark.at);
      parts.push(now.slice(done, at), element);
      done = at + mark.to - mark.at;
    }
    under.replaceChildren(...parts, now.slice(done) + "\n");
  };

  // --- what is not kept yet waits on this device, and is sent when the line is back ---
  const store = `huitong:write:${form.getAttribute("action")}`;
  const fields = ["text", "subject", "was", "was_subject"];
  let retry = 0, pause = 2000, dirty = false, leaving = false;

  const values = () => Object.fromEntries(fields.map((name) => [name, form.elements[name]?.value ?? ""]));
  const remember = (more = {}) => {
    try { localStorage.setItem(store, JSON.stringify({ ...values(), ...more })); } catch { /* private window: nothing to keep it in */ }
  };
  const forget = () => { try { localStorage.removeItem(store); } catch { /* the same */ } };
  const keep = () => form.dispatchEvent(new Event("keep"));

  const lost = (why) => {
    kept.textContent = kept.dataset[why];
    clearTimeout(retry);
    if (why !== "lost") return;
    retry = setTimeout(keep, pause);
    pause = Math.min(pause * 2, 60000);
  };
  window.addEventListener("online", keep);

  // A save that lands while the page is left: the next page may have been made before it, and shows what was before.
  window.addEventListener("beforeunload", () => { leaving = true; });
  // Whoever types and turns the page at once has it kept too; if not, this device still has it.
  window.addEventListener("pagehide", () => {
    if (!dirty) return;
    const headers = { "HX-Request": "true" };
    fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form), headers, keepalive: true }).catch(() => {});
  });

  form.addEventListener("input", () => { dirty = true; remember(); align(); });
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && change(button)) event.preventDefault();
    else dirty = false;  // the form itself carries it
  });

  // --- a finding's button: the text is changed here, the caret stays with its words ---
  const change = (button) => {
    const { at, to, put } = button.dataset;
    pressed = button.name === "aside" || at !== undefined;
    if (button.name === "aside") {
      htmx.ajax("POST", form.getAttribute("action"), { source: form, target: "#review", values: { aside: button.value } });
      return true;
    }
    if (at === undefined) return false;
    const wording = put ?? form.elements[`wording-${button.value}`].value;
    const from = placeNow()(Number(at), Number(to ?? at));
    if (from < 0) return true;  // just typed over: the next review says what is left
    const end = from + Number(to ?? at) - Number(at);
    // A text field without the focus would lose its caret: put it back, moved along with the words behind.
    const moved = (caret) => caret >= end ? caret + wording.length - (end - from) : Math.min(caret, from + wording.length);
    const [first, last] = [text.selectionStart, text.selectionEnd].map(moved);
    text.setRangeText(wording, from, end);
    const back = () => text.setSelectionRange(first, last);
    back();
    requestAnimationFrame(() => setTimeout(back));  // a browser forgets it once more after the change
    text.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  };

  const ours = (request) => !request.responseURL || new URL(request.responseURL).pathname === location.pathname;

  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.requestConfig?.elt !== form) return;
    if (!ours(event.detail.xhr)) { event.detail.shouldSwap = false; lost("out"); }
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.elt !== form || !ours(event.detail.xhr)) return;
    const sent = event.detail.requestConfig.formData;
    clearTimeout(retry);
    pause = 2000;
    read();
    align();
    if (pressed && document.activeElement === document.body) {
      (document.querySelector("#review button") ?? text).focus({ preventScroll: true });
    }
    pressed = false;
    const clash = document.getElementById("theirs");
    dirty = sent.get("text").replaceAll("\r\n", "\n") !== text.value
      || (sent.get("subject") ?? "") !== (form.elements.subject?.value ?? "");
    if (dirty || clash) remember();
    else if (leaving) remember({ instead: sent.get("was") });
    else forget();
    clash?.addEventListener("click", forget);
  });
  for (const failed of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.body.addEventListener(failed, (event) => {
      if (event.detail.requestConfig?.elt !== form) return;
      const status = event.detail.xhr?.status ?? 0;
      lost(status === 413 || status === 400 ? "long" : status === 403 ? "out" : "lost");
    });
  }

  read();
  document.getElementById("theirs")?.addEventListener("click", forget);
  let waiting = null;
  try { waiting = JSON.parse(localStorage.getItem(store)); } catch { /* nothing readable is nothing */ }
  if (waiting && "instead" in waiting && waiting.instead !== form.elements.was.value) waiting = null;  // it came after the save
  if (waiting && (waiting.text !== text.value || waiting.subject !== (form.elements.subject?.value ?? ""))) {
    for (const name of fields) if (form.elements[name]) form.elements[name].value = waiting[name];
    align();
    window.addEventListener("load", keep);  // htmx listens by then
  } else if (text.value !== text.defaultValue) {  // typed before this script was there
    dirty = true;
    remember();
    window.addEventListener("load", keep);
  } else forget();
})();
