"""Documents in Odoo of every shape, by chance, for tests and the benchmark of money.

A seed gives the same documents again: customers and suppliers, prices of 2 to 6 decimals, discounts, prices with and
without tax, 0 %, no tax, two taxes on a line of which one is charged on the other, refunds, three currencies, and
both ways in which a company may round its taxes.
"""

from odoo import Command, fields

# Currency per unit of the company's currency, with the six decimals that Xero keeps.
CURRENCIES = {"USD": 0.612345, "EUR": 0.5521}
ROUNDING = ("round_globally", "round_per_line")
TYPES = ("out_invoice", "out_invoice", "in_invoice", "out_refund", "in_refund")
# Half of the prices have two decimals, as most companies enter them.
DECIMALS = (2, 2, 2, 2, 3, 4, 5, 6)
# A rate of 10.24 %, made in Xero before the reference data is read (xero-api.md 4.9).
COMPOUND = {"Levy": (6, False), "Levy on Top": (4, True)}


class MoneyDocuments:
    """A company's taxes, currencies and partners, and documents made of them.

    :param chance: a ``random.Random``
    :param taxes: the company's default taxes, ``{"sale": …, "purchase": …}``
    :param accounts: accounts of the lines, likewise
    """

    def __init__(self, company, chance, taxes, accounts):
        self.env, self.company, self.chance = company.env, company, chance
        self.accounts, self.currencies = accounts, company.currency_id
        self._add_currencies()
        self.taxes = {use: self._taxes(use, default) for use, default in taxes.items()}
        self.partners = self.env["res.partner"].create([{"name": f"Money {n}"} for n in range(20)])
        self.count = 0

    def _add_currencies(self):
        for name, rate in CURRENCIES.items():
            currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", name)])
            currency.active = True
            values = {"name": "2020-01-01", "rate": rate, "currency_id": currency.id, "company_id": self.company.id}
            self.env["res.currency.rate"].create(values)
            self.currencies |= currency

    def _taxes(self, use, default):
        """Sets of taxes as they stand on lines; those with prices that include the tax stand apart."""
        included = default.copy({"name": f"{default.name} included", "price_include_override": "tax_included"})
        zero = self._tax("Zero", 0, use)
        levy = self._tax("Levy", 6, use, include_base_amount=True, sequence=1)
        on_top = self._tax("Levy on Top", 4, use, is_base_affected=True, sequence=2)
        nothing = self.env["account.tax"]
        return {
            False: (default, default, default, zero, nothing, levy | on_top),
            True: (included, included, zero, nothing),
        }

    def _tax(self, name, amount, use, **values):
        values |= {"name": name, "amount": amount, "type_tax_use": use, "company_id": self.company.id}
        # The one of a purchase has the same name as that of a sale.
        return self.env["account.tax"].create(
            {**values, "price_include_override": "tax_excluded", "tax_group_id": self._group().id}
        )

    def _group(self):
        return self.env["account.tax.group"].search([("company_id", "=", self.company.id)], limit=1)

    def make(self, number, rounding=None):
        """So many documents, posted; ``rounding`` is one of ``ROUNDING``, by default one by chance for all of them."""
        self.company.tax_calculation_rounding_method = rounding or self.chance.choice(ROUNDING)
        moves = self.env["account.move"].create([self._document() for _n in range(number)])
        moves.action_post()
        return moves

    def _document(self):
        self.count += 1
        move_type = self.chance.choice(TYPES)
        # A document mostly has its prices with tax, or without; a few mix both.
        mixed = self.chance.random() < 0.1
        included = self.chance.random() < 0.4
        lines = [
            self._line(move_type, self.chance.random() < 0.5 if mixed else included)
            for _n in range(self.chance.choice((1, 1, 2, 3, 4, 6, 9)))
        ]
        today = fields.Date.today()
        return {
            "move_type": move_type,
            "partner_id": self.chance.choice(self.partners).id,
            "invoice_date": today,
            "company_id": self.company.id,
            "currency_id": self.chance.choice((self.company.currency_id, *self.currencies)).id,
            "ref": f"MONEY/{self.count}",
            "invoice_line_ids": [Command.create(line) for line in lines],
        }

    def _line(self, move_type, included):
        use = "sale" if move_type.startswith("out") else "purchase"
        decimals = self.chance.choice(DECIMALS)
        price = self.chance.randint(10**decimals // 10, 10 ** self.chance.randint(decimals + 1, decimals + 3))
        return {
            "name": "Goods",
            "account_id": self.accounts[use].id,
            "quantity": self.chance.choice((1, 1, 2, 3, 12, 0.5, 2.75, self.chance.randint(1, 500))),
            "price_unit": price / 10**decimals,
            "discount": self.chance.choice((0, 0, 0, 5, 10, 12.5, 33.33)),
            "tax_ids": [Command.set(self.chance.choice(self.taxes[use][included]).ids)],
        }


def add_compound_rates(client):
    """What somebody would do in Xero: add the rates that the two taxes on one line need. Six calls."""
    components = [{"Name": name, "Rate": rate, "IsCompound": compound} for name, (rate, compound) in COMPOUND.items()]
    for report_type in ("OUTPUT", "INPUT"):
        body = {"Name": f"Levies {report_type}", "ReportTaxType": report_type, "TaxComponents": components}
        client.put("TaxRates", body, f"levies-{report_type}")


def add_currencies(client):
    for code in CURRENCIES:
        client.put("Currencies", {"Code": code}, f"currency-{code}")


def prepare_xero(client):
    add_compound_rates(client)
    add_currencies(client)


def ways(connection, moves):
    """In which way each document was written, ``{way: number}``, counted again as the mapper does it."""
    counts = {}
    for mapper in connection.env["xero.mapper"]._for_model("account.move"):
        mine = mapper._select(moves)
        prepared = mapper._prepare(connection, mine, connection.env["xero.binding"]._for(connection, mine))
        for move in mine:
            way = mapper._written(move, mapper._lines(move, prepared), prepared).way
            counts[way] = counts.get(way, 0) + 1
    return counts
