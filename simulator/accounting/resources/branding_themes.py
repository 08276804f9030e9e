"""BrandingThemes: read only; the first one is what documents take that name none."""

from .. import codec
from ..spec import Context, ResourceSpec
from ..validation import Problems

UNKNOWN = "The BrandingThemeID '{theme}' does not exist."


def first(context: Context) -> dict:
    """The standard theme that every organisation starts with."""
    return {
        "BrandingThemeID": context.organisation.branding_theme_id,
        "Name": "Standard",
        "LogoUrl": "",
        "Type": "INVOICE",
        "SortOrder": 1,
        "CreatedDateUTC": context.organisation.created,
    }


def check(context: Context, document: dict, problems: Problems) -> None:
    """Say so where a document names a theme that there is not."""
    theme = document.get("BrandingThemeID")
    if theme and context.table("BrandingThemes").get(theme) is None:
        problems.add(UNKNOWN.format(theme=theme))


def render(context: Context, row: dict, view: str) -> dict:
    return {**row, "CreatedDateUTC": codec.ms_moment(row["CreatedDateUTC"])}


SPEC = ResourceSpec(
    name="BrandingThemes",
    model="BrandingTheme",
    id_key="BrandingThemeID",
    render=render,
    order_key=lambda row: (row["SortOrder"],),
    history=False,
)
