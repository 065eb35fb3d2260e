// The panel of faults: each switch is one trouble of the real Telegram.
import { ApiError, api } from "./api.js";
import { button, dialog, h, toast } from "./dom.js";
import { store } from "./store.js";
import { W } from "./words.js";

// fields: name -> first value; an empty "times" means until switched off.
const FAULTS = [
  { key: "flood", fields: { retry_after: 5, times: "" } },
  { key: "server_error", fields: { code: 502, times: "" } },
  { key: "lost_answer", fields: { times: 1 } },
  { key: "unknown_bad_request", fields: { times: 1 } },
  { key: "down", plain: true },
  { key: "slow_ms", number: 2000 },
  { key: "duplicate_updates", plain: true },
];
const OFF = { flood: null, server_error: null, lost_answer: null, unknown_bad_request: null, down: false, slow_ms: 0, duplicate_updates: false };
const LIMITS = { retry_after: [1, 3600], times: [1, 9999], code: [500, 599], slow_ms: [1, 60000] };

const isOn = (faults, key) => Boolean(faults?.[key]) && faults[key].times !== 0;

/** The faults that are on, each in words with its numbers. */
export function faultsInWords(faults) {
  return FAULTS.filter(({ key }) => isOn(faults, key)).map(({ key }) => {
    const value = faults[key];
    const notes = [];
    if (key === "slow_ms") notes.push(W.ms(value));
    if (value.retry_after) notes.push(W.seconds(value.retry_after));
    if (value.code) notes.push(String(value.code));
    if (typeof value === "object") notes.push(value.times ? W.timesLeft(value.times) : W.untilOff);
    return W.fault[key] + (notes.length ? `: ${notes.join(", ")}` : "");
  });
}

async function set(change) {
  try {
    await api.setFaults(change);
    await store.refreshPeople();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(document.body, W.failed(error.message), "bad");
  }
}

export const allOff = () => set(OFF);

function faultRow(fault) {
  const { key, fields = {}, number } = fault;
  const now = store.faults[key];
  const on = h("input", { type: "checkbox", role: "switch", id: `fault-${key}`, checked: isOn(store.faults, key) });
  const values = number ? { slow_ms: number } : fields;
  const inputs = Object.entries(values).map(([name, first]) => {
    const value = number ? now || first : isOn(store.faults, key) ? now[name] ?? "" : first;
    return [name, h("input", {
      type: "number", inputmode: "numeric", min: String(LIMITS[name][0]), max: String(LIMITS[name][1]), value: String(value),
      placeholder: name === "times" ? W.untilOff : "", id: `fault-${key}-${name}`,
    })];
  });
  const read = () => {
    if (fault.plain) return true;
    const numbers = Object.fromEntries(inputs.map(([name, input]) => [name, input.value === "" ? null : Number(input.value)]));
    return number ? numbers.slow_ms ?? number : numbers;
  };
  const send = () => {
    const bad = inputs.find(([name, input]) => !input.checkValidity() || (name !== "times" && input.value === ""));
    if (on.checked && bad) {
      bad[1].focus();
      bad[1].reportValidity();
      on.checked = isOn(store.faults, key);
      return;
    }
    set({ [key]: on.checked ? read() : OFF[key] });
  };
  on.addEventListener("change", send);
  for (const [, input] of inputs) input.addEventListener("change", () => on.checked && send());
  const row = h("div", { class: "fault" },
    h("label", { class: "fault-main", for: on.id },
      h("span", { class: "fault-words" }, h("strong", {}, W.fault[key]), h("span", {}, W.fault[`${key}Help`])), on),
    inputs.length ? h("div", { class: "fault-fields" }, inputs.map(([name, input]) => h("label", { for: input.id }, h("span", {}, W.faultField[name]), input))) : null);
  row.follow = () => {
    on.checked = isOn(store.faults, key);
    row.classList.toggle("on", on.checked);
  };
  row.follow();
  return row;
}

let openRows = [];
store.on("faults", () => { for (const row of openRows) row.follow(); });

export function openFaults() {
  openRows = FAULTS.map(faultRow);
  dialog(W.faultsTitle, (close) => [
    h("p", { class: "sheet-text quiet-text" }, W.faultsHelp),
    h("div", { class: "faults-list" }, openRows),
    h("div", { class: "sheet-actions" }, button(W.faultsOffAll, allOff), button(W.close, close, { class: "primary" })),
  ], { onclose: () => { openRows = []; } });
}
