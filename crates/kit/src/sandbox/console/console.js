// Follows the sandbox's events, and sends forms without leaving the page. Without this script, the page works by reloads.
"use strict";

const list = document.getElementById("exchanges");
const live = document.getElementById("live");
const message = document.getElementById("message");

// Replaces an element, and gives the focus back to what has the same ID in the new one.
function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  if (old.dataset.list === undefined) {
    old.replaceWith(fresh);
  } else {
    // Rows that are known stay as they are, opened or edited. A row that has changed has another ID.
    old.replaceChildren(...[...fresh.children].map((row) => document.getElementById(row.id) ?? row));
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

// Takes elements that are new, or that replace those with their IDs. The server has escaped their text.
function take(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const fresh of [...template.content.children]) {
    const old = document.getElementById(fresh.id);
    if (!old) list.prepend(fresh);
    else if (!old.isEqualNode(fresh)) replace(old, fresh);
  }
  while (list.children.length > Number(list.dataset.most)) list.lastElementChild.remove();
}

function follow() {
  const events = new EventSource("/console/events");
  let wasLost = false;
  events.onopen = () => {
    if (wasLost) location.reload();
    live.textContent = "live";
    live.className = "on";
  };
  events.onmessage = (event) => take(event.data);
  events.onerror = () => {
    wasLost = true;
    live.textContent = "not connected";
    live.className = "off";
  };
}

// Shows the sandbox's time, which runs with this machine's.
function tick() {
  const clock = document.getElementById("clock");
  const now = new Date(Date.now() + Number(clock.dataset.offset) * 1000);
  const time = clock.querySelector("time");
  if (!Number.isNaN(now.valueOf())) time.textContent = now.toISOString().replace(/\.\d+Z$/, "Z");
}

let silence;
function say(text, kind) {
  clearTimeout(silence);
  message.textContent = text;
  message.className = kind;
  silence = setTimeout(() => (message.textContent = ""), 8000);
}

async function send(event) {
  const { target: form, submitter: button } = event;
  event.preventDefault();
  const action = button?.hasAttribute("formaction") ? button.formAction : form.action;
  try {
    const answer = await fetch(action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) });
    say(await answer.text(), answer.ok ? "done" : "problem");
    if (answer.ok && form.dataset.clear !== undefined) form.reset();
  } catch {
    say("The sandbox does not answer.", "problem");
  }
}

if (list) {
  follow();
  tick();
  setInterval(tick, 1000);
  document.addEventListener("submit", send);
}
