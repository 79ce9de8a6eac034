/* SPDX-License-Identifier: BSD-2-Clause */
/* A box on every page: what stands in a heading comes first, then what stands in the text. */
"use strict";

(() => {
  const MOST = 40, MOST_LETTERS = 220;
  const form = document.createElement("form");
  const box = document.createElement("input");
  const list = document.createElement("ol");
  let loading = null;

  /* Loaded when it is first wanted. A file: page may not fetch, but it may have a script. */
  function load() {
    loading = loading || new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = "search-index.js";
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    return loading;
  }

  function plain(text) {
    return text.toLowerCase().replace(/[_\s-]+/g, " ");
  }

  function rank([, heading, page, text, code], words) {
    const name = plain(heading), all = [name, plain(page), plain(text), plain(code)].join(" ");
    if (!words.every((word) => all.includes(word)))
      return 0;
    const phrase = words.join(" ");
    return name === phrase ? 4 : name.includes(phrase) ? 3 : words.every((word) => name.includes(word)) ? 2 : 1;
  }

  /* The whole sentence that holds most of the words, the first of them. */
  function sentence(text, words) {
    let best = "", most = -1;
    for (const one of text.match(/[^.?!]+(?:[.?!]+(?=\s|$)|[.?!]+[^\s]+[^.?!]*|$)+\s*/g) || []) {
      const found = words.filter((word) => plain(one).includes(word)).length;
      if (found > most)
        [best, most] = [one.trim(), found];
    }
    if (best.length > MOST_LETTERS)
      best = best.slice(0, best.lastIndexOf(" ", MOST_LETTERS)) + " …";
    return best;
  }

  /* The words are marked where they stand. */
  function marked(text, words) {
    const pattern = words.map((word) => word.replace(/[^a-z0-9]/g, "\\$&")).join("|");
    return text.split(new RegExp(`(${pattern})`, "i")).map((part, at) => {
      const piece = document.createElement(at % 2 === 1 ? "mark" : "span");
      piece.textContent = part;
      return piece;
    });
  }

  function show(rows, words) {
    const none = words.length > 0 && rows.length === 0;
    list.replaceChildren(...rows.map(([, [url, heading, page, text]]) => {
      const item = document.createElement("li"), link = document.createElement("a");
      const where = document.createElement("span"), said = document.createElement("p");
      link.href = url;
      link.textContent = heading;
      where.className = "page";
      where.textContent = page !== heading ? page : "";
      said.append(...marked(sentence(text, words), words));
      item.append(link, where, said);
      return item;
    }));
    if (none)
      list.textContent = "Nothing has all these words.";
    list.hidden = rows.length === 0 && !none;
  }

  async function search() {
    const words = plain(box.value).trim().split(" ").filter(Boolean);
    await load();
    const rows = words.length === 0 ? [] : searchIndex.map((line) => [rank(line, words), line])
      .filter(([found]) => found > 0).sort((a, b) => b[0] - a[0]).slice(0, MOST);
    show(rows, words);
  }

  form.id = "search";
  box.type = "search";
  box.placeholder = "Search";
  box.setAttribute("aria-label", "Search the manual");
  list.hidden = true;
  form.append(box, list);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first !== null)
      location.href = first.href;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape")
      list.hidden = true;
    else if (event.key === "/" && document.activeElement !== box) {
      event.preventDefault();
      box.focus();
    }
  });
  box.addEventListener("focus", load);
  box.addEventListener("input", search);
  (document.getElementById("search-here") || document.body).prepend(form);
  box.value = new URLSearchParams(location.search).get("q") || "";
  if (box.value !== "")
    search();
})();
