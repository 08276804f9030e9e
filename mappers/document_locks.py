"""Documents dated in a period that Xero has locked: held, dated on the first open day, or sent as drafts."""

from datetime import date

from odoo import api, models

from .document import REFERENCE_LENGTH

UNAPPROVED = ("DRAFT", "SUBMITTED")  # nothing is posted yet, so no lock binds them (xero-api.md 4.2)


class XeroMapperDocument(models.AbstractModel):
    _inherit = "xero.mapper.document"

    def _check_period(self, move, connection):
        """As the connection says: what is new may go on another day or as a draft; changes of what is locked never."""
        if not connection._is_locked(move._xero_day()):
            return
        binding = self.env["xero.binding"]._for(connection, move).get(move.id)
        agreed = binding and binding.external_id and (binding.agreed or {})
        if not agreed:
            if connection.lock_policy == "hold":
                super()._check_period(move, connection)
            return
        day = self._kept_day(move, agreed)
        if agreed.get("status") not in UNAPPROVED and (not day or connection._is_locked(day)):
            super()._check_period(move, connection)

    def _header(self, move, prepared):
        header = super()._header(move, prepared)
        connection = prepared["connection"]
        day = self._other_day(move, prepared)
        if day:
            header["Date"] = day.isoformat()
            if not header["Type"].startswith("ACCPAY"):
                header["Reference"] = self._with_original_date(move, header.get("Reference"))
        elif self._is_new(move, prepared) and connection._is_locked(move._xero_day()):
            header["Status"] = "DRAFT" if connection.lock_policy == "draft" else header["Status"]
        return header

    def _lines(self, move, prepared):
        """Bills and vendor credits have no reference beside their number, so a line tells the original date."""
        lines = super()._lines(move, prepared)
        if self._other_day(move, prepared) and self._types[move.move_type].startswith("ACCPAY"):
            lines.append({"wire": {"Description": self._with_original_date(move, "")}})
        return lines

    def _payload(self, move, prepared):
        action, payload, *facts = super()._payload(move, prepared)
        if facts and payload.get("Date", str(move._xero_day())) != str(move._xero_day()):
            moved = {"date": payload["Date"], "dated": payload["Date"], "instead_of": str(move._xero_day())}
            facts = [{**facts[0], **moved}]
        return action, payload, *facts

    @api.model
    def _agreed(self, data, facts):
        kept = {key: facts[key] for key in ("dated", "instead_of") if facts.get(key)}
        return {**super()._agreed(data, facts), **kept}

    # === THE OTHER DAY === #

    @api.model
    def _is_new(self, move, prepared):
        binding = prepared["bindings"].get(move.id)
        return not (binding and binding.external_id)

    @api.model
    def _other_day(self, move, prepared):
        """The day in Xero of a document that is dated in a locked period, or None where its own day is right."""
        connection = prepared["connection"]
        if not self._is_new(move, prepared):
            return self._kept_day(move, prepared["bindings"][move.id].agreed or {})
        if connection.lock_policy == "first_open" and connection._is_locked(move._xero_day()):
            return connection._first_open_day()
        return None

    @api.model
    def _kept_day(self, move, agreed):
        """Once sent on another day a document stays there, until somebody dates it anew in Odoo."""
        same = agreed.get("instead_of") == str(move._xero_day())
        return date.fromisoformat(agreed["dated"]) if same and agreed.get("dated") else None

    def _with_original_date(self, move, text):
        original = self.env._("dated %(date)s", date=move._xero_day())
        return f"{text or ''} ({original})".strip()[-REFERENCE_LENGTH:]
