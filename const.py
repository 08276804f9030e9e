"""Facts of the connector that more than one module needs."""

# Scopes of Xero by what is switched on (xero-api.md 1.6, granular names).
IDENTITY_SCOPES = ("openid", "profile", "email", "offline_access")
FEATURE_SCOPES = {
    "documents": ("accounting.invoices",),
    "payments": ("accounting.payments",),
    "contacts": ("accounting.contacts",),
    "reference_data": ("accounting.settings",),
}
# What each scope is called in words a bookkeeper understands.
SCOPE_WORDS = {
    "accounting.invoices": "invoices, bills, credit notes and items",
    "accounting.payments": "payments",
    "accounting.contacts": "contacts",
    "accounting.settings": "organisation settings, chart of accounts and tax rates",
    "accounting.manualjournals": "manual journals",
    "accounting.banktransactions": "bank transactions, over- and prepayments",
    "accounting.reports.balancesheet.read": "the balance sheet",
    "accounting.reports.trialbalance.read": "the balances of accounts",
    "accounting.attachments": "files attached to documents",
    "payroll.employees": "employees and leave of the payroll",
    "payroll.timesheets": "timesheets of the payroll",
    "payroll.settings.read": "pay items and pay calendars",
    "payroll.payruns.read": "pay runs",
}

# A consent begun on the connection's page has to come back within this time.
CONSENT_MINUTES = 10
# An access token lives 30 minutes (xero-api.md 1.3); it is renewed this many seconds before its end.
TOKEN_MARGIN_SECONDS = 60
# How long one worker waits for another that is renewing the same tokens.
TOKEN_LOCK_TIMEOUT = "20s"
# How long a change of state in its own transaction waits for the row of the connection.
STATE_LOCK_TIMEOUT = "5s"
# Seconds until the next try where Xero refuses a token although the authorisation stands.
UNAUTHORISED_PAUSE = 300

# The safety net behind the triggers: (unit, number) of ir.cron per direction.
EXPORT_INTERVAL = (1, "hours")
IMPORT_INTERVAL = (2, "hours")

CALLBACK_PATH = "/xero/oauth/callback"
START_PATH = "/xero/oauth/start"

# The app of the simulator's default seed (simulator/README.md); it needs no secret, for PKCE is always used.
SIMULATOR_CLIENT_ID = "00000000000000000000000000000001"

# Section and variables an operator may set, see server_config.py.
CONFIG_SECTION = "account_xero"
ENV_SIMULATOR_URL = "ACCOUNT_XERO_SIMULATOR_URL"
ENV_KEY = "ACCOUNT_XERO_KEY"
KEY_FILE = "account_xero.key"


def scopes(features=FEATURE_SCOPES):
    """Return the scopes to ask Xero for, in a stable order, for the given features."""
    wanted = dict.fromkeys(IDENTITY_SCOPES)
    for feature in features:
        wanted.update(dict.fromkeys(FEATURE_SCOPES[feature]))
    return tuple(wanted)
