"""Users of the organisation; read only."""

from .. import codec
from ..spec import ResourceSpec


def render(context, row: dict, view: str) -> dict:
    return codec.present({**row, "UpdatedDateUTC": codec.ms_moment(row["UpdatedDateUTC"])})


SPEC = ResourceSpec(name="Users", model="User", id_key="UserID", render=render, history=False)
