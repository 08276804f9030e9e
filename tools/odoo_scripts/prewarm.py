# Runs in Odoo's shell. Builds the asset bundles once: a browser test would do it in its own rolled back transaction,
# 17 to 30
# seconds each time.
qweb = env["ir.qweb"]  # noqa: F821
qweb._pregenerate_assets_bundles()
for bundle in ("web.assets_web", "web.assets_backend", "web.assets_frontend", "web.assets_tests"):
    qweb._get_asset_bundle(bundle, css=True, js=False).css()
    qweb._get_asset_bundle(bundle, css=False, js=True).js()
env.cr.commit()  # noqa: F821
