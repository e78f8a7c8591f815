// Resumable uploads by tus 1.0, many at a time. Texts come from the data-text-* attributes of the section.
"use strict";

(() => {
  const section = document.querySelector("[data-uploader]");
  const drop = section && section.querySelector("[data-drop]");
  if (!section) return;

  const PART_BYTES = 64 * 1024 * 1024;
  const PROBE_BYTES = 1024 * 1024;  // after a full disk: whether there is room again is known at once
  const AT_ONCE = 3;
  const WAITS_MS = [1000, 2000, 5000, 10000, 20000, 30000];
  const WAIT_FOR_ROOM_MS = 15000;
  const LANGUAGE = document.documentElement.lang.startsWith("ko") ? "ko" : "en";
  const STORE = `biomoa-upload ${section.dataset.address} `;
  const find = (name) => section.querySelector(`[data-${name}]`);
  const said = (name, facts = {}) =>
    (section.dataset["text" + name.replace(/(^|-)(.)/g, (_, __, c) => c.toUpperCase())] || name)
      .replace(/\{(\w+)\}/g, (_, key) => facts[key]);

  const keyOf = (name) => name.normalize("NFC").toLowerCase();
  const items = [];
  const byName = new Map();
  let active = 0;
  let arrivedBytes = 0;
  const rates = [];

  // -- words for sizes and times -------------------------------------------------------------------------------

  const sizeOf = (bytes) => {
    const units = ["B", "KB", "MB", "GB", "TB"];
    const power = bytes < 1 ? 0 : Math.min(4, Math.floor(Math.log(bytes) / Math.log(1024)));
    const digits = power ? 1 : 0;
    return `${(bytes / 1024 ** power).toLocaleString(LANGUAGE, { maximumFractionDigits: digits })} ${units[power]}`;
  };

  const timeOf = (seconds) => {
    const unit = seconds < 60 ? "second" : seconds < 3600 ? "minute" : "hour";
    const value = Math.max(1, Math.ceil(seconds / { second: 1, minute: 60, hour: 3600 }[unit]));
    return new Intl.NumberFormat(LANGUAGE, { style: "unit", unit, unitDisplay: "long" }).format(value);
  };

  // -- what outlives the page: the address of each unfinished upload -------------------------------------------

  const fingerprint = (file) => `${STORE}${file.name} ${file.size} ${file.lastModified}`;
  const remember = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private mode: no memory */ } };
  const forget = (key) => { try { localStorage.removeItem(key); } catch { /* as above */ } };
  const recall = (key) => { try { return JSON.parse(localStorage.getItem(key) || "null"); } catch { return null; } };
  const remembered = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(STORE)); } catch { return []; } };

  // -- the protocol --------------------------------------------------------------------------------------------

  const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const HEADERS = { "Tus-Resumable": "1.0.0", "X-CSRFToken": section.dataset.token };

  const requestOnce = (item, method, url, headers, body) =>
    new Promise((resolve) => {
      const call = new XMLHttpRequest();
      item.call = call;
      call.open(method, url);
      for (const [name, value] of Object.entries({ ...HEADERS, ...headers })) call.setRequestHeader(name, value);
      call.upload.onprogress = (event) => progress(item, item.base + event.loaded);
      call.onloadend = () => { item.call = null; resolve(call); };
      call.send(body || null);
    });

  // Whoever signed in again in another tab has a new token: it is taken over once, and the same is sent again.
  let renewing = null;
  const renewed = () => (renewing ||= window.freshToken().catch(() => "").finally(() => { renewing = null; }));
  const request = async (...asked) => {
    const call = await requestOnce(...asked);
    if (call.status !== 403 || problemOf(call).code !== "session-check-failed") return call;
    const token = await renewed();
    if (!token || asked[0].state === "paused") return call;
    HEADERS["X-CSRFToken"] = token;
    return requestOnce(...asked);
  };

  const create = async (item) => {
    const metadata = `filename ${encoded(item.name)},filetype ${encoded(item.file.type || "application/octet-stream")}`;
    const call = await request(item, "POST", section.dataset.address, { "Upload-Length": String(item.file.size), "Upload-Metadata": metadata });
    if (call.status !== 201) return call;
    // Same host and scheme as the page, whatever a proxy makes of the rest.
    item.url = new URL(call.getResponseHeader("Location")).pathname;
    item.offset = Number(call.getResponseHeader("Upload-Offset") || 0);
    remember(item.key, { url: item.url, name: item.name, size: item.file.size, offset: item.offset });
    return call;
  };

  const locate = async (item) => {
    const call = await request(item, "HEAD", item.url, {});
    if (call.status === 200) item.offset = Number(call.getResponseHeader("Upload-Offset"));
    if (call.status === 404 || call.status === 410) { forget(item.key); item.url = null; item.offset = 0; }
    return call;
  };

  const sendPart = async (item) => {
    item.base = item.offset;
    const part = item.file.slice(item.offset, item.offset + (item.full ? PROBE_BYTES : PART_BYTES));
    const call = await request(item, "PATCH", item.url, { "Upload-Offset": String(item.offset), "Content-Type": "application/offset+octet-stream" }, part);
    if (call.status === 204) {
      item.offset = Number(call.getResponseHeader("Upload-Offset"));
      item.tries = 0;
      item.full = null;
      remember(item.key, { url: item.url, name: item.name, size: item.file.size, offset: item.offset });
    }
    return call;
  };

  const isGood = (call) => call.status >= 200 && call.status < 300;
  const isPassing = (status, code) =>
    [0, 423, 429].includes(status) || status >= 500 || code === "wrong-offset";
  const problemOf = (call) => {
    try {
      const body = JSON.parse(call.responseText);
      const problem = body.problems[0];
      return { text: problem.message[LANGUAGE], suggestion: problem.suggestion, code: problem.code };
    } catch {
      if (call.status === 401 || call.status === 403) return { text: said("signin") };
      return { text: call.status ? `HTTP ${call.status}` : said("network") };
    }
  };

  const begin = async (item) => {
    const call = item.url ? await locate(item) : null;
    return item.url ? call : create(item);
  };

  const run = async (item) => {
    // Paused and resumed while a request was ending, an item must not be sent by two runs.
    const turn = (item.turn += 1);
    const isMine = () => item.state === "sending" && item.turn === turn;
    let call = await begin(item);
    while (isMine()) {
      if (!isGood(call)) {
        await recover(item, call);
        if (isMine()) call = await begin(item);
      } else if (item.offset >= item.size) {
        finish(item);
      } else {
        progress(item, item.offset);
        call = await sendPart(item);
      }
    }
  };

  // After a passing trouble: wait, then ask for the offset and go on. After a real one: say it and stop.
  const recover = async (item, call) => {
    const problem = problemOf(call);
    if (!isPassing(call.status, problem.code)) return refuse(item, problem);
    const isFull = call.status === 507;
    const asked = Number(call.getResponseHeader("Retry-After")) * 1000;
    // Room may come any minute: who waits before the page need not wait as long as a program.
    const wait = isFull ? WAIT_FOR_ROOM_MS : asked || WAITS_MS[Math.min(item.tries, WAITS_MS.length - 1)];
    item.tries += 1;
    // It stands until a part has found room: while one is on its way the disk may be as full as before.
    item.full = isFull ? `${problem.text} ${said("goes-on")}` : null;
    say(item, item.full || said("retrying"));
    summarise();
    return new Promise((resolve) => setTimeout(resolve, wait));
  };

  // -- the queue -----------------------------------------------------------------------------------------------

  const pump = () => {
    for (const item of items) {
      if (active >= AT_ONCE) break;
      if (item.state !== "waiting") continue;
      item.state = "sending";
      active += 1;
      show(item);
      run(item).finally(() => { active -= 1; pump(); });
    }
    summarise();
  };

  const pause = (item) => {
    if (item.state !== "sending" && item.state !== "waiting") return;
    item.state = "paused";
    if (item.call) item.call.abort();
    show(item);
    lookSoon(item);
  };

  const LOOKS_MS = [0, 1000, 4000, 15000];  // the station needs a moment, when it is busy longer, to close a part that broke off
  // What a broken part had brought is kept by the station: it says how much that is.
  const lookSoon = (item) => LOOKS_MS.forEach((wait) => setTimeout(lookAgain, wait, item));
  const lookAgain = async (item) => {
    if (!item.url || item.state !== "paused") return;
    await locate(item);
    if (item.state !== "paused") return;
    item.shown = item.offset;
    show(item);
    summarise();
  };

  const resume = (item) => {
    if (!item.file || (item.state !== "paused" && item.state !== "refused")) return;
    item.state = "waiting";
    item.problem = null;
    item.tries = 0;
    show(item);
    pump();
  };

  const cancel = (item) => {
    pause(item);
    item.state = "cancelled";
    if (item.url) request(item, "DELETE", item.url, {});
    forget(item.key);
    byName.delete(keyOf(item.name));
    items.splice(items.indexOf(item), 1);
    item.row.remove();
    summarise();
  };

  const refuse = (item, problem) => {
    item.state = "refused";
    item.problem = problem;
    show(item);
  };

  const finish = (item) => {
    item.state = "done";
    forget(item.key);
    progress(item, item.file.size);
    show(item);
    list();
  };

  // -- rows ----------------------------------------------------------------------------------------------------

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const button = (text, label, act) => {
    const made = element("button", { type: "button", className: "button button-small", textContent: text });
    made.setAttribute("aria-label", `${text}: ${label}`);
    made.addEventListener("click", act);
    return made;
  };

  const makeRow = (item) => {
    const title = element("th", { scope: "row", textContent: item.name });
    item.bar = element("progress", { className: "progress", max: Math.max(1, item.size), value: item.offset });
    item.bar.setAttribute("aria-label", item.name);
    item.said = element("p", { className: "uploader-said" });
    item.buttons = element("td");
    item.row = element("tr", {}, title, element("td", { className: "number", textContent: sizeOf(item.size) }), element("td", {}, item.bar, item.said), item.buttons);
    item.row.dataset.name = item.name;
    show(item);
    return item.row;
  };

  const say = (item, text) => { if (item.said.textContent !== text) item.said.textContent = text; };

  const show = (item) => {
    if (!item.row) return;
    item.row.dataset.state = item.state;
    item.row.classList.toggle("is-problem", item.state === "refused");
    item.bar.value = item.state === "done" ? item.bar.max : item.shown;
    const percent = item.size ? Math.floor((100 * item.shown) / item.size) : 0;
    const amount = item.state === "paused" ? ` ${sizeOf(item.shown)} / ${sizeOf(item.size)}` : "";
    say(item, item.problem ? `${said("refused")}: ${item.problem.text}` : item.file ? said(item.state) + amount : said("choose-again", { percent }));
    const had = item.buttons.contains(document.activeElement);
    item.buttons.replaceChildren(...actions(item));
    // A pressed button is replaced by its opposite: the keyboard stays where it was, or goes to where the file went.
    if (had) (item.buttons.firstChild || find("table").parentElement).focus();
  };

  const actions = (item) => {
    const name = item.name;
    if (item.state === "done") return [];
    const stop = button(said(item.file ? "cancel" : "forget"), name, () => cancel(item));
    if (!item.file) return [stop];
    if (item.state === "paused") return [button(said("resume"), name, () => resume(item)), stop];
    if (item.state !== "refused") return [button(said("pause"), name, () => pause(item)), stop];
    const again = button(said("retry"), name, () => resume(item));
    const proposal = item.problem && item.problem.suggestion;
    if (!proposal || proposal === name) return [again, stop];
    return [button(said("safe-name", { name: proposal }), name, () => rename(item, proposal)), stop];
  };

  const rename = (item, name) => {
    byName.delete(keyOf(item.name));
    item.name = name;
    item.row.dataset.name = name;
    item.row.firstChild.textContent = name;
    byName.set(keyOf(name), item);
    resume(item);
  };

  let isDrawn = true;
  const progress = (item, offset) => {
    arrivedBytes += Math.max(0, offset - item.shown);
    item.shown = offset;
    if (!isDrawn) return;
    isDrawn = false;
    requestAnimationFrame(draw);
  };

  const draw = () => {
    isDrawn = true;
    for (const item of items) {
      if (item.state !== "sending") continue;
      item.bar.value = item.shown;
      say(item, item.full || `${said("sending")} ${sizeOf(item.shown)} / ${sizeOf(item.size)}`);
    }
    summarise();
  };

  const summarise = () => {
    find("queue").hidden = !items.length;
    find("under-way").hidden = !find("rows").firstElementChild;
    let done = 0, problems = 0, all = 0, sent = 0;
    for (const item of items) {
      done += item.state === "done";
      problems += item.state === "refused";
      all += item.size;
      sent += item.state === "done" ? item.size : item.shown;
    }
    const summary = said("summary", { done: done.toLocaleString(LANGUAGE), all: items.length.toLocaleString(LANGUAGE), problems: problems.toLocaleString(LANGUAGE) });
    if (find("summary").textContent !== summary) find("summary").textContent = summary;
    find("total").max = Math.max(1, all);
    find("total").value = sent;
    const speed = rateNow();
    const isMoving = speed > 0 && items.some((item) => item.state === "sending" && !item.tries);
    find("rate").textContent = isMoving ? `${sizeOf(speed)}/s · ${said("left", { time: timeOf((all - sent) / speed) })}` : "";
  };

  // Bytes a second over the last ten seconds.
  const rateNow = () => {
    const now = performance.now();
    if (!rates.length || now - rates[rates.length - 1].at > 500) rates.push({ at: now, bytes: arrivedBytes });
    while (rates.length > 2 && now - rates[0].at > 10000) rates.shift();
    const span = (now - rates[0].at) / 1000;
    return span > 0.3 ? (arrivedBytes - rates[0].bytes) / span : 0;
  };

  // -- choosing ------------------------------------------------------------------------------------------------

  const add = (files) => {
    const rows = document.createDocumentFragment();
    for (const file of files) {
      const key = fingerprint(file);
      const waiting = items.find((item) => item.key === key && !item.file);
      if (waiting) { Object.assign(waiting, { file, state: "waiting" }); show(waiting); continue; }
      const item = { file, name: file.name, size: file.size, key, state: "waiting", url: null, offset: 0, base: 0, shown: 0, tries: 0, turn: 0, problem: null };
      const known = recall(key);
      if (known) Object.assign(item, { url: known.url, offset: known.offset, shown: known.offset, name: known.name });
      const other = byName.get(keyOf(item.name));
      if (other && other.state !== "done") {
        if (other.key === key) continue;
        Object.assign(item, { state: "refused", problem: { text: said("same-name") } });
      } else byName.set(keyOf(item.name), item);
      items.push(item);
      rows.append(makeRow(item));
    }
    find("rows").append(rows);
    pump();
  };

  // Uploads that a former visit left unfinished: the browser will not open the file by itself.
  const showUnfinished = () => {
    for (const key of remembered()) {
      const known = recall(key);
      if (!known) continue;
      const item = { ...known, file: null, key, state: "paused", base: 0, shown: known.offset, tries: 0, turn: 0, problem: null };
      items.push(item);
      byName.set(keyOf(item.name), item);
      find("rows").append(makeRow(item));
      lookSoon(item);
    }
    summarise();
  };

  const entriesOf = (reader) =>
    new Promise((resolve) => {
      const all = [];
      const more = () => reader.readEntries((some) => { all.push(...some); some.length ? more() : resolve(all); }, () => resolve(all));
      more();
    });

  const filesOf = async (entry) => {
    if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
    const found = [];
    for (const inner of await entriesOf(entry.createReader())) found.push(...(await filesOf(inner)));
    return found;
  };

  const dropped = async (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    const entries = [...event.dataTransfer.items].map((part) => part.webkitGetAsEntry && part.webkitGetAsEntry()).filter(Boolean);
    if (!entries.length) return add([...event.dataTransfer.files]);
    for (const entry of entries) add(await filesOf(entry));
  };

  // -- the table of files --------------------------------------------------------------------------------------

  // Rows come from the server, as the page had them from the start; this asks for the new and the changed ones.
  const ROWS_AT_ONCE = 100;
  let isListing = false, isAsked = false;
  const list = () => { isAsked = true; if (!isListing) { isListing = true; setTimeout(refresh, 400); } };
  const isSame = (row, file) => row && row.dataset.verdict === (file.verdict || "") && row.dataset.held === (file.quarantine || "");

  // One look at a time, so that no row comes twice.
  const refresh = async () => {
    isAsked = false;
    const pause = await look().catch(() => 5000);
    isListing = false;
    if (isAsked) list();
    else if (pause) setTimeout(list, pause);
  };

  const ask = async (address) => {
    const answer = await fetch(address, { headers: { Accept: "application/json, text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    return answer;
  };

  // The milliseconds until the next look; 0 when nothing is left to wait for.
  const look = async () => {
    const files = (await (await ask(section.dataset.list)).json()).files;
    const rows = new Map([...find("arrived").children].map((row) => [row.dataset.file, row]));
    const ids = files.map((file) => String(file.id));
    const fresh = await rowsOf(ids.filter((id, place) => !isSame(rows.get(id), files[place])));
    arrange(ids, rows, fresh);
    handOver(new Set(files.map((file) => keyOf(file.name))));
    find("count").textContent = files.length.toLocaleString(LANGUAGE);
    return files.some((file) => !file.verdict) ? 3000 : 0;
  };

  const rowsOf = async (ids) => {
    const found = new Map();
    for (let start = 0; start < ids.length; start += ROWS_AT_ONCE) {
      const wanted = new URLSearchParams({ rows: ids.slice(start, start + ROWS_AT_ONCE).join(","), next: section.dataset.path });
      const text = await (await ask(`${section.dataset.list}?${wanted}`)).text();
      const page = new DOMParser().parseFromString(`<table><tbody>${text}</tbody></table>`, "text/html");
      for (const row of page.querySelectorAll("tr")) found.set(row.dataset.file, document.importNode(row, true));
    }
    return found;
  };

  const arrange = (ids, rows, fresh) => {
    const body = find("arrived"), kept = new Set(ids);
    for (const [id, row] of rows) if (!kept.has(id)) row.remove();
    let place = body.firstElementChild;
    for (const id of ids) {
      const row = rows.get(id), renewed = fresh.get(id);
      if (!row && renewed) body.insertBefore(renewed, place);
      if (row && renewed) renew(row, renewed);
      if (row) place = row.nextElementSibling;
    }
  };

  // What stands among the files is no longer under way; the line above the list goes on counting it.
  const handOver = (names) => {
    for (const item of items) if (item.state === "done" && names.has(keyOf(item.name))) item.row.remove();
    summarise();
  };

  // Cell by cell: whoever stands on the button of a row with the keyboard stays there.
  const renew = (row, renewed) => {
    Object.assign(row.dataset, renewed.dataset);
    const cells = [...renewed.cells];
    [...row.cells].forEach((cell, place) => { if (!cell.contains(document.activeElement)) cell.replaceWith(cells[place]); });
  };

  // -- begin ---------------------------------------------------------------------------------------------------

  if (find("arrived").querySelector('[data-verdict=""]')) setTimeout(list, 2000);
  if (!drop) return;
  find("plain").hidden = true;
  drop.hidden = false;
  for (const [opener, input] of [["choose", "files"], ["choose-folder", "folder"]]) {
    find(opener).addEventListener("click", () => find(input).click());
    find(input).addEventListener("change", (event) => { add([...event.target.files]); event.target.value = ""; });
  }
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("is-over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", dropped);
  find("pause-all").addEventListener("click", () => items.forEach(pause));
  find("resume-all").addEventListener("click", () => items.forEach(resume));
  addEventListener("beforeunload", (event) => { if (active) event.preventDefault(); });
  showUnfinished();
})();
