import binascii
from base64 import b64decode

from odoo.http import Controller, Response, request, route

from ..xero_api.webhook import SIGNATURE_HEADER

# Xero's calls are a few kilobytes; a hundred events are 40.
MAX_BODY = 1024 * 1024
DIGEST_SIZE = 32


class XeroWebhook(Controller):
    """The door for Xero's events. Anybody can knock: without a fitting signature nothing is read, stored or logged.

    Xero wants an empty answer without cookies within 5 seconds: 200 for its own calls, 401 for anything else, the
    deliberately wrong ones of its first visit among them (xero-api.md section 5).
    """

    @route(
        "/account_xero/webhook",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=MAX_BODY,
        xero_raw_body=True,
    )
    def receive(self):
        """Verify over the raw bytes, store, wake the importer, answer."""
        call = request.httprequest
        if (call.content_length or 0) > MAX_BODY:
            return Response(status=413)
        # Read in any case: a connection that is closed over unread bytes is reset, and the answer is lost with it.
        body, signature = call.get_data(), call.headers.get(SIGNATURE_HEADER)
        if not _is_digest(signature):
            return Response(status=401)
        is_genuine = request.env["xero.webhook.event"].sudo()._receive(body, signature)
        return Response(status=200 if is_genuine else 401)


def _is_digest(signature):
    """Whether it has the form of a signature at all; most garbage ends here, before any query."""
    try:
        return len(b64decode(signature or "", validate=True)) == DIGEST_SIZE
    except (binascii.Error, ValueError):
        return False
