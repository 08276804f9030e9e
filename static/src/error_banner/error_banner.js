import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { NavBar } from "@web/webclient/navbar/navbar";

import { Component, reactive, useState } from "@odoo/owl";

const CHANNEL = "account_xero_errors";
const DISMISSED = "account_xero.dismissed_errors";

/**
 * Errors of the Xero sync per company: with the page at first, over the bus afterwards. A dismissed banner
 * stays away for the session until a count rises above the one it was dismissed at.
 */
export const xeroErrorsService = {
    dependencies: ["bus_service"],

    start(env, { bus_service: bus }) {
        const state = reactive({
            counts: { ...session.xero_errors },
            dismissed: JSON.parse(browser.sessionStorage.getItem(DISMISSED) || "{}"),
        });
        const keep = () =>
            browser.sessionStorage.setItem(DISMISSED, JSON.stringify(state.dismissed));

        if (session.xero_errors) {
            bus.subscribe(CHANNEL, ({ company_id: id, count }) => {
                state.counts[id] = count;
                if (state.dismissed[id] > count) {
                    state.dismissed[id] = count;
                    keep();
                }
            });
            bus.start();
        }
        return {
            state,
            dismiss(companyIds) {
                for (const id of companyIds) {
                    state.dismissed[id] = state.counts[id] || 0;
                }
                keep();
            },
        };
    },
};

registry.category("services").add("xero_errors", xeroErrorsService);

export class XeroErrorBanner extends Component {
    static template = "account_xero.ErrorBanner";
    static props = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.errors = useService("xero_errors");
        this.state = useState(this.errors.state);
    }

    get companyIds() {
        return user.activeCompanies.map((company) => company.id);
    }

    get count() {
        return this.companyIds.reduce((sum, id) => sum + (this.state.counts[id] || 0), 0);
    }

    get isShown() {
        return this.companyIds.some(
            (id) => (this.state.counts[id] || 0) > (this.state.dismissed[id] || 0)
        );
    }

    async viewErrors() {
        this.action.doAction(await this.orm.call("xero.issue", "action_view_errors"));
    }

    dismiss() {
        this.errors.dismiss(this.companyIds);
    }
}

// A getter, and not NavBar.components: editions that extend the bar copy its components before we are loaded.
patch(NavBar.prototype, {
    get xeroErrorBanner() {
        return XeroErrorBanner;
    },
});
