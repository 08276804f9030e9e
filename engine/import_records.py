"""Import, fourth part: records that somebody asks for by hand, read by their ids within the click."""

from odoo import models

from ..xero_api import outcomes
from .importer import IDS_A_CALL
from .outbox import SUPPRESS


class XeroImporter(models.AbstractModel):
    _inherit = "xero.importer"

    def _import_records(self, connection, bindings):
        """Read linked records again and book what changed, by the rules of every import.

        All calls come before the first write: a failing one may have to change the connection from another transaction.

        :return: how many records Xero told
        :raises XeroError: as the calls
        """
        self.env.flush_all()  # what was changed before is marked
        self, connection = (one.sudo().with_context(**{SUPPRESS: True}) for one in (self, connection))
        pages = connection._with_client(lambda client: self._read_linked(client, bindings))
        for mapper, payloads in pages:
            self._import_page(connection, mapper, payloads)
        self.env.flush_all()  # here, where nothing is marked: what came from Xero does not go back
        return sum(len(payloads) for _mapper, payloads in pages)

    def _read_linked(self, client, bindings):
        """``[(mapper, payloads)]``; what Xero does not know any more is left out."""
        pages = []
        for resource, links in bindings.grouped("resource").items():
            mapper = self.env["xero.mapper"]._for_resource(resource)
            if mapper._modified_since and mapper._is_read_alone():
                ids, size = links.mapped("external_id"), IDS_A_CALL if mapper._takes_ids() else 1
                asked = (ids[start : start + size] for start in range(0, len(ids), size))
                pages += [(mapper, self._read_some(mapper, client, some)) for some in asked]
        return pages

    def _read_some(self, mapper, client, ids):
        """The records with these ids; several at once where Xero takes that."""
        try:
            if mapper._takes_ids():
                answer = client.get(mapper._xero_resource, params=mapper._ids_params(ids))
            else:
                answer = client.get(f"{mapper._xero_resource}/{ids[0]}")
        except outcomes.Gone:
            return []
        return mapper._candidates([answer])
