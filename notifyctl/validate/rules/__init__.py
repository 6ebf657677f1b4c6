"""All rules: importing this package registers them."""

from importlib import import_module
from pkgutil import iter_modules

from notifyctl.validate.rule import RULES as RULES

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
