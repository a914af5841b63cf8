// Small helpers for every page: polling fragments, buttons that ask first, text to copy. No page needs them to work.
(function () {
  "use strict";

  // <div data-poll="/url" data-every="2000">: replaced by what the address answers, until the answer has no data-poll.
  function poll(box) {
    const every = Number(box.dataset.every || 2000);
    setTimeout(async () => {
      if (!document.body.contains(box)) return;
      if (document.hidden) return poll(box);
      try {
        const answer = await fetch(box.dataset.poll, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
        if (answer.status === 200 && !answer.redirected) return replace(box, await answer.text());
        if (answer.status === 401 || answer.status === 403 || answer.redirected) return location.reload();
      } catch (error) { /* the network is away: ask again */ }
      poll(box);
    }, every);
  }

  function replace(box, html) {
    const made = document.createElement("template");
    made.innerHTML = html.trim();
    const fresh = made.content.firstElementChild;
    if (!fresh) return;
    const finished = box.dataset.poll && !fresh.dataset.poll && box.dataset.reload !== undefined;
    if (finished) return location.reload();
    const open = new Set([...box.querySelectorAll("details[open][id]")].map((one) => one.id));
    box.replaceWith(fresh);
    fresh.querySelectorAll("details[id]").forEach((one) => { if (open.has(one.id)) one.open = true; });
    start(fresh.parentElement || document);
  }

  function start(root) {
    root.querySelectorAll("[data-poll]").forEach((box) => {
      if (box.dataset.polling) return;
      box.dataset.polling = "1";
      poll(box);
    });
  }

  document.addEventListener("submit", (event) => {
    const asked = (event.submitter && event.submitter.dataset.ask) || event.target.dataset.ask;
    if (asked && !window.confirm(asked)) event.preventDefault();
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = document.querySelector(button.dataset.copy).textContent.trim();
    try { await navigator.clipboard.writeText(text); } catch (error) { return; }
    const label = button.querySelector("span:last-child");
    if (label) label.textContent = button.dataset.copied || label.textContent;
  });

  // The theme hides the page until its scripts are ready, and a hidden field cannot take the focus it asks for.
  document.addEventListener("alpine:initialized", () => requestAnimationFrame(() => {
    const wanted = document.querySelector("[autofocus]");
    if (wanted && (!document.activeElement || document.activeElement === document.body)) wanted.focus();
  }));

  // The theme's own listener on file fields looks for a text field beside them, which ours do not have.
  document.addEventListener("change", (event) => { if (event.target.matches("input.lt-file")) event.stopImmediatePropagation(); }, true);

  // A link to a finding opens what it is folded into.
  function unfold() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let box = target && target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    if (target && target.matches(".lt-finding")) { target.scrollIntoView({ block: "center" }); target.focus({ preventScroll: true }); }
  }
  window.addEventListener("hashchange", unfold);

  document.addEventListener("DOMContentLoaded", () => { start(document); unfold(); });
})();
