// Small helpers of the pages. Every page works without them but for what must come by itself.
const main = document.getElementById("main");

// Dropping a file anywhere on the page puts it into the page's drop form.
const drop = document.querySelector("[data-drop]");
if (drop) {
  const input = drop.querySelector("input[type=file]");
  const said = drop.querySelector("[data-said]");
  const send = () => {
    if (!input.files.length) return;
    said.textContent = `Taking ${input.files[0].name} …`;
    drop.requestSubmit();
  };
  input.addEventListener("change", send);
  for (const name of ["dragenter", "dragover"]) {
    addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  addEventListener("dragleave", () => drop.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; send(); }
  });
}

// A page that waits for something asks again.
const again = document.querySelector("[data-again]");
if (again) setTimeout(() => refresh("[data-again]"), Number(again.dataset.again));

// A live page shows anew what has changed, and leaves alone where the person is.
const live = document.body.dataset.live;
if (live) {
  const events = new EventSource(live);
  events.onmessage = () => refresh("[data-part]");
  addEventListener("pagehide", () => events.close());
}

async function refresh(selector) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = document.querySelector(selector);
  const now = page.querySelector(selector);
  if (!before || !now) { location.reload(); return; }
  const typing = document.activeElement && before.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
  if (typing) return;
  const focused = document.activeElement && document.activeElement.id;
  const wasRunning = before.hasAttribute("data-running");
  before.replaceWith(now);
  const rail = page.querySelector(".rail");
  const old = document.querySelector(".rail");
  if (rail && old) old.replaceWith(rail);
  if (focused) document.getElementById(focused)?.focus();
  if (wasRunning && !now.hasAttribute("data-running")) notify(now.querySelector("[role=status]")?.textContent ?? "Done");
  offerNotice();
  const more = document.querySelector("[data-again]");
  if (more) setTimeout(() => refresh("[data-again]"), Number(more.dataset.again));
}

// A notice when a long run is done, if the person wants one.
function offerNotice() {
  const button = document.querySelector("[data-notify]");
  if (!button || !("Notification" in window) || Notification.permission !== "default") return;
  button.hidden = false;
  button.addEventListener("click", async () => { await Notification.requestPermission(); button.hidden = true; });
}
offerNotice();

function notify(words) {
  document.title = `${words.trim().split(".")[0]} · reportgen`;
  if ("Notification" in window && Notification.permission === "granted") new Notification("reportgen", { body: words.trim() });
}

// One key does what a button or link with that key does, unless something is being typed.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (target) { event.preventDefault(); target.click(); }
});

// What-if: the table comes from the server, by the function of the report.
const whatIf = document.querySelector("[data-what-if]");
if (whatIf) {
  const outcome = document.querySelector("[data-outcome]");
  let asked = 0;
  const reckon = async () => {
    const mine = ++asked;
    const answer = await fetch(whatIf.action, { method: "POST", body: new URLSearchParams(new FormData(whatIf)) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    outcome.replaceChildren(...(answer.ok ? page.body.childNodes : page.querySelectorAll(".notice")));
  };
  whatIf.addEventListener("submit", (event) => { event.preventDefault(); reckon(); });
  whatIf.addEventListener("reset", () => setTimeout(reckon));
  whatIf.addEventListener("change", reckon);
}
