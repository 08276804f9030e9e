import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";

import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";

const scheme = cookie.get("color_scheme");
export const ODOO_COLOR = getColor(8, scheme, "md");
export const XERO_COLOR = getColor(0, scheme, "md");
const TEXT = getCustomColor(scheme, "#374151", "#E4E4E4");
const GRID = getCustomColor(scheme, "rgba(0,0,0,.08)", "rgba(255,255,255,.12)");

/** Two bars beside each other, Odoo's and Xero's, for each label. */
export class XeroChart extends Component {
    static template = "account_xero.Chart";
    static props = {
        labels: Array,
        odoo: Array,
        xero: Array,
        format: Function,
        title: String,
        horizontal: { type: Boolean, optional: true },
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(() => this.draw());
        onWillUnmount(() => this.chart?.destroy());
    }

    get height() {
        return this.props.horizontal ? Math.max(120, 46 + 34 * this.props.labels.length) : 200;
    }

    get config() {
        const values = { ticks: { color: TEXT, maxTicksLimit: 5, callback: short }, grid: { color: GRID } };
        const names = { ticks: { color: TEXT, callback: (index) => cut(this.props.labels[index]) }, grid: { display: false } };
        const bars = { borderRadius: 2, maxBarThickness: 22 };
        return {
            type: "bar",
            data: {
                labels: this.props.labels,
                datasets: [
                    { label: _t("Odoo"), data: this.props.odoo, backgroundColor: ODOO_COLOR, ...bars },
                    { label: _t("Xero"), data: this.props.xero, backgroundColor: XERO_COLOR, ...bars },
                ],
            },
            options: {
                indexAxis: this.props.horizontal ? "y" : "x",
                maintainAspectRatio: false,
                animation: false,
                scales: this.props.horizontal ? { x: values, y: names } : { x: names, y: values },
                plugins: {
                    legend: { position: "bottom", labels: { color: TEXT, boxWidth: 12, boxHeight: 12 } },
                    tooltip: {
                        callbacks: { label: (item) => `${item.dataset.label}: ${this.props.format(item.raw)}` },
                    },
                },
            },
        };
    }

    draw() {
        this.chart?.destroy();
        // eslint-disable-next-line no-undef
        this.chart = new Chart(this.canvas.el, this.config);
    }
}

function cut(label) {
    return label.length > 24 ? `${label.slice(0, 23)}…` : label;
}

function short(value) {
    return new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}
