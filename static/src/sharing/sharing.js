import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { groupBy } from "@web/core/utils/arrays";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

/** Kind by kind: what comes from Xero, what goes there, and where it shows; with the switches for it. */
export class XeroSharing extends Component {
    static template = "account_xero.Sharing";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.directions = [
            { key: "in", name: _t("From Xero") },
            { key: "out", name: _t("To Xero") },
        ];
        this.state = useState({ page: null, connectionId: null });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.page = await this.orm.call("xero.sharing", "read_page");
        this.state.connectionId ??= this.state.page.connections[0]?.id;
    }

    get connection() {
        return this.state.page.connections.find((one) => one.id === this.state.connectionId);
    }

    /** The rows under their headings. */
    get parts() {
        return Object.entries(groupBy(this.connection.rows, "part"));
    }

    choose(ev) {
        this.state.connectionId = parseInt(ev.target.value);
    }

    canSwitch(way) {
        return this.state.page.may_switch && way.can_switch;
    }

    label(row, direction) {
        return `${row.name}: ${direction.name}`;
    }

    async switchTo(row, direction, ev) {
        const isOn = ev.target.checked;
        try {
            await this.orm.call("xero.sharing", "switch", [this.connection.id, row.key, direction.key, isOn]);
            const words = isOn ? _t("%s is shared from now on.") : _t("%s is not shared any more; what is there stays.");
            this.notification.add(words.replace("%s", this.label(row, direction)), { type: "success" });
        } finally {
            await this.load();
        }
    }

    open(seen) {
        return seen.action ? this.action.doAction(seen.action) : this.openConnection();
    }

    openConnection() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "xero.connection",
            res_id: this.connection.id,
            views: [[false, "form"]],
        });
    }

    openConnections() {
        this.action.doAction("account_xero.xero_connection_action");
    }
}

registry.category("actions").add("account_xero.sharing", XeroSharing);
