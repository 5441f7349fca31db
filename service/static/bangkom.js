// Small helps on top of pages that work without: typed text is kept, focus goes where the change is.
(() => {
  "use strict";
  const KEPT = "bangkom:kept:";
  const SENT = "bangkom:sent";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Storage can be forbidden by the browser: then nothing is kept, and nothing breaks.
  const store = {
    get(key) { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* forbidden */ } },
    drop(key) { try { sessionStorage.removeItem(key); } catch { /* forbidden */ } },
    names() { try { return Object.keys(sessionStorage); } catch { return []; } },
  };
  const keyOf = (form) => KEPT + location.pathname + "#" + form.dataset.keep;
  const typed = (form) => [...form.elements].filter((e) => e.name && !["hidden", "password", "file", "submit"].includes(e.type));

  const keep = (form) => store.set(keyOf(form), typed(form)
    .filter((e) => !["radio", "checkbox"].includes(e.type) || e.checked)
    .map((e) => [e.name, e.value]));

  const restore = (form) => {
    const kept = store.get(keyOf(form)) || [];
    for (const [name, value] of kept) {
      for (const e of typed(form).filter((e) => e.name === name)) {
        if (["radio", "checkbox"].includes(e.type)) { if (e.value === value) e.checked = true; }
        else if (!e.value || e.tagName === "SELECT") e.value = value;
      }
    }
    if (kept.length) form.closest("details")?.setAttribute("open", "");
  };

  // A text counts as sent only when the service says that it worked: a session may have ended in between.
  const settle = () => {
    if (!document.querySelector("[data-sent]")) return;
    for (const key of store.get(SENT) || []) store.drop(key);
    store.drop(SENT);
  };

  const announce = (text) => {
    const region = document.getElementById("announce");
    if (region && text) { region.textContent = ""; setTimeout(() => { region.textContent = text; }, 50); }
  };

  const focusOn = (root) => {
    const target = root.querySelector(".error-summary") || root.querySelector("[data-focus]");
    if (target) { if (!target.hasAttribute("tabindex")) target.tabIndex = -1; target.focus(); }
    const speaker = root.matches?.("[data-announce]") ? root : root.querySelector("[data-announce]");
    announce(speaker?.dataset.announce);
  };

  const ready = (root) => { all("form[data-keep]", root).forEach(restore); };

  document.addEventListener("input", ({ target }) => { if (target.form?.dataset.keep) keep(target.form); });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.forget !== undefined) store.names().filter((k) => k.startsWith("bangkom:")).forEach(store.drop);
    if (form.dataset.keep) { keep(form); store.set(SENT, [...new Set([...(store.get(SENT) || []), keyOf(form)])]); }
    if (form.dataset.once === undefined) return;
    if (form.dataset.going) { event.preventDefault(); return; }
    form.dataset.going = "yes";
    all("button", form).forEach((b) => b.setAttribute("aria-disabled", "true"));
  });
  const unlock = (form) => {
    delete form.dataset.going;
    all("[aria-disabled]", form).forEach((b) => b.removeAttribute("aria-disabled"));
  };
  // Back from the next page: the browser may show this one from memory, still locked.
  window.addEventListener("pageshow", () => all("form[data-going]").forEach(unlock));

  // A form on its way: how much of it is there, and that it is being worked on from then on. Whatever is answered is a whole page, refusals as well.
  const sending = (form) => form?.querySelector?.("[data-sending]");
  const tell = (box, part, words) => {
    box.hidden = false;
    const bar = box.querySelector("progress");
    if (part === 100) bar.removeAttribute("value"); else bar.value = part;
    box.querySelector("b").textContent = words;
  };
  document.addEventListener("htmx:beforeRequest", ({ target }) => {
    const box = sending(target);
    if (box) { delete box.dataset.there; tell(box, 0, "0%"); }
  });
  document.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
    const box = sending(target);
    if (!box || box.dataset.there || !detail.lengthComputable) return;
    const part = Math.floor((100 * detail.loaded) / detail.total);
    if (part === 100) { box.dataset.there = "yes"; announce(box.dataset.after); }
    tell(box, part, part === 100 ? box.dataset.after : `${part}%`);
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (sending(detail.requestConfig.elt)) { detail.shouldSwap = true; detail.isError = false; }
  });
  document.addEventListener("htmx:sendError", ({ target }) => {
    const box = sending(target);
    if (!box) return;
    unlock(target);
    tell(box, 0, box.dataset.failed);
    announce(box.dataset.failed);
  });

  const closable = "[data-closable] details[open]";
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const box of all(closable)) { box.open = false; box.querySelector("summary").focus(); }
  });
  document.addEventListener("click", ({ target }) => {
    for (const box of all(".rail details[open]")) if (!box.contains(target)) box.open = false;
  });
  document.addEventListener("toggle", ({ target }) => {
    if (target.open && target.closest(".decision")) target.querySelector("textarea, input:not([type=hidden])")?.focus();
  }, true);

  const folds = [];
  window.addEventListener("beforeprint", () => all("main details:not([open])").forEach((box) => {
    if (!box.closest(".rail")) { folds.push(box); box.open = true; }
  }));
  window.addEventListener("afterprint", () => { folds.splice(0).forEach((box) => { box.open = false; }); });

  document.addEventListener("htmx:afterSettle", ({ target }) => { ready(target); focusOn(target); });
  settle();
  ready(document);
  focusOn(document);
})();
