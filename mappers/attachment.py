"""Files of documents, and the PDF of an invoice: a call for each, after the document (xero-api.md 4.12)."""

from odoo import api, models

from ..exceptions import Hold, Skip, Wait
from ..xero_api import files
from ..xero_api.paths import path_of
from .xero_mapper import Call

PDF_FIELD = "invoice_pdf_report_file"
MEGABYTE = 1024 * 1024


class XeroMapper(models.AbstractModel):
    _inherit = "xero.mapper"

    @api.model
    def _cargo(self, elements, body):
        """What really leaves for a stored body; the same, but for files."""
        return body


class XeroMapperFollower(models.AbstractModel):
    """What follows a document to Xero and lies below it there."""

    _name = "xero.mapper.follower"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: What Follows a Document"

    _urgency = "later"

    @api.model
    def _moves(self, records):
        """The documents of the records."""
        raise NotImplementedError

    @api.model
    def _prepare(self, connection, records, bindings):
        return {
            **super()._prepare(connection, records, bindings),
            "documents": self.env["xero.binding"]._for(connection, self._moves(records)),
        }

    def _document(self, move, prepared):
        """The link of the document, or Skip or Wait where it is not in Xero."""
        if not move or move.state != "posted" or move.xero_do_not_export:
            raise Skip(self.env._("Its document does not go to Xero."))
        binding = prepared["documents"].get(move.id)
        if binding and binding.external_id and binding.state != "deleted":
            return binding
        if (binding and binding.external_id) or not self._is_since_start(move, prepared["connection"]):
            raise Skip(self.env._("Its document does not go to Xero."))
        raise Wait(move)

    @api.model
    def _is_full(self, call):
        return True


class XeroMapperAttachment(models.AbstractModel):
    """File → Attachment. Exactly once by its name: Xero overwrites a file of the same name."""

    _name = "xero.mapper.attachment"
    _inherit = "xero.mapper.follower"
    _description = "Xero Mapper: Attachments"

    _xero_resource, _xero_id, _xero_number = "Attachments", "AttachmentID", "FileName"
    _odoo_model, _rank = "ir.attachment", 80

    @api.model
    def _moves(self, records):
        ids = [attachment.res_id for attachment in records if attachment.res_model == "account.move"]
        return self.env["account.move"].browse(ids).exists()

    @api.model
    def _prepare(self, connection, records, bindings):
        prepared = super()._prepare(connection, records, bindings)
        return {**prepared, "names": self._names_in_xero(connection, self._moves(records))}

    @api.model
    def _names_in_xero(self, connection, moves):
        """``{move id: {file name in lower case: attachment id}}`` of what went already."""
        domain = [("res_model", "=", "account.move"), ("res_id", "in", moves.ids)]
        siblings = (
            self.env["ir.attachment"]
            .sudo()
            .search([*domain, ("id", "!=", False), ("res_field", "in", [False, PDF_FIELD])])
        )
        linked = self.env["xero.binding"]._for(connection, siblings)
        names = {}
        for attachment in siblings:
            binding = linked.get(attachment.id)
            if binding and binding.natural_key:
                names.setdefault(attachment.res_id, {})[binding.natural_key] = attachment.id
        return names

    def _payload(self, attachment, prepared):
        connection, move = prepared["connection"], self._moves(attachment)
        self._check_wanted(attachment, connection)
        document = self._document(move, prepared)
        own = prepared["bindings"].get(attachment.id)
        linked = bool(own and own.external_id)
        name = own.code if linked else self._free_name(attachment, prepared["names"].setdefault(move.id, {}))
        self._check_size(attachment, move, name)
        facts = {"resource": document.resource, "document": document.external_id, "size": attachment.file_size}
        payload = {"FileName": name, "MimeType": attachment.mimetype, "Checksum": attachment.checksum}
        return "update" if linked else "create", payload, facts

    def _check_wanted(self, attachment, connection):
        wanted = connection.send_invoice_pdf if attachment.res_field == PDF_FIELD else connection.send_attachments
        if not wanted or attachment.type != "binary":
            raise Skip(self.env._("Files of this kind are not sent."))

    def _check_size(self, attachment, move, name):
        if attachment.file_size > files.LARGEST:
            size = round(attachment.file_size / MEGABYTE, 1)
            raise Hold("attachment_too_large", move, file=name, size=str(size))

    def _free_name(self, attachment, taken):
        """A name that no other file of the document has in Xero."""
        name = files.clean_name(attachment.name or "")
        if taken.get(name.lower(), attachment.id) != attachment.id:
            name = files.clean_name(attachment.name or "", f" ({attachment.id})")
        if name.lower() not in taken and len(taken) >= files.MOST:
            raise Hold("attachment_too_many", self._moves(attachment), file=name)
        taken[name.lower()] = attachment.id
        return name

    def _group(self, built, action, ids, rows):
        calls = []
        for id_ in ids:
            facts, payload = built.facts[id_], built.payloads[id_]
            path = path_of(facts["resource"], facts["document"], "Attachments", payload["FileName"])
            method = "PUT" if action == "create" else "POST"
            calls.append(Call(method, path, payload, [self._element(built, id_, rows)]))
        return calls

    @api.model
    def _cargo(self, elements, body):
        attachment = self.env["ir.attachment"].sudo().browse(elements[0]["res_id"]).exists()
        return files.File(body["FileName"], attachment.raw or b"", body["MimeType"] or files.File.mime_type)

    @api.model
    def _payloads_of(self, body):
        return [{"FileName": body.name}] if isinstance(body, files.File) else [body]

    @api.model
    def _agreed(self, data, facts):
        return {"document": facts.get("document")}

    @api.model
    def _lookups(self, payloads, facts):
        return [(f"{fact['resource']}/{fact['document']}/Attachments", {}) for fact in facts]

    @api.model
    def _is_same(self, payload, candidate, facts):
        same_name = self._natural_key(candidate) == self._natural_key(payload)
        return same_name and candidate.get("ContentLength") == facts["size"]
