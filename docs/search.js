/* SPDX-License-Identifier: BSD-2-Clause */
/* A box on every page: what stands in a heading comes first, then what stands in the text. */
"use strict";

(() => {
  const MOST = 40;
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

  function rank([, heading, page, text], words) {
    const name = plain(heading), all = name + " " + plain(page) + " " + plain(text);
    if (!words.every((word) => all.includes(word)))
      return 0;
    const phrase = words.join(" ");
    return name === phrase ? 4 : name.includes(phrase) ? 3 : words.every((word) => name.includes(word)) ? 2 : 1;
  }

  function show(rows, none) {
    list.replaceChildren(...rows.map(([, [url, heading, page, text]]) => {
      const item = document.createElement("li"), link = document.createElement("a");
      const rest = document.createElement("span");
      link.href = url;
      link.textContent = heading;
      rest.textContent = (page !== heading ? page + ": " : "") + text.slice(0, 120);
      item.append(link, " ", rest);
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
    show(rows, words.length > 0 && rows.length === 0);
  }

  form.id = "search";
  box.type = "search";
  box.placeholder = "Search: OTP-EKU, set_trust, revocation";
  box.setAttribute("aria-label", "Search the manual");
  list.hidden = true;
  form.append(box, list);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first !== null)
      location.href = first.href;
  });
  box.addEventListener("focus", load);
  box.addEventListener("input", search);
  document.body.prepend(form);
  box.value = new URLSearchParams(location.search).get("q") || "";
  if (box.value !== "")
    search();
})();
