"""What only the operator of the server may decide: the simulator's address and the encryption key.

Both come from the section `[account_xero]` of odoo.conf or from the environment, never from the
database: a restored or tampered database must be able neither to redirect tokens to another host
nor to bring the key of its own secrets along.
"""

import configparser
import logging
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from odoo.tools import config

from .const import CONFIG_SECTION, ENV_KEY, ENV_SIMULATOR_URL, KEY_FILE, SIMULATOR_CLIENT_ID
from .xero_api.hosts import LIVE, simulator_endpoints

_logger = logging.getLogger(__name__)


def simulator_url():
    """Return the base URL of the simulator without trailing slash, or "" where none is configured."""
    return _setting("simulator_url", ENV_SIMULATOR_URL).rstrip("/")


def simulator_client():
    """Return (client id, client secret or None) of the simulator's built-in app, so that one click connects."""
    return (
        _setting("simulator_client_id", "ACCOUNT_XERO_SIMULATOR_CLIENT_ID") or SIMULATOR_CLIENT_ID,
        _setting("simulator_client_secret", "ACCOUNT_XERO_SIMULATOR_CLIENT_SECRET") or None,
    )


def endpoints(environment):
    """Return the Endpoints for "live" or "simulator".

    Raises ValueError where the simulator is asked for and odoo.conf names none, and ForbiddenHost
    where it names an address that is not loopback.
    """
    if environment == "live":
        return LIVE
    url = simulator_url()
    if not url:
        raise ValueError(
            f"No simulator is configured: set simulator_url in the section [{CONFIG_SECTION}] of odoo.conf."
        )
    return simulator_endpoints(url)


def encryption_key():
    """Return the Fernet key (bytes) that protects tokens and secrets.

    Order: odoo.conf, environment, else a file in Odoo's data folder that only its user can read and
    that is made on first use. Raises ValueError where a configured key is no Fernet key.
    """
    configured = _setting("encryption_key", ENV_KEY)
    key = configured.encode() if configured else _key_from_file(Path(config["data_dir"]) / KEY_FILE)
    try:
        Fernet(key)
    except ValueError as error:
        where = f"[{CONFIG_SECTION}] encryption_key or {ENV_KEY}" if configured else f"the file {KEY_FILE}"
        raise ValueError(f"The key in {where} is no Fernet key: 32 url-safe base64 bytes are expected.") from error
    return key


def _setting(name, variable):
    parser = configparser.RawConfigParser()
    parser.read([config["config"]] if config["config"] else [])
    from_file = parser.get(CONFIG_SECTION, name, fallback="")
    return (os.environ.get(variable) or from_file).strip()


def _key_from_file(path):
    try:
        return path.read_bytes().strip()
    except FileNotFoundError:
        return _make_key_file(path)


def _make_key_file(path):
    """Make the key's file whole and private; where two servers race, the first one's key is used by both."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # fails where the file exists by now: never a second key
    except FileExistsError:
        _logger.info("Another server made the key first; its key is used.")
    finally:
        draft.unlink()
    return path.read_bytes().strip()
