def post_init_hook(env):
    """Nothing is made before a company connects; kept as the place where it would be."""


def uninstall_hook(env):
    """Remove the crons of all connections; they call models that are about to go."""
    env["xero.connection"].with_context(active_test=False).search([])._remove_crons()
