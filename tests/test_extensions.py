"""Classes that build on each other by ``_inherit`` take the same arguments, or one silently takes another's place."""

import inspect

from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name

OWN = "odoo.addons.account_xero"
KINDS = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _arguments(function):
    """How many arguments a call needs and may give; None for one that takes any."""
    parameters = inspect.signature(function).parameters.values()
    if any(one.kind == one.VAR_POSITIONAL for one in parameters):
        return None
    positional = [one for one in parameters if one.kind in KINDS]
    return sum(one.default is one.empty for one in positional), len(positional)


def _fits(function, overridden):
    """Whether whoever calls ``overridden`` may call ``function`` instead."""
    own, other = _arguments(function), _arguments(overridden)
    return not own or not other or (own[0] <= other[0] and own[1] >= other[1])


@tagged("post_install", "-at_install")
class TestExtensions(BaseCase):
    def test_overrides_take_what_they_override_takes(self):
        """S4-24: nothing of the engine or the mappers is overridden by a method that takes other arguments."""
        wrong = {
            f"{model._name}.{name} of {cls.__module__} takes other arguments than that of {base.__module__}"
            for model in Registry(get_db_name()).values()
            for cls, base, name in self._overrides(model)
            if not _fits(inspect.unwrap(vars(cls)[name]), inspect.unwrap(vars(base)[name]))
        }
        self.assertFalse(wrong, "\n".join(sorted(wrong)))

    def _overrides(self, model):
        """(class, class that it overrides, name) of every method of ours that takes the place of another one."""
        classes = [cls for cls in model.__mro__ if cls.__module__.startswith("odoo.")]
        for position, cls in enumerate(classes):
            for name, function in vars(cls).items() if cls.__module__.startswith(OWN) else ():
                base = next((one for one in classes[position + 1 :] if name in vars(one)), None)
                if base and inspect.isfunction(function) and inspect.isfunction(vars(base)[name]):
                    yield cls, base, name
