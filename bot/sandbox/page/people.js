// Dialogs about people, groups, and which phones are on the table.
import { ApiError, api } from "./api.js";
import { avatar, button, dialog, field, h } from "./dom.js";
import { isStartToken, startPayload } from "./rich.js";
import { store } from "./store.js";
import { W } from "./words.js";

const USERNAME = /^[A-Za-z][A-Za-z0-9_]{4,31}$/;

/** A form whose refusal is shown on its first field. */
function form(fields, label, submit, close) {
  const box = h("form", {
    novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      for (const one of fields) one.fail?.("");
      try {
        if ((await submit()) !== false) close();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        fields.find((one) => one.fail).fail(W.failed(error.message));
      }
    },
  }, fields, h("div", { class: "sheet-actions" }, button(W.cancel, close), h("button", { type: "submit", class: "button primary" }, label)));
  return box;
}

export function askPerson(done) {
  dialog(W.personTitle, (close) => {
    const nameInput = h("input", { type: "text", autocomplete: "off", maxlength: "120", autofocus: true });
    const userInput = h("input", { type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: "33" });
    const name = field(W.personName, nameInput, W.personNameHint);
    const username = field(W.personUsername, userInput, W.personUsernameHint);
    return form([name, username], W.add, async () => {
      const handle = userInput.value.trim().replace(/^@/, "");
      if (!nameInput.value.trim()) return refuse(name, W.needName);
      if (handle && !USERNAME.test(handle)) return refuse(username, W.badUsername);
      const user = await api.addUser({ first_name: nameInput.value.normalize("NFC").trim(), ...(handle ? { username: handle } : {}) });
      await store.refreshPeople();
      done(store.open(user.id, user.id));
      return true;
    }, close);
  });
}

function refuse(row, text) {
  row.fail(text);
  return false;
}

export async function addSamples() {
  for (const person of W.samples) {
    const user = await api.addUser(person);
    await store.refreshPeople();
    store.open(user.id, user.id);
  }
}

export function askGroup(done) {
  dialog(W.groupTitle, (close) => {
    const titleInput = h("input", { type: "text", autocomplete: "off", maxlength: "128", autofocus: true });
    const title = field(W.groupName, titleInput, W.groupNameHint);
    const boxes = [...store.users.values()].map((user) => h("input", { type: "checkbox", value: String(user.id) }));
    const note = h("p", { class: "field-note" });
    const members = h("fieldset", {}, h("legend", {}, W.groupMembers),
      boxes.map((box) => h("label", { class: "check" }, box, avatar(store.name(Number(box.value)), Number(box.value)), h("span", {}, store.name(Number(box.value))))), note);
    members.fail = (text) => { note.textContent = text; members.classList.toggle("bad", Boolean(text)); };
    const big = h("input", { type: "checkbox" });
    return form([title, members, h("label", { class: "check" }, big, h("span", {}, W.groupSuper))], W.create, async () => {
      const chosen = boxes.filter((box) => box.checked).map((box) => Number(box.value));
      if (!titleInput.value.trim()) return refuse(title, W.needGroupName);
      if (!chosen.length) return refuse(members, W.needMembers);
      const group = await api.addGroup({ title: titleInput.value.trim(), members: chosen, supergroup: big.checked });
      await store.refreshPeople();
      done(store.open(group.id, chosen[0]));
      return true;
    }, close);
  });
}

export function askCode(run) {
  dialog(W.codeTitle, (close) => {
    const input = h("input", { type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false", autofocus: true });
    const row = field(W.codeLabel, input, W.codeHint(store.bot.username));
    return form([row], W.start, () => {
      const typed = input.value.trim();
      const token = isStartToken(typed) ? typed : startPayload(typed, store.bot.username);
      if (!token) return refuse(row, W.badCode);
      run(token);
      return true;
    }, close);
  }, { kind: "small" });
}

/** A list of people or phones to pick one from. */
function pick(title, help, choices) {
  dialog(title, (close) => [
    help ? h("p", { class: "sheet-text" }, help) : null,
    choices.length ? h("div", { class: "choices" }, choices.map(({ name, id, line, run }) => h("button", {
      type: "button", class: "choice", onclick: () => { close(); run(); },
    }, avatar(name, id), h("span", { class: "choice-words" }, h("strong", {}, name), line ? h("span", {}, line) : null))))
      : h("p", { class: "sheet-text" }, W.noTargets),
  ], { kind: "small" });
}

export function askGroupViewer(group, run) {
  pick(W.openGroupAs.replace("…", ""), "", group.members.filter((id) => store.users.has(id)).map((id) => (
    { name: store.name(id), id, run: () => run(id) })));
}

/** Where the person who holds this phone can send a message on: their own chat with the bot, and their groups. */
export function askForward(phone, message) {
  const me = store.users.get(phone.viewer);
  const own = me.started && !me.blocked
    ? [{ name: store.bot.name, id: store.bot.id, line: W.chatOf(store.name(me.id)), run: () => phone.forward(message, me.id) }]
    : [];
  const groups = [...store.groups.values()].filter((group) => !group.migrated_to && group.members.includes(me.id)).map((group) => (
    { name: group.title, id: group.id, line: W.members(group.members.length), run: () => phone.forward(message, group.id) }));
  pick(W.forwardTitle, W.forwardHelp(store.name(me.id)), [...own, ...groups]);
}
