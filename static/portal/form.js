// The form of a campaign or a source: the verdict beside it as one answers, questions that come and go, unsaved changes.
(function () {
  "use strict";
  const form = document.querySelector("form[data-live], form[data-unsaved]");
  if (!form) return;
  const text = (word) => form.dataset[word] || "";
  let dirty = false, timer = 0, running = null;

  function changed() {
    dirty = true;
    const state = form.querySelector("[data-save-state]");
    if (state) state.textContent = text("unsaved");
    if (!form.dataset.live) return;
    clearTimeout(timer);
    timer = setTimeout(judge, 450);
  }

  async function judge() {
    if (running) running.abort();
    running = new AbortController();
    const panel = document.getElementById("verdict");
    panel.classList.add("lt-busy");
    try {
      const answer = await fetch(form.dataset.live, { method: "POST", body: new FormData(form), signal: running.signal, credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
      if (answer.status === 200 && !answer.redirected) show(await answer.text());
    } catch (error) {
      if (error.name === "AbortError") return;
    }
    const now = document.getElementById("verdict");
    if (now) now.classList.remove("lt-busy");
  }

  function show(html) {
    const made = document.createElement("template");
    made.innerHTML = html.trim();
    const fresh = made.content.firstElementChild, old = document.getElementById("verdict");
    if (!fresh || !old) return;
    const open = new Set([...old.querySelectorAll("details[open]")].map((one) => one.id));
    old.replaceWith(fresh);
    fresh.querySelectorAll("details").forEach((one) => { if (open.has(one.id)) one.open = true; });
    const word = form.querySelector("[data-verdict-word]"), badge = fresh.querySelector("[data-badge]");
    if (word && badge) word.innerHTML = badge.innerHTML;
    arrange(fresh.dataset.visible);
  }

  // Which questions are asked depends on the answers; what was answered stays visible.
  function arrange(paths) {
    const visible = new Set((paths || "").split(" "));
    form.querySelectorAll("[data-path]").forEach((question) => {
      const has = answered(question);
      question.hidden = !visible.has(question.dataset.path) && !has;
      question.classList.toggle("lt-question-open", !has);
    });
    form.querySelectorAll("[data-group]").forEach((group) => {
      const asked = [...group.querySelectorAll("[data-path]:not([hidden])")];
      group.querySelector("[data-count]").textContent = asked.filter(answered).length + "/" + asked.length;
      group.querySelector("[data-none]").hidden = asked.length > 0;
    });
  }

  function answered(question) {
    return [...question.querySelectorAll("input, select")].some((one) =>
      one.type === "radio" || one.type === "checkbox" ? one.checked && one.value !== "" : one.value.trim() !== "");
  }

  // "None of these" and the other answers shut each other out.
  function exclusive(box) {
    if (!box.checked || !box.closest("[data-path]")) return;
    box.closest("[data-path]").querySelectorAll("input[type=checkbox]").forEach((other) => {
      if (other !== box && (box.value === "-" || other.value === "-")) other.checked = false;
    });
  }

  function sources() {
    const picked = new Set([...form.querySelectorAll("[name=sources]:checked")].map((one) => one.value));
    form.querySelectorAll("[data-reach-of]").forEach((label) => { label.hidden = !picked.has(label.dataset.reachOf); });
  }

  // What the message shows becomes the answer to an open question; it is typed into the form and saved with it.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    const question = button && form.querySelector('[data-path="' + CSS.escape(button.dataset.take) + '"]');
    if (!question) return;
    const typed = button.dataset.typed.split("|"), field = question.querySelector("select, input:not([type=radio]):not([type=checkbox])");
    question.querySelectorAll("input[type=radio], input[type=checkbox]").forEach((one) => { one.checked = typed.includes(one.value); });
    if (field) field.value = typed.join(", ");
    question.hidden = false;
    const group = question.closest("details");
    if (group) group.open = true;
    question.scrollIntoView({ block: "center" });
    (question.querySelector("input:checked") || field || question).focus({ preventScroll: true });
    changed();
  });

  form.addEventListener("input", (event) => {
    if (event.target.type === "checkbox") exclusive(event.target);
    if (event.target.name === "sources") sources();
    if (event.target.name === "where.field") event.target.closest("[data-row]").querySelector("[name='where.name']").hidden = event.target.value !== "fields";
    changed();
  });
  form.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) { event.preventDefault(); event.returnValue = ""; } });

  document.querySelectorAll("form[data-needs-saved]").forEach((other) => other.addEventListener("submit", (event) => {
    if (dirty) { event.preventDefault(); window.alert(text("unsaved")); }
  }));

  const add = form.querySelector("[data-add-row]"), rows = form.querySelector("[data-rows]");
  if (add && rows) {
    [...rows.querySelectorAll("[data-row]")].slice(1).forEach((row) => { if (!row.querySelector("select").value) row.remove(); });
    add.hidden = false;
    add.addEventListener("click", () => {
      const row = rows.lastElementChild.cloneNode(true);
      row.querySelectorAll("input").forEach((one) => { one.value = ""; });
      row.querySelector("[name='where.name']").hidden = true;
      row.querySelectorAll("select").forEach((one) => { one.selectedIndex = 0; });
      rows.append(row);
      row.querySelector("select").focus();
    });
  }

  // A link to a question opens the group it stands in.
  function reveal() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const group = target.closest("details");
    if (group) group.open = true;
    target.hidden = false;
    target.scrollIntoView({ block: "center" });
    const field = target.querySelector("input, select");
    if (field) field.focus({ preventScroll: true });
  }
  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#q-']");
    if (link && link.hash === location.hash) reveal();
  });
  reveal();

  // Country codes get their names from the browser.
  if (window.Intl && Intl.DisplayNames) {
    const names = new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "region", fallback: "none" });
    const name = (code) => { try { return names.of(code) || ""; } catch (error) { return ""; } };
    form.querySelectorAll("select[name$='country'] option").forEach((one) => {
      if (/^[A-Z]{2}$/.test(one.value) && name(one.value)) one.textContent = name(one.value) + " (" + one.value + ")";
    });
  }
})();
