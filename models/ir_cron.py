from odoo import models


class IrCron(models.Model):
    _inherit = "ir.cron"

    def method_direct_trigger(self):
        """*Run Manually* on a worker of ours runs it whatever its schedule says, as the buttons do."""
        self.browse().check_access("write")
        self.env.flush_all()
        with self.env.registry.cursor() as cr:
            # The run looks from a cursor of its own, so it has to be committed.
            connections = self.env["xero.connection"].with_env(self.env(cr=cr))
            connections._request_by_hand(self.with_env(connections.env))
        return super().method_direct_trigger()
