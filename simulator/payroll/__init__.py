"""Payroll: version 1 (Australia), version 2 (Australia's timesheets, New Zealand, United Kingdom)."""

from dataclasses import replace
from datetime import timezone

from ..accounting.spec import Context
from ..calls import ApiCall, Reply
from . import version1, version2
from .regions import REGIONS

_VERSIONS = {"1.0": version1, "2.0": version2}


def handle(call: ApiCall) -> Reply:
    """Answer one call that has passed the platform's stages; `call.path_segments` begin with the version."""
    now = call.clock.now().astimezone(timezone.utc)
    context = Context(call.organisation, now.replace(microsecond=now.microsecond // 1000 * 1000), call.ids)
    version, *segments = call.path_segments
    with call.organisation.lock:
        return _VERSIONS[version].answer(
            replace(call, path_segments=segments), context, call.organisation.payroll.versions[version]
        )


def dump(organisation, resource: str) -> list[dict]:
    """Every row of a payroll resource, as a GET of one shows it; in Australia as version 1 does.

    :raises KeyError: the organisation has no such resource
    """
    for version, api in sorted(organisation.payroll.versions.items() if organisation.payroll else ()):
        spec = api.specs.get(resource.lower())
        if spec is not None and spec.id_key:
            with organisation.lock:
                return _VERSIONS[version].dump(Context(organisation, organisation.created, None), api, spec)
    raise KeyError(resource)


def is_open_to(organisation, version: str) -> bool:
    """Whether the organisation has payroll in that version."""
    region = organisation.payroll
    return region is not None and version in region.versions and not organisation.payroll_closed


def required_scope(method: str, segments: list[str]) -> tuple[str, ...]:
    """Scopes of which any one opens the path; empty for paths that no country has."""
    version, name = (segments + ["", ""])[:2]
    for region in REGIONS.values():
        spec = region.versions[version].specs.get(name.lower()) if version in region.versions else None
        if spec:
            return (spec.scope,) if method != "GET" else (spec.scope, f"{spec.scope}.read")
    return ()
