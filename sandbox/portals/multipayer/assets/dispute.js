// Completes one dispute of the worklist: lines, reason, documents, review, and the button that sends it to the payer.
import { get, post } from "./api.js";
import { alertBox, el, field, spinner, uid } from "./dom.js";
import { asked, complaints, heading, show, wentWrong } from "./inner.js";
import { layout, text } from "./layout.js";
import { card, listed, none, pairs, section, table } from "./parts.js";
import { listField, textField } from "./searchform.js";

const BASE = "/api/appeals";
const button = (words, click, shape = "button") => el("button", { class: shape, type: "button", on: { click } }, words);

/** What buttons do, one thing at a time: `words` while it works, then complaints or nothing in `messages`. */
function worker(messages) {
  let working = false;
  return (words, act) => async () => {
    if (working) return;
    working = true;
    messages.replaceChildren(spinner(words));
    await asked(act, (refused) => {
      messages.replaceChildren();
      if (refused.status === 422) messages.append(complaints(refused.body.messages));
      else if (refused.status !== 429 && refused.status !== 401) messages.append(wentWrong());
    });
    working = false;
  };
}

/** A window over the page in which one document is chosen; `send(form)` gives it to the site, and what to do then. */
function uploadWindow(kinds, send) {
  const id = uid();
  const messages = el("div", { "aria-live": "polite" });
  let kind = "";
  let file = null;
  const chosen = el("span", { class: "hint" }, text.noFile);
  // The browser's own field for files is never on the page: the button opens its window.
  const picker = el("input", { type: "file" });
  picker.addEventListener("change", () => {
    file = picker.files[0] ?? null;
    chosen.replaceChildren(file === null ? text.noFile : file.name);
  });
  const upload = async () => {
    const form = new FormData();
    form.append("kind", kind);
    if (file !== null) form.append("file", file);
    const said = await send(form);
    sheet.remove();
    said();
  };
  const sheet = el("div", { class: "sheet" },
    el("div", { class: "dialog", role: "dialog", "aria-modal": "true", "aria-labelledby": id },
      el("h2", { id }, text.addDocument), messages,
      field(text.kind, listField([["", text.choose], ...kinds], (value) => { kind = value; })),
      el("div", { class: "picking" }, button(text.chooseFile, () => picker.click()), chosen),
      el("div", { class: "buttons entries" },
        button(text.upload, worker(messages)(text.uploading, upload), "button primary"),
        button(text.cancel, () => sheet.remove()))));
  document.body.append(sheet);
}

/** `leave()` goes back to the worklist, `done()` to the list of disputes. */
export async function completeDispute(reference, { leave, done }) {
  const address = `${BASE}/worklist/${reference}`;

  /** A page of this dispute; a part that is a function gets what makes handlers of buttons. */
  function page(title, work, { busy = text.saving, back, next, press }, ...parts) {
    const messages = el("div", { "aria-live": "polite" });
    const once = worker(messages);
    show(heading(title),
      el("p", { class: "lead" }, `${text.aboutClaim}: ${work.claimNumber}. ${text.aboutPatient}: ${work.patient}.`),
      el("div", { class: "card" }, messages, ...parts.map((part) => (typeof part === "function" ? part(once) : part)),
        el("div", { class: "buttons" },
          button(next, once(busy, press), "button primary"),
          button(text.back, back))));
  }

  const goOn = (said, draw) => (said.refused ? drawRefused(said.refused) : draw(said));

  function drawLines(work) {
    const entered = { ...work.entered, lines: new Set(work.entered.lines) };
    const boxes = work.lines.map((line) => {
      const number = Number(line.number);
      const box = el("input", {
        type: "checkbox", id: uid(), "aria-label": `${text.line} ${line.number}`,
        on: { change: () => { if (box.checked) entered.lines.add(number); else entered.lines.delete(number); } },
      });
      box.checked = entered.lines.has(number);
      return box;
    });
    const selectAll = () => boxes.forEach((box) => { if (!box.checked) box.click(); });
    const level = listField([["", text.choose], ...work.levels], (value) => { entered.level = value; });
    level.value = entered.level;
    const amount = textField((value) => { entered.amount = value; });
    amount.value = entered.amount;
    page(text.workHeading, work, {
      back: leave, next: text.nextStep,
      press: async () => goOn(await post(`${address}/lines`, {
        level: entered.level, lines: [...entered.lines], amount: entered.amount,
      }), drawReason),
    },
    section(text.steps.lines,
      el("div", { class: "grid" }, field(text.level, level)),
      el("div", { class: "bar" }, el("span", { class: "hint" }, text.linesHint), button(text.selectAll, selectAll)),
      work.lines.length
        ? table(text.steps.lines, layout.appeals.lines, work.lines.map((line, place) => ({ ...line, box: boxes[place] })))
        : none(text.noLines),
      el("div", { class: "grid entries" }, field(text.amount, amount))));
  }

  function drawReason(work) {
    const { entered } = work;
    const reason = listField([["", text.choose], ...work.reasons], (value) => { entered.reason = value; });
    reason.value = entered.reason;
    const argument = el("textarea", {
      class: "input", id: uid(), rows: 8, on: { input: (event) => { entered.argument = event.target.value; } },
    });
    argument.value = entered.argument;
    const reference = textField((value) => { entered.ownReference = value; });
    reference.value = entered.ownReference;
    page(text.workHeading, work, {
      back: () => drawLines(work), next: text.nextStep,
      press: async () => goOn(await post(`${address}/reason`, {
        reason: entered.reason, argument: entered.argument, ownReference: entered.ownReference,
      }), drawDocuments),
    },
    section(text.steps.reason,
      el("div", { class: "grid" }, field(text.reason, reason)),
      field(text.explanation, argument, `${work.longest} ${text.charactersLeft}`),
      el("div", { class: "grid" }, field(text.ownReference, reference))));
  }

  function drawDocuments(work) {
    const add = () => uploadWindow(work.kinds, async (form) => {
      const said = await post(`${address}/documents`, form);
      return () => drawDocuments(said);
    });
    const removing = (once, { name }) => button(text.remove,
      once(text.saving, async () => drawDocuments(await post(`${address}/documents/remove`, { name }))), "link");
    page(text.workHeading, work, {
      back: () => drawReason(work), next: text.nextStep, press: async () => drawReview(await get(`${address}/review`)),
    },
    (once) => section(text.steps.documents,
      el("ul", {}, ...work.rules.map((rule) => el("li", {}, rule))),
      el("div", { class: "buttons" }, button(text.addDocument, add)),
      el("div", { class: "entries" }, work.files.length
        ? table(text.disputeSections.files, [...layout.appeals.files, [text.change, "remove"]],
          work.files.map((one) => ({ ...one, remove: removing(once, one) })))
        : none(text.noFiles))));
  }

  function drawReview(work) {
    const { files, fields, review } = layout.appeals;
    const names = text.disputeSections;
    const parts = {
      dispute: () => pairs(listed(fields.dispute, work.dispute)),
      member: () => card(listed(fields.member, work.member)),
      argument: () => el("p", { class: "prose" }, work.argument),
      files: () => (work.files.length ? table(names.files, files, work.files) : none(text.noFiles)),
    };
    page(text.reviewHeading, work, {
      back: () => drawDocuments(work), next: text.submit, busy: text.submitting,
      press: async () => goOn(await post(`${address}/submit`), drawReceipt),
    }, ...review.map((name) => section(names[name], parts[name]())));
  }

  async function drawReceipt() {
    const receipt = await get(`${BASE}/receipt`);
    show(heading(text.receiptHeading),
      el("div", { class: "alert note", role: "status" }, el("p", {}, text.receiptNote)),
      el("div", { class: "card" },
        section(text.disputeSections.receipt, pairs(listed(layout.appeals.fields.receipt, receipt))),
        el("div", { class: "buttons" }, button(text.toDisputes, done))));
  }

  function drawRefused(sentence) {
    show(heading(text.refusedHeading),
      alertBox("bad", el("p", {}, sentence), el("p", {}, text.refusedNote)),
      el("div", { class: "buttons" }, button(text.openWorklist, leave)));
  }

  show(spinner(text.loading));
  return asked(async () => drawLines(await get(address)),
    (refused) => show(refused.status === 404 ? alertBox("bad", el("p", {}, text.gone)) : wentWrong()));
}
