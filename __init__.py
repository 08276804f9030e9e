from . import controllers, engine, mappers, models
from .hooks import post_init_hook, uninstall_hook
