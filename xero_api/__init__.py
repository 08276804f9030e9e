"""Xero over the wire: pure Python that knows HTTP, OAuth and Xero's arithmetic, and nothing of Odoo.

Rooms: `hosts` (where we may talk to), `client` (one organisation's Accounting API), `oauth` (tokens and connections),
`outcomes` and `classify` (what an answer means for the sender), `answers` (what an answer holds), `codec` (JSON, dates,
digests), `arithmetic` (documents as Xero computes them), `redact`, `retry`, `ratelimit`, `webhook`.
"""
