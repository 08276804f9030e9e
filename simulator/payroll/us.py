"""Payroll of the United States: Xero has closed it; the work locations of the demo organisation are what is left.

No OpenAPI file describes it any more (xero-api.md 4.13); the keys are those of the documentation of its day.
"""

from .contract import Field
from .spec import READ, Spec

_FIELDS = (
    Field("WorkLocationID", "str"),
    Field("IsPrimary", "bool"),
    Field("StreetAddress", "str"),
    Field("SuiteOrAptOrUnit", "str"),
    Field("City", "str"),
    Field("State", "str"),
    Field("Zip", "str"),
    Field("Latitude", "float"),
    Field("Longitude", "float"),
)


class WorkLocations:
    """Stands where the other countries have a contract: the one model that there is."""

    def fields(self, _model: str) -> dict[str, Field]:
        return {field.key.lower(): field for field in _FIELDS}


WORK_LOCATIONS = Spec(
    name="WorkLocations",
    model="WorkLocation",
    id_key="WorkLocationID",
    scope="payroll.settings",
    plural="WorkLocations",
    verbs=READ,
)
