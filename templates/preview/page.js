"use strict";
(() => {
  const page = document.documentElement;
  const state = document.getElementById("state");
  const choices = document.getElementById("choices");
  const test = document.getElementById("test");
  let address = location.href;
  let running = null;
  let turn = 0;
  page.classList.add("scripted");

  const say = (text, live) => {
    state.textContent = text;
    state.classList.toggle("live", live);
  };

  // What is as it was stays untouched: a frame keeps its place, a selection stays selected.
  const put = (old, fresh) => {
    if (old.innerHTML === fresh.innerHTML) return;
    const top = old.scrollTop, left = old.scrollLeft;
    old.replaceChildren(...document.adoptNode(fresh).childNodes);
    old.scrollTo(left, top);
  };

  const ids = (place) => [...place.querySelectorAll("[id]")].map((one) => one.id).join(" ");

  const putFrame = (shown, frame) => {
    for (const name of ["height", "src"]) {
      const value = frame.getAttribute(name);
      if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
    }
  };

  const putFrames = (old, fresh) => {
    if (ids(old) !== ids(fresh)) return put(old, fresh);
    // What somebody sees comes first; the other frames would be in its way.
    const mine = ++turn, later = [];
    for (const frame of fresh.querySelectorAll("iframe")) {
      const shown = document.getElementById(frame.id), place = shown.getBoundingClientRect();
      if (place.bottom > 0 && place.top < innerHeight) putFrame(shown, frame);
      else later.push([shown, frame]);
    }
    setTimeout(() => {
      if (mine === turn) for (const [shown, frame] of later) putFrame(shown, frame);
    }, 300);
    for (const part of fresh.querySelectorAll("[data-live]")) put(document.getElementById(part.id), part);
  };

  const show = (html) => {
    // The page's own style and script are here already; as a copy, its policy would refuse them.
    const bare = html.replace(/<(style|script)\b[^]*?<\/\1>/g, "");
    const fresh = new DOMParser().parseFromString(bare, "text/html");
    for (const one of fresh.querySelectorAll("main [data-live], nav[data-live]")) {
      if (one.closest("[data-frames]")) continue;
      const old = document.getElementById(one.id);
      if (!old) return location.reload();
      put(old, one);
    }
    const old = document.querySelector("[data-frames]"), frames = fresh.querySelector("[data-frames]");
    if (old && frames) putFrames(old, frames);
    else if (old || frames) return location.reload();
    return fresh;
  };

  const ask = async () => {
    running?.abort();
    running = new AbortController();
    const answer = await fetch(address, { signal: running.signal, cache: "no-store" });
    show(await answer.text());
  };

  const refresh = () => ask().catch((fault) => {
    if (fault.name !== "AbortError") say("The preview does not answer", false);
  });

  const choose = () => {
    const query = new URLSearchParams(new FormData(choices));
    for (const [name, value] of [...query]) if (!value) query.delete(name);
    address = `${location.pathname}?${query}`;
    history.replaceState(null, "", address);
    refresh();
  };

  choices?.addEventListener("change", choose);
  choices?.addEventListener("submit", (event) => {
    event.preventDefault();
    choose();
  });

  test?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = document.getElementById("said");
    const button = test.querySelector("button");
    const body = new URLSearchParams(new FormData(test));
    said.textContent = "Sending …";
    button.disabled = true;
    try {
      const answer = await fetch(address, { method: "POST", body });
      const fresh = answer.ok ? show(await answer.text()) : null;
      const text = fresh?.getElementById("said");
      if (text) said.replaceChildren(...document.adoptNode(text).childNodes);
      else said.textContent = "It was refused: reload the page, and try again.";
    } catch {
      said.textContent = "The preview does not answer.";
    }
    button.disabled = false;
  });

  const news = new EventSource(`/events?since=${document.body.dataset.version}`);
  news.addEventListener("open", () => {
    say("Follows every change", true);
    refresh();
  });
  news.addEventListener("message", refresh);
  news.addEventListener("error", () => say("The preview has ended", false));
})();
