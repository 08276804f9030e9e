"""Items from Xero: which product an item is, and what of it is taken over.

Linked products are never candidates. One is taken where it is the only one with the item's code, else its barcode, else
its name; several are a question for a person.
"""

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools.sql import escape_psql

from ..engine.outbox import SUPPRESS
from ..exceptions import Hold, Skip
from ..xero_api import codec
from .document_changes import plain
from .document_reading import amount
from .item import NAME_LENGTH

# What of an item people change in Xero; quantities move by documents, and no change tells of them (xero-api.md 4.7).
ITEM_KEYS = ("Code", "Name", "Description", "PurchaseDescription", "IsSold", "IsPurchased")
DETAIL_KEYS = ("UnitPrice", "AccountCode", "TaxType")
MOST_CANDIDATES = 20  # shown to a person


class XeroMapperItem(models.AbstractModel):
    _inherit = "xero.mapper.item"

    _modified_since = True
    _is_paged = False
    _read_switch = "import_items"

    @api.model
    def _reads_from(self, connection):
        """All items, however old: they carry no date of a period."""
        return fields.Datetime.to_datetime("2000-01-01")

    @api.model
    def _page_parameters(self, number, size):
        return {}

    @api.model
    def _from_xero(self, connection, payloads):
        """Link or create products.

        :param payloads: items as read, none of them linked
        :return: ``{ItemID: ("linked" or "created", product) | Hold}``
        """
        maps = self.env["xero.mapper.document"]._reverse_maps(connection)
        return {payload["ItemID"]: self._import(connection, payload, maps) for payload in payloads}

    def _import(self, connection, payload, maps):
        choice = self._chosen(connection, payload)
        found = self._same_product(connection, payload) if choice is None else choice
        if len(found) > 1:
            return self._ask(connection, payload, found)
        action = "linked" if found else "created"
        product = found or self._create_product(connection, payload, maps)
        if product.xero_do_not_import:
            return None
        self._keep_link(connection, product, payload, action)
        self._take_quantity(connection, product, payload)
        return action, product

    # === WHICH PRODUCT === #

    @api.model
    def _same_product(self, connection, payload):
        """The unlinked products that share the item's code, else its barcode, else its name."""
        code, name = payload["Code"], payload.get("Name")
        keys = [("default_code", code), ("barcode", code), ("name", name)]
        products = self.env["product.product"].with_company(connection.company_id)
        for field, value in keys:
            found = self._unlinked(connection, products._search_same(connection, field, value)) if value else products
            if found:
                return found
        return products

    @api.model
    def _unlinked(self, connection, products):
        taken = self.env["xero.binding"]._for(connection, products)
        return products.filtered(lambda product: product.id not in taken or not taken[product.id].external_id)

    @api.model
    def _chosen(self, connection, payload):
        """What somebody answered when asked about this item: a product, none for a new one; None: nobody was asked."""
        found = self.env["xero.issue"]._decided(connection, "item_ambiguous", [payload["ItemID"]])
        choice = found.get(payload["ItemID"])
        products = self.env["product.product"].with_company(connection.company_id)
        if choice == "new":
            return products
        return (self._unlinked(connection, products.browse(choice).exists()) or None) if choice else None

    @api.model
    def _ask(self, connection, payload, products):
        return Hold(
            "item_ambiguous",
            connection,
            item=" ".join(filter(None, (payload["Code"], payload.get("Name")))),
            candidates="\n".join(products[:MOST_CANDIDATES].mapped("display_name")),
            product_ids=products[:MOST_CANDIDATES].ids,
        )

    # === VALUES === #

    @api.model
    def _create_product(self, connection, payload, maps):
        tracked = bool(payload.get("IsTrackedAsInventory"))
        products = self.env["product.product"].with_company(connection.company_id)
        return products.create(
            {
                **self._values(connection, payload, maps),
                "default_code": payload["Code"],
                "type": "consu" if tracked else connection.imported_items_are,
                "is_storable": tracked,
            }
        )

    @api.model
    def _values(self, connection, payload, maps):
        """What an item says of a product; a key that Xero leaves out changes nothing."""
        name = payload.get("Name") or payload.get("Description") or payload["Code"]
        sales, purchases = payload.get("SalesDetails") or {}, payload.get("PurchaseDetails") or {}
        values = {"name": name, "sale_ok": payload.get("IsSold", True), "purchase_ok": payload.get("IsPurchased", True)}
        for key, column in (("Description", "description_sale"), ("PurchaseDescription", "description_purchase")):
            if payload.get(key) and payload[key] != name:
                values[column] = payload[key]
        if "UnitPrice" in sales:
            values["lst_price"] = float(amount(sales, "UnitPrice", 4))
        if "UnitPrice" in purchases and not payload.get("IsTrackedAsInventory"):
            values["standard_price"] = float(amount(purchases, "UnitPrice", 4))
        return {
            **values,
            **self._money_values(connection, sales, maps, "sale", "taxes_id", "property_account_income_id"),
            **self._money_values(
                connection, purchases, maps, "purchase", "supplier_taxes_id", "property_account_expense_id"
            ),
        }

    @api.model
    def _money_values(self, connection, details, maps, use, taxes_field, account_field):
        """Tax and account where they are mapped. Documents check theirs, so that nothing has to wait for an item."""
        fitting = [
            taxes
            for taxes in maps["taxes"].get(details.get("TaxType"), ())
            if not taxes or set(taxes.mapped("type_tax_use")) == {use}
        ]
        account = maps["accounts"].get(details.get("AccountCode"))
        return {
            **(
                {taxes_field: [Command.set(min(fitting, key=lambda taxes: (len(taxes), taxes.ids)).ids)]}
                if fitting
                else {}
            ),
            **({account_field: account.id} if account else {}),
        }

    # === AGREEMENT === #

    @api.model
    def _keep_link(self, connection, product, payload, action):
        """A product made from an item is what Xero has, so that nothing of it goes back; the importer adds the rest."""
        row = {
            "model": product._name,
            "res_id": product.id,
            "resource": self._xero_resource,
            "natural_key": self._natural_key(payload),
            "content_hash": self._own_digest(connection, product, payload) if action == "created" else False,
        }
        self.env["xero.binding"]._record_many(connection, [row])

    @api.model
    def _own_digest(self, connection, product, payload):
        """Digest of what we would send of a product as it is now."""
        binding = self.env["xero.binding"].new(
            {"external_id": payload["ItemID"], "agreed": self._agreed(payload, {}), "state": "synced"}
        )
        prepared = self._prepare(connection, product, {product.id: binding})
        prepared["codes"][payload["Code"].lower()] = product.id
        try:
            _action, sent, *_facts = self._payload(product, prepared)
        except (Hold, Skip):
            return False
        return codec.digest(self._content(sent))

    @api.model
    def _seen(self, data):
        """Digest of what Xero holds of an item."""
        content = {key: plain(data.get(key)) for key in ITEM_KEYS}
        for details in ("SalesDetails", "PurchaseDetails"):
            content[details] = {key: plain((data.get(details) or {}).get(key)) for key in DETAIL_KEYS}
        return codec.digest(content)

    @api.model
    def _agreed(self, data, facts):
        return {**super()._agreed(data, facts), "seen": self._seen(data)}

    # === CHANGES === #

    @api.model
    def _is_news(self, binding, payload):
        """Odoo owns its products (S4-06): changes in Xero are taken where the connection says that Xero does."""
        if binding.connection_id.items_owner != "xero":
            return False
        return self._seen(payload) != (binding.agreed or {}).get("seen")

    @api.model
    def _changed_in_xero(self, connection, changes):
        maps = self.env["xero.mapper.document"]._reverse_maps(connection)
        return {
            binding.external_id: self._follow(connection, binding, payload, maps)
            for binding, payload in changes.items()
        }

    def _follow(self, connection, binding, payload, maps):
        product = self.env["product.product"].with_company(connection.company_id).browse(binding.res_id).exists()
        if not product or product.xero_do_not_import:
            return None
        values = self._values(connection, payload, maps)
        if product.name[:NAME_LENGTH] == values["name"]:
            del values["name"]  # Xero has no more of it
        product.with_context(**{SUPPRESS: True}).write({**values, "default_code": payload["Code"]})
        binding.write(
            {
                "agreed": self._agreed(payload, {}),
                "code": self._code(payload),
                "natural_key": self._natural_key(payload),
                "content_hash": self._own_digest(connection, product, payload),
            }
        )
        return "updated"

    # === QUANTITY === #

    @api.model
    def _take_quantity(self, connection, product, payload):
        """The stock that Xero counted before Odoo does: one inventory adjustment, once (S4-38).

        A product that ever moved in Odoo is counted here already; Odoo is master then.
        """
        quantity = float(amount(payload, "QuantityOnHand", 4))
        if not (connection.import_stock_levels and payload.get("IsTrackedAsInventory") and quantity > 0):
            return
        moves = self.env["stock.move"].search_count(
            [("product_id", "=", product.id), ("company_id", "=", connection.company_id.id), ("state", "=", "done")],
            limit=1,
        )
        if moves or not product.is_storable or product.tracking != "none":
            return
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", connection.company_id.id)], limit=1)
        cost = amount(payload, "TotalCostPool") / amount(payload, "QuantityOnHand", 4)
        product.standard_price = float(cost)
        quants = self.env["stock.quant"].with_company(connection.company_id).with_context(inventory_mode=True)
        quant = quants.create(
            {"product_id": product.id, "location_id": warehouse.lot_stock_id.id, "inventory_quantity": quantity}
        )
        quant.with_context(inventory_name=self.env._("Stock level taken from Xero")).action_apply_inventory()


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _search_same(self, connection, field, value):
        """Products of the company, or of all, whose ``field`` is ``value``, whatever the case."""
        pattern = escape_psql(value.strip())
        domain = Domain(field, "=ilike", pattern) & Domain("company_id", "in", (False, connection.company_id.id))
        return self.search(domain, limit=MOST_CANDIDATES + 1)
