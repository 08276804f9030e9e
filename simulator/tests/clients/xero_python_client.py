"""Xero's own Python client, unmodified, against a running simulator; README.md says how to run it."""

import sys
import tempfile
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import browser
from xero_python import payrollau
from xero_python.accounting import AccountingApi, models
from xero_python.api_client import ApiClient, oauth2
from xero_python.api_client.configuration import Configuration
from xero_python.exceptions import AccountingBadRequestException, HTTPStatusException
from xero_python.identity import IdentityApi

SALES, BANK, DEBTORS = "200", "090", "610"
#: Tax on sales, in percent, by the country of the organisation.
TAX = {"NZ": 15, "AU": 10, "GB": 20, "US": 0}
RUN = uuid4().hex[:8]  # so that a second run against the same simulator meets no name twice


def told(step: str, holds: bool, seen="") -> None:
    print(f"{'ok' if holds else 'SURPRISE'}: {step}{'' if holds else f' ({seen})'}", flush=True)
    if not holds:
        sys.exit(1)


class Client:
    """The official client with nothing but its addresses changed, from the consent on."""

    def __init__(self, url: str):
        oauth2.TokenApi.refresh_token_url = f"{url}/connect/token"
        client = browser.app(url)
        back = browser.consent(browser.authorize(url, client[0], browser.SCOPES + browser.PAYROLL, RUN))
        told("consent leads back to the app, with its state", back.endswith(f"state={RUN}") and "code=" in back, back)
        self._keep(browser.exchange(url, client, back))
        own = oauth2.OAuth2Token(*client)
        self.client = ApiClient(
            Configuration(oauth2_token=own),
            oauth2_token_getter=lambda: self.token,
            oauth2_token_saver=self._keep,
        )
        self.api = AccountingApi(self.client)
        self.api.base_url = f"{url}/api.xro/2.0"
        self.payroll = payrollau.PayrollAuApi(self.client, base_url=f"{url}/payroll.xro/1.0")
        self._identify(url)
        self.country = self.get_organisations().organisations[0].country_code.value

    def _identify(self, url: str) -> None:
        identity = IdentityApi(self.client)
        identity.base_url = url
        first = self.token["refresh_token"]
        self.client.refresh_oauth2_token()
        told("the token is refreshed", self.token["refresh_token"] != first, self.token)
        connection = identity.get_connections()[0]
        told("the connection is listed", connection.tenant_type == "ORGANISATION", connection)
        self.tenant = connection.tenant_id

    def _keep(self, token) -> None:
        """As the client wants it: scopes as a list."""
        scopes = token["scope"] if isinstance(token["scope"], list) else token["scope"].split()
        self.token = {**token, "scope": scopes}

    def with_tax(self, amount) -> Decimal:
        return Decimal(amount) * (100 + TAX[self.country]) / 100

    def __getattr__(self, name):
        """A call of the Accounting API on the organisation."""
        call = getattr(self.api, name)
        return lambda *args, **values: call(self.tenant, *args, **values)


def line(amount=100, **values):
    return models.LineItem(
        **{"description": "Oak table", "quantity": 1, "unit_amount": amount, "account_code": SALES} | values
    )


def contacts(xero):
    names = [f"Tui Traders {RUN}", f"Weka Works {RUN}"]
    batch = [models.Contact(name=name) for name in names]
    batch.insert(1, models.Contact(first_name="No", last_name="Name"))
    made = xero.create_contacts(models.Contacts(contacts=batch), summarize_errors=False).contacts
    told("three contacts are answered", len(made) == 3, made)
    told(
        "only the bad one has errors",
        [bool(one.validation_errors) for one in made] == [False, True, False],
        [one.validation_errors for one in made],
    )
    told("the good ones have an id and a name", [made[0].name, made[2].name] == names and made[0].contact_id, made)
    try:
        xero.create_contacts(models.Contacts(contacts=[batch[1]]))
        told("a bad contact alone is refused", False, "it was taken")
    except AccountingBadRequestException as refused:
        told("a bad contact alone is refused", refused.status == 400, refused)
    return made[0]


def items(xero):
    code = f"TBL-{RUN}"
    sales = models.Purchase(unit_price=100, account_code=SALES)
    made = xero.create_items(models.Items(items=[models.Item(code=code, name="Table", sales_details=sales)])).items[0]
    found = xero.get_items(where=f'Code=="{code}"').items
    told("an item is made and found by its code", [one.item_id for one in found] == [made.item_id], found)
    return made


def invoice(xero, contact, item, **values):
    today = date.today()
    values = {
        "type": "ACCREC",
        "status": "AUTHORISED",
        "line_amount_types": models.LineAmountTypes("Exclusive"),
    } | values
    made = models.Invoice(
        contact=models.Contact(contact_id=contact.contact_id),
        date=today,
        due_date=today + timedelta(days=20),
        line_items=[line(item_code=item.code)],
        **values,
    )
    return xero.create_invoices(models.Invoices(invoices=[made])).invoices[0]


def invoices(xero, contact, item):
    made = invoice(xero, contact, item, status="DRAFT")
    told("a draft invoice adds its tax", (made.status, made.total) == ("DRAFT", xero.with_tax(100)), made)
    for status in ("SUBMITTED", "AUTHORISED", "VOIDED"):
        change = models.Invoices(invoices=[models.Invoice(status=status)])
        after = xero.update_invoice(made.invoice_id, change).invoices[0]
        told(f"the invoice becomes {status}", after.status == status, after)
    try:
        xero.update_invoice(
            made.invoice_id, models.Invoices(invoices=[models.Invoice(status="DRAFT", reference="late")])
        )
        told("a voided invoice is not brought back", False, "it was")
    except AccountingBadRequestException:
        told("a voided invoice is not brought back", True)


def payments(xero, contact, item):
    owed = invoice(xero, contact, item)
    payment = models.Payment(
        invoice=models.Invoice(invoice_id=owed.invoice_id),
        account=models.Account(code=BANK),
        date=date.today(),
        amount=xero.with_tax(100),
    )
    made = xero.create_payment(payment).payments[0]
    after = xero.get_invoice(owed.invoice_id).invoices[0]
    told(
        "a full payment makes the invoice PAID",
        (after.status, after.amount_due, after.payments[0].payment_id) == ("PAID", 0, made.payment_id),
        after,
    )
    gone = xero.delete_payment(made.payment_id, models.PaymentDelete(status="DELETED")).payments[0]
    after = xero.get_invoice(owed.invoice_id).invoices[0]
    told(
        "deleting it opens the invoice again",
        (gone.status, after.status, after.amount_due) == ("DELETED", "AUTHORISED", xero.with_tax(100)),
        after,
    )
    return owed


def credit_notes(xero, contact, owed):
    note = models.CreditNote(
        type="ACCRECCREDIT",
        status="AUTHORISED",
        date=date.today(),
        contact=models.Contact(contact_id=contact.contact_id),
        line_items=[line(20)],
    )
    made = xero.create_credit_notes(models.CreditNotes(credit_notes=[note])).credit_notes[0]
    allocate(xero.create_credit_note_allocation, made.credit_note_id, owed, xero.with_tax(20))
    after = xero.get_credit_note(made.credit_note_id).credit_notes[0]
    told("an allocated credit note is PAID", (after.status, after.remaining_credit) == ("PAID", 0), after)
    due = xero.get_invoice(owed.invoice_id).invoices[0].amount_due
    told("its invoice owes less", due == xero.with_tax(80), due)


def allocate(call, record_id, owed, amount):
    part = models.Allocation(amount=amount, date=date.today(), invoice=models.Invoice(invoice_id=owed.invoice_id))
    made = call(record_id, models.Allocations(allocations=[part])).allocations[0]
    told(f"{amount} is allocated", made.amount == amount, made)


def orders_and_quotes(xero, contact):
    who = models.Contact(contact_id=contact.contact_id)
    order = models.PurchaseOrder(contact=who, date=date.today(), line_items=[line(50, account_code="300")])
    made = xero.create_purchase_orders(models.PurchaseOrders(purchase_orders=[order])).purchase_orders[0]
    told("a purchase order is a numbered draft", made.status == "DRAFT" and made.purchase_order_number, made)
    quote = models.Quote(contact=who, date=date.today(), line_items=[line(80)])
    made = xero.create_quotes(models.Quotes(quotes=[quote])).quotes[0]
    told("a quote is a numbered draft", made.status.value == "DRAFT" and made.quote_number, made)


def bank_transactions(xero, contact, owed):
    received = models.BankTransaction(
        type="RECEIVE-OVERPAYMENT",
        contact=models.Contact(contact_id=contact.contact_id),
        date=date.today(),
        bank_account=models.Account(code=BANK),
        line_amount_types=models.LineAmountTypes("NoTax"),
        line_items=[line(30, description="Too much", account_code=DEBTORS)],
    )
    batch = models.BankTransactions(bank_transactions=[received])
    made = xero.create_bank_transactions(batch).bank_transactions[0]
    told("an overpayment is received at the bank", made.overpayment_id and made.total == 30, made)
    allocate(xero.create_overpayment_allocations, made.overpayment_id, owed, 30)
    after = xero.get_overpayment(made.overpayment_id).overpayments[0]
    told("the overpayment is used up", after.remaining_credit == 0, after)


def files_and_history(xero, owed):
    content = f"A file of {RUN}\n".encode()
    made = xero.create_invoice_attachment_by_file_name(owed.invoice_id, "order.txt", content).attachments[0]
    told("a file is attached", (made.file_name, made.content_length) == ("order.txt", len(content)), made)
    xero.client.configuration.temp_folder_path = tempfile.mkdtemp()
    back = xero.get_invoice_attachment_by_file_name(owed.invoice_id, "order.txt", "text/plain")
    told("it is read back unchanged", Path(back).read_bytes() == content, back)
    note = models.HistoryRecords(history_records=[models.HistoryRecord(details=f"Rung up {RUN}")])
    xero.create_invoice_history(owed.invoice_id, note)
    told_so = [one.details for one in xero.get_invoice_history(owed.invoice_id).history_records]
    told("a note stands in the history", f"Rung up {RUN}" in told_so, told_so)


def lists(xero, contact, item):
    made = [invoice(xero, contact, item).invoice_id for _ in range(3)]
    values = {"contact_i_ds": [contact.contact_id], "page_size": 2, "order": "InvoiceID"}
    count = len(xero.get_invoices(contact_i_ds=[contact.contact_id], page=1).invoices)
    seen, page = [], 1
    while got := xero.get_invoices(page=page, **values).invoices:
        seen += [one.invoice_id for one in got]
        page += 1
    told("pages of two hold each invoice once", len(seen) == len(set(seen)) == count and set(made) <= set(seen), seen)
    now = datetime.now(timezone.utc)
    later = xero.get_invoices(if_modified_since=now + timedelta(days=1)).invoices
    told("nothing has changed since tomorrow", not later, later)
    lately = xero.get_invoices(if_modified_since=now - timedelta(hours=1), page=1, **{"order": "UpdatedDateUTC DESC"})
    told("the new ones have changed within the hour", set(made) <= {one.invoice_id for one in lately.invoices})


def many(xero):
    """Pages of 100 through 250 contacts, made fifty at a time."""
    for start in range(0, 250, 50):
        batch = [models.Contact(name=f"Page {RUN} {number:03}") for number in range(start, start + 50)]
        xero.create_contacts(models.Contacts(contacts=batch))
    pages = [xero.get_contacts(search_term=f"Page {RUN}", page=page, order="Name") for page in (1, 2, 3)]
    told("250 contacts are three pages", [len(one.contacts) for one in pages] == [100, 100, 50], pages[-1].pagination)
    told("of which each says so", {one.pagination.item_count for one in pages} == {250}, pages[0].pagination)
    names = [one.name for page in pages for one in page.contacts]
    told("in the order asked for, each once", names == sorted(set(names)) and len(names) == 250, names)


def replay(xero):
    batch = models.Contacts(contacts=[models.Contact(name=f"Once only {RUN}")])
    first, second = (xero.create_contacts(batch, idempotency_key=RUN).contacts[0].contact_id for _ in range(2))
    told("the same key is answered the same", first == second, (first, second))
    found = xero.get_contacts(where=f'Name=="Once only {RUN}"').contacts
    told("and carried out once", len(found) == 1, found)


def reports(xero):
    for name in ("trial_balance", "profit_and_loss", "balance_sheet"):
        report = getattr(xero, f"get_report_{name}")().reports[0]
        told(f"{report.report_name} has rows", len(report.rows) > 1, report)


# --- payroll of Australia


def payroll(xero):
    api, tenant = xero.payroll, xero.tenant
    if xero.country != "AU":
        try:
            told("there is no Australian payroll", False, api.get_employees(tenant))
        except HTTPStatusException as refused:
            told("there is no Australian payroll", refused.status in (401, 404), refused)
        return
    rates = api.get_pay_items(tenant).pay_items.earnings_rates
    ordinary = next(one.earnings_rate_id for one in rates if one.earnings_type.value == "ORDINARYTIMEEARNINGS")
    weekly = next(one for one in api.get_payroll_calendars(tenant).payroll_calendars if one.name == "Weekly")
    told("there are rates and calendars", ordinary and weekly.payroll_calendar_id, rates)
    told("there is a fund", api.get_superfunds(tenant).super_funds[0].super_fund_id)
    told("there are settings", api.get_settings(tenant).settings.accounts)
    person = payrollau.Employee(
        first_name="Pat",
        last_name=RUN,
        date_of_birth=date(1990, 1, 2),
        payroll_calendar_id=weekly.payroll_calendar_id,
        ordinary_earnings_rate_id=ordinary,
    )
    made = api.create_employee(tenant, [person]).employees[0]
    found = api.get_employees(tenant, where=f'LastName=="{RUN}"').employees
    told("an employee is made and found", [one.employee_id for one in found] == [made.employee_id], found)
    sheets(api, tenant, made, ordinary, weekly)
    leave(api, tenant, made)


def sheets(api, tenant, person, rate, calendar):
    """A timesheet of the calendar's next period, and the pay run that pays it."""
    runs = [one for one in api.get_pay_runs(tenant).pay_runs if one.payroll_calendar_id == calendar.payroll_calendar_id]
    last = max((one.pay_run_period_end_date for one in runs), default=None)
    start = last + timedelta(days=1) if last else calendar.start_date
    sheet = payrollau.Timesheet(
        employee_id=person.employee_id,
        start_date=start,
        end_date=start + timedelta(days=6),
        status=payrollau.TimesheetStatus.APPROVED,
        timesheet_lines=[payrollau.TimesheetLine(earnings_rate_id=rate, number_of_units=[8, 8, 8, 8, 6, 0, 0])],
    )
    saved = api.create_timesheet(tenant, [sheet]).timesheets[0]
    told("a timesheet adds its hours", api.get_timesheet(tenant, saved.timesheet_id).timesheet.hours == 38, saved)
    run = api.create_pay_run(tenant, [{"PayrollCalendarID": calendar.payroll_calendar_id}]).pay_runs[0]
    slip = next(one for one in run.payslips if one.employee_id == person.employee_id)
    lines = api.get_payslip(tenant, slip.payslip_id).payslip.timesheet_earnings_lines
    told("the payslip pays the timesheet", [one.number_of_units for one in lines] == [38], lines)
    posted = api.update_pay_run(tenant, run.pay_run_id, [{"PayRunStatus": "POSTED"}]).pay_runs[0]
    told("the pay run is posted", posted.pay_run_status.value == "POSTED", posted)
    after = api.get_timesheet(tenant, saved.timesheet_id).timesheet
    told("the timesheet is processed with it", after.status.value == "PROCESSED", after)


def leave(api, tenant, person):
    kind = api.get_pay_items(tenant).pay_items.leave_types[0].leave_type_id
    asked = payrollau.LeavePeriod(
        pay_period_start_date=date(2026, 8, 3),
        pay_period_end_date=date(2026, 8, 9),
        number_of_units=7.6,
        leave_period_status=payrollau.LeavePeriodStatus("REQUESTED"),
    )
    application = payrollau.LeaveApplication(
        employee_id=person.employee_id,
        leave_type_id=kind,
        title="Long weekend",
        start_date=date(2026, 8, 3),
        end_date=date(2026, 8, 3),
        leave_periods=[asked],
    )
    made = api.create_leave_application(tenant, [application]).leave_applications[0]
    listed = [one.leave_application_id for one in api.get_leave_applications_v2(tenant).leave_applications]
    told("leave is asked for", made.leave_application_id in listed, listed)
    approved = api.approve_leave_application(tenant, made.leave_application_id).leave_applications[0]
    told("and approved", approved.leave_periods[0].leave_period_status.value == "SCHEDULED", approved)


def main(url: str) -> None:
    browser.make_room(url)
    xero = Client(url)
    contact, item = contacts(xero), items(xero)
    invoices(xero, contact, item)
    owed = payments(xero, contact, item)
    credit_notes(xero, contact, owed)
    orders_and_quotes(xero, contact)
    bank_transactions(xero, contact, owed)
    files_and_history(xero, owed)
    lists(xero, contact, item)
    many(xero)
    replay(xero)
    reports(xero)
    payroll(xero)


if __name__ == "__main__":
    main((sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9000").rstrip("/"))
