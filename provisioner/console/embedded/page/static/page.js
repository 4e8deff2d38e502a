// Asks and saves the way the real console's page does: POST /cgi/capi in its envelope, by the binding in data-model.
"use strict";

const model = JSON.parse(document.body.dataset.model);
const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;
// A name is a stranger's: characters that turn or hide text are shown as what they are, unknown ones.
const plain = (words) => String(words).replace(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, "\ufffd");
const say = (id, words) => { document.getElementById(id).textContent = plain(words); };

async function ask(action, data) {
  const query = new URLSearchParams({ i: `${model.service}/${action}`, uin: meta("uin"), region: "1", csrfCode: meta("csrf-code") });
  const body = { serviceType: model.service, cmd: action, regionId: 1, data: { Version: model.version, ...data } };
  const answer = await fetch(`/cgi/capi?${query}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`The console answered ${answer.status}.`);
  const response = (await answer.json()).data.Response;
  if (response.Error) throw new Error(`${response.Error.Code}: ${response.Error.Message}`);
  return response;
}

// Places are slash-separated names; an empty one is the object itself.
function get(node, place) {
  for (const name of place ? place.split("/") : []) node = node?.[name];
  return node;
}
function put(node, place, value) {
  const names = place.split("/");
  const leaf = names.pop();
  for (const name of names) node = node[name] ??= {};
  node[leaf] = value;
}

// Between what a control holds (text, or the list of ticked words) and the wire.
function encode(field, value) {
  const code = (word) => field.codes.find(([known]) => known === word)?.[1];
  switch (field.wire) {
    case "number": return field.asText ? value : Number(value);
    case "codes": return code(value);
    case "whole": return code(value.join("+"));
    case "list": { const list = value.map(code); return field.asText ? list.join(field.separator) : list; }
    case "folders": return field.asText ? value : value.split("/");
    default: return value;
  }
}
function decode(field, wire) {
  const word = (code) => field.codes.find(([, known]) => known === code)?.[0];
  switch (field.wire) {
    case "codes": return word(wire) ?? "";
    case "whole": return word(wire)?.split("+") ?? [];
    case "list": return (field.asText ? wire.split(field.separator) : wire).map(word);
    case "folders": return field.asText ? wire : wire.join("/");
    default: return String(wire);
  }
}

function listApplications(table) {
  const { offset, limit } = table.dataset;
  const { begin, limit: rows, first } = model.list;
  const from = first === null ? Number(offset) : first + Number(offset) / Number(limit);
  return ask(model.list.action, { [begin]: from, [rows]: Number(limit) }).then((answer) => {
    const rows = (get(answer, model.list.items) ?? []).map((item) => {
      const row = document.createElement("tr");
      const link = document.createElement("a");
      link.href = `/apps/${Number(get(item, model.list.id))}`;
      link.textContent = plain(get(item, model.list.name) ?? "");
      row.insertCell().append(link);
      row.insertCell().textContent = plain(get(item, model.list.id));
      return row;
    });
    table.tBodies[0].replaceChildren(...rows);
  });
}

class Application {
  constructor(form) {
    this.form = form;
    const id = form.dataset.app;
    this.own = { [model.sdkAppId]: model.idAsText ? id : Number(id) };
    form.addEventListener("submit", (event) => { event.preventDefault(); this.attempt(() => this.save()); });
  }

  async attempt(work) {
    const button = document.getElementById("save");
    button.disabled = true;
    say("problem", "");
    try { await work(); } catch (error) { say("problem", error.message); } finally { button.disabled = false; }
  }

  controls(field) { return [...this.form.elements].filter((control) => control.name === field.path); }
  value(field) {
    const controls = this.controls(field);
    if (field.control !== "choices") return controls[0].value.trim();
    return controls.filter((control) => control.checked).map((control) => control.value);
  }
  show(field, value) {
    for (const control of this.controls(field)) {
      if (field.control === "choices") control.checked = value.includes(control.value);
      else control.value = value;
    }
  }
  values() { return new Map(model.fields.map((field) => [field.path, this.value(field)])); }

  async look() {
    const answer = await ask(model.read.action, this.own);
    const recording = get(answer, model.read.fields);
    let settings = recording;
    if (model.template) {
      this.templateId = get(answer, model.template.id) ?? null;
      settings = undefined;
      if (this.templateId !== null) {
        const template = await ask(model.template.action, { ...this.own, [model.template.as]: this.templateId });
        settings = get(template, model.template.fields);
      }
    }
    let vendor = "";
    for (const field of model.fields) {
      const value = this.shown(field, field.setting ? settings : recording, vendor);
      if (field.path.endsWith("/storage/vendor")) vendor = value;
      this.show(field, value);
    }
    say("heading", get(answer, model.read.name) ?? "");
    this.known = this.values();
  }

  shown(field, base, vendor) {
    const empty = field.control === "choices" ? [] : "";
    if (!field.shown || (field.vendor && field.vendor !== vendor)) return empty;
    const wire = get(base, field.at);
    if (wire !== undefined && wire !== null) return decode(field, wire);
    for (const [place, word] of Object.entries(field.implied)) if (get(base, place) !== undefined) return word;
    return empty;
  }

  async save() {
    const now = this.values();
    const set = (path) => now.get(path) !== undefined && now.get(path).length > 0;
    const changed = [...now.keys()].filter((path) => String(now.get(path)) !== String(this.known.get(path)));
    if (!changed.length) { say("status", "Nothing was changed."); return; }
    const concerns = (write, path) => write.carries.some((part) => path === part || path.startsWith(`${part}/`));
    const vendor = now.get("/recording/settings/storage/vendor");
    for (const write of model.writes.filter((one) => changed.some((path) => concerns(one, path)))) {
      const body = { ...this.own };
      if (write.templateId && this.templateId != null) body[write.templateId] = this.templateId;
      for (const field of model.fields) {
        const value = now.get(field.path);
        if (!concerns(write, field.path) || !set(field.path) || (field.vendor && field.vendor !== vendor)) continue;
        if (Object.values(field.implied).includes(value)) continue;
        put(body, write.at ? `${write.at}/${field.sent}` : field.sent, encode(field, value));
      }
      await ask(write.action, body);
    }
    say("status", `Saved: ${changed.length} field${changed.length === 1 ? "" : "s"}.`);
    await this.look();
  }
}

const table = document.getElementById("applications");
if (table) listApplications(table).then(() => { document.body.dataset.ready = "yes"; }, (error) => say("problem", error.message));
const form = document.getElementById("application");
if (form) {
  const application = new Application(form);
  application.attempt(() => application.look()).then(() => { document.body.dataset.ready = "yes"; });
}
