// The bar on top: the moved calendar, the faults, and strips that tell of trouble.
import { ApiError, api } from "./api.js";
import { dayInWords, clock, momentInWords, naive, readMoment, readPicker, span, tomorrowMorning } from "./dates.js";
import { button, confirm, dialog, field, h, icon, toast } from "./dom.js";
import { openFaults, faultsInWords, allOff } from "./faults.js";
import { store } from "./store.js";
import { W } from "./words.js";

const HOUR = 3600;
const REAL = 1;

async function move(to) {
  try {
    store.takeCalendar(await api.moveCalendar(to));
    toast(document.body, W.moved(momentInWords(store.now())));
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(document.body, W.failed(error.message), "bad");
    return false;
  }
}

async function backToReal() {
  if (await confirm(W.backToRealAsk, W.backToReal)) await move({ reset: true });
}

const quick = () => [
  button(W.plusHour, () => move({ by_seconds: HOUR })),
  button(W.plusDay, () => move({ by_seconds: 24 * HOUR })),
  button(W.tomorrow, () => move({ to: naive(tomorrowMorning(store.now())) })),
];

const isMoved = () => Math.abs(store.offset) >= REAL;

function offsetWords() {
  if (!isMoved()) return W.realTime;
  const text = span(store.offset * 1000);
  return W.movedBy(store.offset > 0 ? W.ahead(text) : W.behind(text));
}

/** The typed moment and the browser's own picker, kept in step. */
function momentForm(close) {
  const typed = h("input", { type: "text", autocomplete: "off", inputmode: "text", value: "" });
  const picker = h("input", { type: "datetime-local", min: naive(store.now()), value: naive(tomorrowMorning(store.now())) });
  const row = field(W.goTo, typed, W.goToHint);
  picker.addEventListener("input", () => {
    const ms = readPicker(picker.value);
    if (!Number.isNaN(ms)) typed.value = momentInWords(ms).replace(/^.*, /, "");
    row.fail("");
  });
  return h("form", {
    class: "moment", novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      const ms = typed.value.trim() ? readMoment(typed.value) : readPicker(picker.value);
      if (Number.isNaN(ms)) row.fail(W.badMoment);
      else if (ms < store.now()) row.fail(W.pastMoment);
      else if (await move({ to: naive(ms) })) close();
    },
  }, row, field(W.pickFromCalendar, picker), h("button", { type: "submit", class: "button primary" }, W.go));
}

function openCalendar() {
  const words = h("p", { class: "clock-large" });
  const offset = h("p", { class: "clock-offset" });
  const draw = () => {
    words.replaceChildren(h("span", {}, dayInWords(store.now())), " ", h("strong", {}, clock(store.now(), true)));
    offset.textContent = offsetWords();
    back.disabled = !isMoved();
  };
  const back = button(W.backToReal, backToReal, { class: "quiet" });
  const timer = setInterval(draw, 500);
  dialog(W.calendarTitle, (close) => [
    words, offset,
    h("div", { class: "quick" }, quick(), button(W.plusWeek, () => move({ by_seconds: 7 * 24 * HOUR }))),
    momentForm(close),
    h("p", { class: "sheet-text quiet-text" }, W.calendarHelp),
    h("div", { class: "sheet-actions" }, back),
  ], { onclose: () => clearInterval(timer) });
  draw();
}

export function buildTopbar(root) {
  const day = h("span", { class: "clock-day" });
  const time = h("time", { class: "clock-time" });
  const offset = h("span", { class: "clock-offset" });
  const words = h("button", { type: "button", class: "clock", "aria-label": W.calendarTitle, onclick: openCalendar },
    icon("clock"), h("span", { class: "clock-words" }, h("span", { class: "clock-main" }, day, " ", time), offset));
  const back = button(W.backToReal, backToReal, { class: "quiet back-to-real" });
  const faultDot = h("span", { class: "dot", hidden: true });
  const faults = h("button", { type: "button", class: "button fault-button", onclick: openFaults }, icon("bolt"), h("span", {}, W.faults), faultDot);
  root.append(
    h("h1", { class: "brand" }, h("img", { src: "/page/icon.svg", alt: "" }), h("span", {}, W.brand)),
    h("div", { class: "calendar", role: "group", "aria-label": W.calendar }, words,
      h("div", { class: "quick" }, quick(), button(W.otherMoment, openCalendar), back)),
    faults);
  const draw = () => {
    if (!store.bot) return;
    day.textContent = dayInWords(store.now());
    time.textContent = clock(store.now(), true);
    offset.textContent = offsetWords();
    back.hidden = !isMoved();
    root.classList.toggle("moved", isMoved());
    words.title = momentInWords(store.now());
  };
  setInterval(draw, 500);
  store.on("calendar", draw);
  store.on("faults", () => { faultDot.hidden = faultsInWords(store.faults).length === 0; });
}

export function buildStrips(root) {
  const offlineWords = h("span");
  const offline = h("div", { class: "strip offline", role: "alert", hidden: true }, offlineWords, button(W.retryNow, () => store.retryNow()));
  const list = h("span", { class: "strip-list" });
  const faults = h("div", { class: "strip faults", role: "alert", hidden: true }, icon("bolt"), h("strong", {}, W.faultsOn), list,
    button(W.faultsEdit, openFaults, { class: "look" }), button(W.faultsOffAll, allOff));
  root.append(offline, faults);
  const drawOffline = () => {
    offline.hidden = store.online !== false;
    document.body.classList.toggle("is-offline", store.online === false);
    const left = Math.max(0, Math.ceil((store.retryAt - Date.now()) / 1000));
    offlineWords.textContent = `${W.offline} ${left ? W.retryIn(left) : W.retrying}`;
  };
  store.on("online", drawOffline);
  setInterval(() => store.online === false && drawOffline(), 1000);
  store.on("faults", () => {
    const on = faultsInWords(store.faults);
    faults.hidden = on.length === 0;
    const text = on.join(" · ");
    if (list.textContent !== text) list.textContent = text;
  });
}
