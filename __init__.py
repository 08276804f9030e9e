from . import controllers, models  # isort: skip
from . import engine, mappers, wizard  # isort: skip
from .hooks import post_init_hook, uninstall_hook
