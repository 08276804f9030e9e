// Xero's own Node client, unmodified, against a running simulator, from the consent on; README.md says how to run it.
//
// The client asks https://identity.xero.com for the addresses of sign-in and posts tokens to them. Only where to is changed
// here: its issuer is discovered at the simulator, and basePath of the Accounting API is the simulator's.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";

const need = createRequire(join(process.cwd(), "package.json")); // what npm installed where this is run
const { Issuer } = need("openid-client");
const { XeroClient } = need("xero-node");

const url = (process.argv[2] ?? "http://127.0.0.1:9000").replace(/\/$/, "");
const CALLBACK = "http://localhost:3999/callback";
const SCOPES = [
  "openid",
  "profile",
  "email",
  "offline_access",
  "accounting.settings",
  "accounting.contacts",
  "accounting.transactions",
  "accounting.attachments",
  "accounting.reports.read",
];
const [SALES, BANK, DEBTORS] = ["200", "090", "610"];
const RUN = randomUUID().slice(0, 8); // so that a second run against the same simulator meets no name twice
const TODAY = new Date().toISOString().slice(0, 10);
const DAY = 24 * 60 * 60 * 1000;

function told(step, holds, seen = "") {
  console.log(holds ? `ok: ${step}` : `SURPRISE: ${step} (${JSON.stringify(seen)})`);
  if (!holds) process.exit(1);
}

async function refused(step, call) {
  const problem = await call().then(
    () => null,
    (error) => error,
  );
  const said = typeof problem === "string" ? JSON.parse(problem) : problem;
  told(step, (said?.response?.statusCode ?? said?.statusCode) === 400, said);
}

// --- consent: what a person does in the browser

async function consent(address) {
  const form = (values) => ({ method: "POST", body: new URLSearchParams(values), redirect: "manual" });
  const door = await (await fetch(address)).text();
  const filled = (page, name) => page.match(new RegExp(`name="${name}"[^>]*value="([^"]*)"`))?.[1];
  const login = { email: filled(door, "email"), password: filled(door, "password"), action: "login" };
  const page = await (await fetch(address, form(login))).text();
  const answer = { session: filled(page, "session"), tenant_id: filled(page, "tenant_id"), action: "allow" };
  return (await fetch(address, form(answer))).headers.get("location");
}

async function connect() {
  const [{ client_id, client_secret }] = await (await fetch(`${url}/_sim/apps`)).json();
  const discover = Issuer.discover.bind(Issuer);
  Issuer.discover = () => discover(url);
  const xero = new XeroClient({
    clientId: client_id,
    clientSecret: client_secret,
    redirectUris: [CALLBACK],
    scopes: SCOPES,
    state: RUN,
  });
  await xero.initialize();
  xero.accountingApi.basePath = `${url}/api.xro/2.0`;
  const back = await consent(await xero.buildConsentUrl());
  told("consent leads back to the app", back?.startsWith(`${CALLBACK}?`), back);
  const first = await xero.apiCallback(back);
  told("the code is exchanged, the id token holds", first.access_token && first.claims().email, first);
  const second = await xero.refreshToken();
  told("the token is refreshed", second.access_token && second.refresh_token !== first.refresh_token, second);
  const headers = { Authorization: `Bearer ${second.access_token}` };
  const [connection] = await (await fetch(`${url}/connections`, { headers })).json();
  told("the connection is listed", connection.tenantId, connection);
  return { api: xero.accountingApi, tenant: connection.tenantId };
}

// --- the books

// Room for more than 60 calls a minute, so that scripts can be run one straight after another.
await fetch(`${url}/_sim/limits`, { method: "PUT", body: JSON.stringify({ minute: 1000 }) });
const { api, tenant } = await connect();
const line = (unitAmount = 100, more = {}) => ({
  description: "Oak table",
  quantity: 1,
  unitAmount,
  accountCode: SALES,
  ...more,
});

async function contacts() {
  const names = [`Tui Traders ${RUN}`, `Weka Works ${RUN}`];
  const bad = { firstName: "No", lastName: "Name" };
  const batch = [{ name: names[0] }, bad, { name: names[1] }];
  const made = (await api.createContacts(tenant, { contacts: batch }, false)).body.contacts;
  told("three contacts are answered", made.length === 3, made);
  const faulty = made.map((one) => Boolean(one.validationErrors?.length));
  told("only the bad one has errors", String(faulty) === "false,true,false", made);
  await refused("a bad contact alone is refused", () => api.createContacts(tenant, { contacts: [bad] }));
  return { contactID: made[0].contactID };
}

async function items() {
  const item = { code: `TBL-${RUN}`, name: "Table", salesDetails: { unitPrice: 100, accountCode: SALES } };
  const [made] = (await api.createItems(tenant, { items: [item] })).body.items;
  const found = (await api.getItems(tenant, undefined, `Code=="${item.code}"`)).body.items;
  told("an item is made and found by its code", found.length === 1 && found[0].itemID === made.itemID, found);
  return item.code;
}

async function invoice(contact, itemCode, status = "AUTHORISED") {
  const dates = { date: TODAY, dueDate: TODAY };
  const one = { type: "ACCREC", status, lineAmountTypes: "Exclusive", contact, ...dates, lineItems: [line(100, { itemCode })] };
  return (await api.createInvoices(tenant, { invoices: [one] })).body.invoices[0];
}

const read = async (id) => (await api.getInvoice(tenant, id)).body.invoices[0];

async function invoices(contact, code) {
  const made = await invoice(contact, code, "DRAFT");
  told("a draft invoice adds its tax", made.status === "DRAFT" && made.total === 115, made);
  const change = async (values) => (await api.updateInvoice(tenant, made.invoiceID, { invoices: [values] })).body.invoices[0];
  for (const status of ["SUBMITTED", "AUTHORISED", "VOIDED"]) {
    const after = await change({ status });
    told(`the invoice becomes ${status}`, after.status === status, after);
  }
  await refused("a voided invoice is not brought back", () => change({ status: "DRAFT", reference: "late" }));
}

async function payments(contact, code) {
  const { invoiceID } = await invoice(contact, code);
  const payment = { invoice: { invoiceID }, account: { code: BANK }, date: TODAY, amount: 115 };
  const [made] = (await api.createPayment(tenant, payment)).body.payments;
  const paid = await read(invoiceID);
  told("a full payment makes the invoice PAID", paid.status === "PAID" && paid.amountDue === 0, paid);
  const [gone] = (await api.deletePayment(tenant, made.paymentID, { status: "DELETED" })).body.payments;
  const open = await read(invoiceID);
  told("deleting it opens the invoice again", gone.status === "DELETED" && open.amountDue === 115, open);
  return { invoiceID };
}

async function creditNotes(contact, owed) {
  const note = { type: "ACCRECCREDIT", status: "AUTHORISED", date: TODAY, contact, lineItems: [line(20)] };
  const [made] = (await api.createCreditNotes(tenant, { creditNotes: [note] })).body.creditNotes;
  const allocations = [{ amount: 23, date: TODAY, invoice: owed }];
  await api.createCreditNoteAllocation(tenant, made.creditNoteID, { allocations });
  const [after] = (await api.getCreditNote(tenant, made.creditNoteID)).body.creditNotes;
  told("an allocated credit note is PAID", after.status === "PAID" && after.remainingCredit === 0, after);
  const { amountDue } = await read(owed.invoiceID);
  told("its invoice owes less", amountDue === 92, amountDue);
}

async function ordersAndQuotes(contact) {
  const order = { contact, date: TODAY, lineItems: [line(50, { accountCode: "300" })] };
  const [ordered] = (await api.createPurchaseOrders(tenant, { purchaseOrders: [order] })).body.purchaseOrders;
  told("a purchase order is a numbered draft", ordered.status === "DRAFT" && ordered.purchaseOrderNumber, ordered);
  const quote = { contact, date: TODAY, lineItems: [line(80)] };
  const [quoted] = (await api.createQuotes(tenant, { quotes: [quote] })).body.quotes;
  told("a quote is a numbered draft", quoted.status === "DRAFT" && quoted.quoteNumber, quoted);
}

async function bankTransactions(contact, owed) {
  const received = {
    type: "RECEIVE-OVERPAYMENT",
    contact,
    date: TODAY,
    bankAccount: { code: BANK },
    lineAmountTypes: "NoTax",
    lineItems: [line(30, { accountCode: DEBTORS })],
  };
  const [made] = (await api.createBankTransactions(tenant, { bankTransactions: [received] })).body.bankTransactions;
  told("an overpayment is received at the bank", made.overpaymentID && made.total === 30, made);
  const allocations = [{ amount: 30, date: TODAY, invoice: owed }];
  await api.createOverpaymentAllocations(tenant, made.overpaymentID, { allocations });
  const [after] = (await api.getOverpayment(tenant, made.overpaymentID)).body.overpayments;
  told("the overpayment is used up", after.remainingCredit === 0, after);
}

async function filesAndHistory({ invoiceID }) {
  const content = Buffer.from(`A file of ${RUN}\n`);
  const [made] = (await api.createInvoiceAttachmentByFileName(tenant, invoiceID, "order.txt", content)).body.attachments;
  told("a file is attached", made.fileName === "order.txt" && Number(made.contentLength) === content.length, made);
  const back = (await api.getInvoiceAttachmentByFileName(tenant, invoiceID, "order.txt", "text/plain")).body;
  told("it is read back unchanged", content.equals(Buffer.from(back)), String(back));
  await api.createInvoiceHistory(tenant, invoiceID, { historyRecords: [{ details: `Rung up ${RUN}` }] });
  const history = (await api.getInvoiceHistory(tenant, invoiceID)).body.historyRecords;
  told("a note stands in the history", history.some((one) => one.details === `Rung up ${RUN}`), history);
}

async function list({ since, order, page, pageSize, contactIDs }) {
  const none = undefined;
  const call = api.getInvoices(
    tenant, since, none, order, none, none, contactIDs, none, page, none, none, none, none, pageSize,
  );
  return (await call).body.invoices;
}

async function lists(contact, code) {
  const made = [];
  for (let i = 0; i < 3; i++) made.push((await invoice(contact, code)).invoiceID);
  const contactIDs = [contact.contactID];
  const all = await list({ contactIDs, page: 1 });
  const seen = [];
  for (let page = 1, got; (got = await list({ contactIDs, order: "InvoiceID", page, pageSize: 2 })).length; page++)
    seen.push(...got.map((one) => one.invoiceID));
  const once = new Set(seen);
  const whole = once.size === seen.length && seen.length === all.length && made.every((id) => once.has(id));
  told("pages of two hold each invoice once", whole, seen);
  const later = await list({ since: new Date(Date.now() + DAY) });
  told("nothing has changed since tomorrow", !later?.length, later);
  const lately = await list({ since: new Date(Date.now() - DAY / 24), page: 1, order: "UpdatedDateUTC DESC" });
  told("the new ones have changed within the hour", made.every((id) => lately.some((one) => one.invoiceID === id)));
}

async function many() {
  const named = (number) => ({ name: `Page ${RUN} ${String(number).padStart(3, "0")}` });
  for (let start = 0; start < 250; start += 50) {
    const contacts = Array.from({ length: 50 }, (_, index) => named(start + index));
    await api.createContacts(tenant, { contacts });
  }
  const none = undefined;
  const names = [];
  const sizes = [];
  for (const page of [1, 2, 3]) {
    const call = api.getContacts(tenant, none, none, "Name", none, page, none, none, `Page ${RUN}`);
    const { contacts, pagination } = (await call).body;
    told("the page says how many there are", pagination.itemCount === 250, pagination);
    sizes.push(contacts.length);
    names.push(...contacts.map((one) => one.name));
  }
  told("250 contacts are three pages", String(sizes) === "100,100,50", sizes);
  const sorted = [...new Set(names)].sort();
  told("in the order asked for, each once", names.length === 250 && String(sorted) === String(names), names);
}

async function replay() {
  const name = `Once only ${RUN}`;
  const make = async () => (await api.createContacts(tenant, { contacts: [{ name }] }, true, RUN)).body.contacts[0].contactID;
  const [first, second] = [await make(), await make()];
  told("the same key is answered the same", first === second, [first, second]);
  const found = (await api.getContacts(tenant, undefined, `Name=="${name}"`)).body.contacts;
  told("and carried out once", found.length === 1, found);
}

async function reports() {
  for (const name of ["TrialBalance", "ProfitAndLoss", "BalanceSheet"]) {
    const [report] = (await api[`getReport${name}`](tenant)).body.reports;
    told(`${report.reportName} has rows`, report.rows.length > 1, report);
  }
}

const contact = await contacts();
const code = await items();
await invoices(contact, code);
const owed = await payments(contact, code);
await creditNotes(contact, owed);
await ordersAndQuotes(contact);
await bankTransactions(contact, owed);
await filesAndHistory(owed);
await lists(contact, code);
await many();
await replay();
await reports();
