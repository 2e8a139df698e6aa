/* Adds to pages that work without it: theme, keys, suggestions. */
"use strict";
(function () {
  const root = document.documentElement;
  root.classList.add("js");
  const stored = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
  if (stored === "dark" || stored === "light") root.dataset.theme = stored;

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function addThemeSwitch() {
    const button = document.getElementById("theme");
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private windows keep nothing */ }
    });
  }

  /* Keys as newspapers' indexes and mail programs have them; none where somebody types or holds a modifier. */
  const KEYS = {
    "/": ["到检索框", () => { const box = document.getElementById("q"); box.focus(); box.select(); }],
    j: ["下一条", () => moveTo(1)],
    k: ["上一条", () => moveTo(-1)],
    Enter: ["打开这一条", () => { const link = current && current.querySelector("a"); if (link) location.href = link.href; return Boolean(link); }],
    "?": ["这张表", () => showKeys()],
  };
  let current = null;

  function moveTo(step) {
    const hits = [...document.querySelectorAll(".hit")];
    if (!hits.length) return false;
    const at = current ? hits.indexOf(current) + step : 0;
    if (current) current.classList.remove("at");
    current = hits[Math.max(0, Math.min(at, hits.length - 1))];
    current.classList.add("at");
    current.querySelector("a").focus({ preventScroll: true });
    current.scrollIntoView({ block: "nearest" });
    return true;
  }

  function showKeys() {
    let box = document.querySelector(".keys");
    if (!box) {
      box = document.createElement("dialog");
      box.className = "keys";
      box.setAttribute("aria-label", "键盘");
      const list = document.createElement("dl");
      for (const [key, [meaning]] of Object.entries(KEYS)) {
        const term = document.createElement("dt"), told = document.createElement("dd");
        term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
        told.textContent = meaning;
        list.append(term, told);
      }
      const close = Object.assign(document.createElement("button"), { type: "button", textContent: "关闭" });
      close.addEventListener("click", () => box.close());
      box.append(list, close);
      document.body.append(box);
    }
    if (!box.open) box.showModal();
    return true;
  }

  function addKeys() {
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.closest("dialog");
      const key = KEYS[event.key];
      if (!key || typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.key === "Enter" && event.target !== document.body) return; // a link or a button does its own thing
      if (key[1]() !== false) event.preventDefault();
    });
  }

  function foldFacets() {
    const fold = document.querySelector(".fold");
    if (fold && matchMedia("(max-width: 860px)").matches) fold.open = false;
  }

  const LABELS = {
    org: "机构", model: "模型", policy: "政策", product: "产品", person: "人物", section: "栏目", source: "来源",
  };

  function small(className, text) {
    const element = document.createElement("span");
    element.className = className;
    element.textContent = text;
    return element;
  }

  /* A combobox after the ARIA pattern: the list is only ever a help, Enter without a choice submits the form. */
  function addSuggestions(input, number) {
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = "suggestions-" + number;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "建议");
    list.hidden = true;
    input.parentElement.append(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    const goes = input.dataset.suggest === "go";
    let timer = 0, asked = "", chosen = -1, found = [];

    function show(items) {
      found = items;
      chosen = -1;
      list.replaceChildren(...items.map((item, at) => {
        const option = document.createElement("li");
        option.id = list.id + "-" + at;
        option.setAttribute("role", "option");
        if (item.type !== "item") {
          if (item.kind) option.className = item.kind;
          option.append(small("kind", LABELS[item.kind || item.type]));
        }
        option.append(item.text);
        if (item.matched) option.append(small("matched", item.matched));
        option.addEventListener("mousedown", (event) => { event.preventDefault(); take(at); });
        return option;
      }));
      list.hidden = items.length === 0;
      input.setAttribute("aria-expanded", String(items.length > 0));
      input.removeAttribute("aria-activedescendant");
    }

    function take(at) {
      const item = found[at];
      if (!goes) {
        input.value = item.text;
        show([]);
      } else if (item.type === "section" || item.type === "source") {
        location.href = "/?" + item.type + "=" + encodeURIComponent(item.text);
      } else if (item.entity_id) {
        location.href = "/entities/" + encodeURIComponent(item.entity_id);
      } else {
        location.href = "/items/" + encodeURIComponent(item.item_id);
      }
    }

    function choose(at) {
      const options = list.children;
      if (options[chosen]) options[chosen].setAttribute("aria-selected", "false");
      chosen = (at + options.length) % options.length;
      options[chosen].setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", options[chosen].id);
    }

    async function ask() {
      const text = input.value.trim();
      if (!text || text.length > 60) return show([]);
      if (text === asked && !list.hidden) return;
      asked = text;
      try {
        const response = await fetch("/api/v1/suggest?limit=8&q=" + encodeURIComponent(text));
        const body = await response.json();
        if (asked !== input.value.trim() || !response.ok) return;
        show(body.items.filter((item) => goes || item.type === "entity"));
      } catch { show([]); }
    }

    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
    input.addEventListener("blur", () => show([]));
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || list.hidden) return;
      if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen < 0 ? found.length - 1 : chosen - 1); }
      else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); take(chosen); }
      else if (event.key === "Escape") show([]);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    addThemeSwitch();
    addKeys();
    foldFacets();
    document.querySelectorAll("input[data-suggest]").forEach(addSuggestions);
  });
})();
