// Small helpers of the pages. Every page works without them but for what must come by itself.
const main = document.getElementById("main");

// A file that is chosen goes at once; one that is dropped goes to the form under it, else to the first that takes its kind.
const drops = [...document.querySelectorAll("[data-drop]")];
for (const form of drops) {
  form.classList.add("by-itself");
  form.querySelector("input[type=file]").addEventListener("change", () => send(form));
}
function send(form) {
  const files = form.querySelector("input[type=file]").files;
  if (!files.length) return;
  form.querySelector("[data-said]").textContent = files.length === 1 ? `Taking ${files[0].name} …` : `Taking ${files.length} files …`;
  form.requestSubmit();
}
function formFor(event) {
  const name = event.dataTransfer.files[0]?.name.toLowerCase() ?? "";
  const takes = (form) => form.querySelector("input").accept.split(",").some((ending) => name.endsWith(ending));
  return event.target.closest?.("[data-drop]") ?? drops.find(takes) ?? drops[0];
}
if (drops.length) {
  const over = (on) => drops.forEach((form) => form.classList.toggle("over", on));
  for (const name of ["dragenter", "dragover"]) addEventListener(name, (event) => { event.preventDefault(); over(true); });
  addEventListener("dragleave", () => over(false));
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    const form = formFor(event);
    if (!event.dataTransfer.files.length) return;
    form.querySelector("input").files = event.dataTransfer.files;
    send(form);
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
  events.onopen = () => told(true);
  events.onerror = () => setTimeout(() => told(events.readyState === EventSource.OPEN), 4000);
  addEventListener("pagehide", () => events.close());
}

// Whether the desk answers; where it does not, the page says so and what to do.
function told(answers) {
  const notice = document.querySelector("[data-gone]");
  if (answers || notice) { if (answers) notice?.remove(); return; }
  const words = document.createElement("p");
  words.className = "notice bad";
  words.role = "alert";
  words.dataset.gone = "";
  words.textContent = "The desk does not answer. If it was closed, start it again as you did before; a run that was going on is not lost.";
  document.querySelector("main").prepend(words);
}

async function asked(address, options) {
  try {
    const answer = await fetch(address, options);
    told(true);
    return answer;
  } catch {
    told(false);
    return null;
  }
}

let turn = 0;

async function refresh(selector) {
  const mine = ++turn;
  const answer = await asked(location.href, { headers: { Accept: "text/html" } });
  if (!answer) { setTimeout(() => refresh(selector), 4000); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== turn) return; // what was asked later comes first, or will come
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

// The matrix: sorted by a column, from the better end first, then turned round; candidates left out and taken back.
const matrix = document.querySelector("[data-matrix]");
if (matrix) {
  const body = matrix.tBodies[0];
  const rows = [...body.rows];
  const value = (row, column) => {
    const text = row.cells[column].dataset.value;
    return column === 0 ? text.toLowerCase() : text === "None" ? NaN : Number(text);
  };
  [...matrix.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.ariaSort === "ascending" || (column === 1 && head.ariaSort !== "descending");
      for (const other of matrix.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.ariaSort = down ? "descending" : "ascending";
      const sign = down ? -1 : 1;
      body.append(...[...rows].sort((a, b) => {
        const [x, y] = [value(a, column), value(b, column)];
        if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
        return (x < y ? -1 : x > y ? 1 : 0) * sign;
      }));
    });
  });
  const tools = document.querySelector("[data-matrix-tools]");
  tools.hidden = false;
  tools.addEventListener("change", (event) => { rows[Number(event.target.value)].hidden = !event.target.checked; });
}

// What-if: the table comes from the server, by the function of the report.
const whatIf = document.querySelector("[data-what-if]");
if (whatIf) {
  const outcome = document.querySelector("[data-outcome]");
  let latest = 0;
  const reckon = async () => {
    const mine = ++latest;
    const answer = await asked(whatIf.action, { method: "POST", body: new URLSearchParams(new FormData(whatIf)) });
    if (!answer) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== latest) return;
    outcome.replaceChildren(...(answer.ok ? page.body.childNodes : page.querySelectorAll(".notice")));
  };
  whatIf.addEventListener("submit", (event) => { event.preventDefault(); reckon(); });
  whatIf.addEventListener("reset", () => setTimeout(reckon));
  whatIf.addEventListener("change", reckon);
}
