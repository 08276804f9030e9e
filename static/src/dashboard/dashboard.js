import { formatDate, formatDateTime, deserializeDate, deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

import { XeroChart } from "./chart";

// So many accounts are compared until somebody ticks others.
const COMPARED_ACCOUNTS = 6;
// Days overdue, as a chart has room for.
const AGES = {
    not_due: _t("Not due"),
    age_30: _t("1–30"),
    age_60: _t("31–60"),
    age_90: _t("61–90"),
    older: _t("Older"),
};

/** The figures of the last reading, Odoo's beside Xero's. Opening it calls nobody; Refresh does. */
export class XeroDashboard extends Component {
    static template = "account_xero.Dashboard";
    static components = { Layout, XeroChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.state = useState({ page: null, connectionId: null, busy: false, ticked: {} });
        onWillStart(() => this.load());
    }

    async load() {
        const page = await this.orm.call("xero.dashboard", "read_page");
        this.state.page = page;
        if (!page.connections.some((one) => one.id === this.state.connectionId)) {
            this.state.connectionId = page.connections[0]?.id;
        }
        this.state.ticked = {};
    }

    get connection() {
        return this.state.page.connections.find((one) => one.id === this.state.connectionId);
    }

    choose(ev) {
        this.state.connectionId = parseInt(ev.target.value);
        this.state.ticked = {};
    }

    // === CALLS === //

    async refresh() {
        this.state.busy = true;
        try {
            const told = await this.orm.call("xero.figure", "action_refresh");
            // What is told leads to a reload of the page, which is ours to do.
            await this.action.doAction({ ...told, params: { ...told.params, next: undefined } });
            await this.load();
        } finally {
            this.state.busy = false;
        }
    }

    async openFigure(figure) {
        this.action.doAction(await this.orm.call("xero.figure", "action_open", [figure.id]));
    }

    openConnection() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "xero.connection",
            res_id: this.connection.id,
            views: [[false, "form"]],
        });
    }

    /** Where the next step of an empty card is taken. */
    leadsToSettings(card) {
        return this.state.page.may_connect && ["accounts", "sheet", "employees", "hours"].includes(card.key);
    }

    openConnections() {
        this.action.doAction("account_xero.xero_connection_action");
    }

    // === WORDS === //

    get cost() {
        const { calls, calls_left: left } = this.connection;
        return left === false
            ? _t("Refreshing takes about %s calls to Xero.", calls)
            : _t("Refreshing takes about %(calls)s of %(left)s calls left today.", { calls, left });
    }

    get readAt() {
        const moment = this.connection.read_at;
        return moment
            ? _t("As of %s.", formatDateTime(deserializeDateTime(moment)))
            : _t("Nothing was read from Xero yet.");
    }

    show(figure, value) {
        if (figure.unit === "money") {
            return formatMonetary(value, { currencyId: this.connection.currency_id });
        }
        return formatFloat(value, { digits: [16, figure.unit === "hours" ? 2 : 0] });
    }

    due(figure) {
        return figure.due ? formatDate(deserializeDate(figure.due)) : "";
    }

    growth(now, before) {
        if (!before) {
            return now ? _t("new") : "";
        }
        const percent = Math.round((100 * (now - before)) / Math.abs(before));
        return `${percent > 0 ? "+" : ""}${percent} %`;
    }

    // === FIGURES === //

    figuresOf(card) {
        return this.connection.figures.filter((figure) => card.parts.includes(figure.part));
    }

    canOpen(figure) {
        return !["documents", "products"].includes(figure.part.slice(2)) || figure.res_id;
    }

    differing(card) {
        return this.figuresOf(card).filter((figure) => figure.compared && figure.difference).length;
    }

    formatter(figures) {
        return (value) => this.show(figures[0], value);
    }

    chart(figures, horizontal = false) {
        return {
            labels: figures.map((figure) => String(AGES[figure.key] || figure.name)),
            odoo: figures.map((figure) => figure.odoo),
            xero: figures.map((figure) => figure.xero),
            format: this.formatter(figures),
            title: _t("Odoo beside Xero"),
            horizontal,
        };
    }

    /** One line for all of a part, such as all assets. */
    totals(card) {
        const names = { f_assets: _t("Assets"), g_liabilities: _t("Liabilities"), h_equity: _t("Equity") };
        return card.parts.map((part) => {
            const own = this.connection.figures.filter((figure) => figure.part === part);
            const sum = (key) => own.reduce((total, figure) => total + figure[key], 0);
            return { ...own[0], key: part, name: names[part], odoo: sum("odoo"), xero: sum("xero"), unit: "money" };
        });
    }

    // === ACCOUNTS COMPARED === //

    isTicked(figure) {
        return this.state.ticked[figure.key] ?? this.largest.includes(figure.key);
    }

    tick(figure, ev) {
        this.state.ticked[figure.key] = ev.target.checked;
    }

    get largest() {
        return this.connection.figures
            .filter((figure) => figure.part === "k_accounts")
            .sort((a, b) => Math.abs(b.odoo) + Math.abs(b.xero) - Math.abs(a.odoo) - Math.abs(a.xero))
            .slice(0, COMPARED_ACCOUNTS)
            .map((figure) => figure.key);
    }

    comparedAccounts(card) {
        return this.figuresOf(card).filter((figure) => this.isTicked(figure));
    }
}

registry.category("actions").add("account_xero.dashboard", XeroDashboard);
