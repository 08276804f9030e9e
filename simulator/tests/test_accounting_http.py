"""Over HTTP: Xero's own Python client works against the simulator with nothing changed but the address."""

from datetime import date

import pytest
from books import document
from xero_python.accounting import Account as XeroAccount
from xero_python.accounting import (
    AccountingApi,
    Allocation,
    Contact,
    Contacts,
    CreditNote,
    Invoice,
    Invoices,
    LineItem,
    Payment,
    PaymentDelete,
    Payments,
)
from xero_python.api_client import ApiClient as XeroClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.exceptions import AccountingBadRequestException


@pytest.fixture
def client(xero, steering):
    """xero-python's accounting API and the tenant id to call it with."""
    tokens = steering.token()
    oauth = OAuth2Token(client_id=xero.client_id, client_secret=xero.client_secret)
    stored = {
        "access_token": tokens["access_token"],
        "refresh_token": tokens["refresh_token"],
        "expires_in": 1800,
        "token_type": "Bearer",
        "scope": ["accounting.invoices"],
        "expires_at": 4_000_000_000,
        "id_token": "none",
    }
    oauth.update_token(**stored)
    api_client = XeroClient(Configuration(oauth2_token=oauth), oauth2_token_getter=lambda: stored)
    api_client.oauth2_token_saver(lambda token: None)
    return AccountingApi(api_client, base_url=f"{xero.url}/api.xro/2.0"), tokens["tenant_id"]


def sale(amount, number, kind="ACCREC"):
    line = LineItem(description="Goods", quantity=1, unit_amount=amount, account_code="200")
    return Invoice(
        type=kind,
        status="AUTHORISED",
        invoice_number=number,
        contact=Contact(name="Kauri Cafe"),
        due_date=date(2030, 1, 1),
        line_items=[line],
    )


def test_from_contact_to_allocation(client, xero):
    api, tenant = client
    saved = api.create_contacts(
        tenant, Contacts(contacts=[Contact(name="Newcomer"), Contact(name="kauri cafe")]), summarize_errors=False
    )
    assert [one.status_attribute_string for one in saved.contacts] == ["OK", "ERROR"]

    invoices = api.create_invoices(
        tenant, Invoices(invoices=[sale(100, "H-1"), sale(50, "H-2")]), summarize_errors=False
    )
    first, second = invoices.invoices
    assert (first.total, second.total_tax) == (115, 7.5)

    payment = Payment(
        invoice=Invoice(invoice_id=first.invoice_id), account=XeroAccount(code="090"), amount=115, date=date(2026, 6, 1)
    )
    paid = api.create_payments(tenant, Payments(payments=[payment])).payments[0]
    assert api.get_invoice(tenant, first.invoice_id).invoices[0].status == "PAID"
    api.delete_payment(tenant, paid.payment_id, PaymentDelete(status="DELETED"))
    assert api.get_invoice(tenant, first.invoice_id).invoices[0].amount_due == 115

    line = LineItem(description="Back", quantity=1, unit_amount=20, account_code="200")
    note = CreditNote(
        type="ACCRECCREDIT",
        status="AUTHORISED",
        contact=Contact(contact_id=first.contact.contact_id),
        line_items=[line],
    )
    note_id = api.create_credit_notes(tenant, {"CreditNotes": [note]}).credit_notes[0].credit_note_id
    allocation = Allocation(amount=23, invoice=Invoice(invoice_id=first.invoice_id), date=date(2026, 6, 1))
    made = api.create_credit_note_allocation(tenant, note_id, {"Allocations": [allocation]}).allocations[0]
    assert api.get_credit_note(tenant, note_id).credit_notes[0].status == "PAID"
    api.delete_credit_note_allocations(tenant, note_id, made.allocation_id)
    assert api.get_credit_note(tenant, note_id).credit_notes[0].remaining_credit == 23

    report = api.get_report_trial_balance(tenant).reports[0]
    assert report.report_name == "Trial Balance"
    organisation = xero.world.organisation(tenant)
    assert sum(organisation.ledger.balances().values()) == 0


def test_a_summarised_refusal_raises(client):
    api, tenant = client
    with pytest.raises(AccountingBadRequestException) as refused:
        api.create_contacts(tenant, Contacts(contacts=[Contact(name="kauri cafe")]), summarize_errors=True)
    assert "must be unique across all active contacts" in str(refused.value.error_data)


def test_reference_data_and_filters(client):
    api, tenant = client
    assert api.get_organisations(tenant).organisations[0].base_currency.value == "NZD"
    assert {one.system_account for one in api.get_accounts(tenant).accounts} >= {"DEBTORS", "CREDITORS", "GST"}
    assert len(api.get_tax_rates(tenant).tax_rates) == 8
    assert [one.name for one in api.get_contacts(tenant, where='Name=="Kauri Cafe"').contacts] == ["Kauri Cafe"]
    assert api.get_items(tenant).items
    assert api.get_users(tenant).users


def test_changes_reach_webhooks(api, steering):
    invoice = api.call("PUT", "Invoices", document("ACCREC", [10], contact="Newcomer")).json()["Invoices"][0]
    events = steering.pending_events()["events"]
    told = {(event["eventCategory"], event["eventType"], event["resourceId"]) for event in events}
    contact = invoice["Contact"]["ContactID"]
    assert told == {("CONTACT", "CREATE", contact), ("INVOICE", "CREATE", invoice["InvoiceID"])}


def test_actions_are_reached_by_their_name(api, steering):
    invoice = api.call("PUT", "Invoices", document("ACCREC", [100])).json()["Invoices"][0]
    steering.act("bank-payment", invoice=invoice["InvoiceNumber"])
    assert steering.state("Invoices")[0]["Status"] == "PAID"
